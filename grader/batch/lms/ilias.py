"""ILIAS. Its download has a folder `Last_First_login_<number>` for each student, in one that is
called Submissions, in the site's language.
"""

import re
from collections.abc import Callable

from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import Listing
from grader.batch.imports.top import Top
from grader.batch.lms import REPORT, GradeTable, Sign
from grader.batch.students import Entry

NAME = "ILIAS"
TITLE = "a download of ILIAS"
SIGN = Sign.CONTENT
TABLE: GradeTable | None = None
STUDENT = re.compile(r"(?P<who>[^_]+_[^_]+_.+)_(?P<number>\d+)")


def read(top: Top) -> list[Arrived] | None:
    folders = [entry.name for entry in top.entries() if entry.is_folder]
    matches = [match for match in map(STUDENT.fullmatch, folders) if match]
    if not matches or len(matches) * 2 < len(folders):
        return None
    if any((path := top.folder(name)) and (path / ".git").exists() for name in folders):
        return None  # clones, whose names may look alike
    return [_one(top, match) for match in matches]


def _one(top: Top, match: re.Match[str]) -> Arrived:
    claims = list(_claims(match.string, match["who"].split("_"), match["number"]))
    return Arrived(
        claims[0],
        f"{top.name}/{match.string}",
        _folder(top, match.string),
        top.folder(match.string),
        entries=(match.string,),
        readings=tuple(claims[1:]),
    )


def _claims(folder: str, parts: list[str], number: str) -> list[Claim]:
    """A login may hold underscores: any number of parts at the end may be it."""
    return [
        Claim(
            folder=folder,
            name=f"{' '.join(parts[1:at])} {parts[0]}",
            login="_".join(parts[at:]),
            lms_id=number,
            kind="ilias",
        )
        for at in range(2, len(parts))
    ]


def _folder(top: Top, name: str) -> Callable[[], Listing]:
    return lambda: top.under(name)


def feedback_place(entry: Entry) -> str | None:
    """One folder that begins with multi_feedback, and in it those of the download."""
    return f"multi_feedback/{entry.arrived.place}/{REPORT}" if entry.arrived else None
