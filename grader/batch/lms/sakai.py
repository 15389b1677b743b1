"""Sakai. Its download has a folder `Last, First(user)` for each student, with what was handed in
under `Submission attachment(s)`, a text that was typed, and a time; the rest is the teacher's.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone

from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import Listing, Unreadable
from grader.batch.imports.top import Top
from grader.batch.lms import REPORT, GradeTable, Sign
from grader.batch.students import Entry

NAME = "Sakai"
TITLE = "a download of Sakai"
SIGN = Sign.CONTENT
TABLE: GradeTable | None = None
OWN = re.compile(r"grades\.(csv|xls|xlsx)")
STUDENT = re.compile(r"(?P<name>.+)\((?P<login>[^()]+)\)")
HANDED_IN = "submission attachment(s)/"
TIME_FILE = "timestamp.txt"
TIME = "%Y%m%d%H%M%S"  # and three digits more


def read(top: Top) -> list[Arrived] | None:
    matches = [STUDENT.fullmatch(entry.name) for entry in top.entries() if entry.is_folder]
    found = [match for match in matches if match and _is_sakai(top.under(match.string))]
    return [_one(top, match) for match in found] or None


def _is_sakai(listing: Listing) -> bool:
    names = {file.path.casefold() for file in listing.files}
    return TIME_FILE in names or any(name.startswith(HANDED_IN) for name in names)


def _one(top: Top, match: re.Match[str]) -> Arrived:
    folder = match.string
    inside = top.under(folder)
    handed = [file for file in inside.files if file.path.casefold().startswith(HANDED_IN)]
    return Arrived(
        Claim(folder=folder, name=match["name"].strip(), login=match["login"]),
        f"{top.name}/{folder}",
        _listing(top, folder),
        submitted=_time(inside),
        notes=() if handed else ("there is no file in this submission",),
        entries=(folder,),
    )


def _listing(top: Top, folder: str) -> Callable[[], Listing]:
    def read_them() -> Listing:
        inside = top.under(folder)
        handed = [file for file in inside.files if file.path.casefold().startswith(HANDED_IN)]
        files = tuple(replace(file, path=file.path[len(HANDED_IN) :]) for file in handed)
        return Listing(files, inside.notes)

    return read_them


def _time(inside: Listing) -> datetime | None:
    for file in inside.files:
        if file.path.casefold() == TIME_FILE:
            try:
                text = file.read(100).decode("ascii", "replace").strip()
                return datetime.strptime(text[:14], TIME).replace(tzinfo=timezone.utc)
            except (Unreadable, ValueError):
                return None
    return None


def feedback_place(entry: Entry) -> str | None:
    """The same layout, in the folder of the teacher's files."""
    if entry.arrived is None:
        return None
    *_, around, folder = ("", *entry.arrived.source.split("/"))
    root = "" if around.endswith(".zip") or not around else f"{around}/"
    return f"{root}{folder}/Feedback Attachment(s)/{REPORT}"
