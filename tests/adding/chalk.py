"""Chalk, a platform that there is not, as an author would add one. Its download has a folder for
each submission, named `<Full name> [<number>] 2026-11-20 1130`, and an index.html.
"""

import re
from collections.abc import Callable
from datetime import datetime

from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import Listing
from grader.batch.imports.top import Top
from grader.batch.lms import GradeTable, Sign

NAME = "Chalk"
TITLE = "a download of Chalk"
SIGN = Sign.PATTERN
OWN = re.compile(r"index\.html")
SUBMISSION = re.compile(r"(?P<name>.+) \[(?P<number>\d+)\] (?P<time>\d{4}-\d\d-\d\d \d{4})")
TIME = "%Y-%m-%d %H%M"
TABLE: GradeTable | None = GradeTable(
    is_mine=lambda titles: "ChalkId" in titles,
    columns=re.compile(r".* Points out of \d+"),
    words={"ChalkId": "id"},
    number=re.compile(r"#(\d+)"),
    id_kind="chalk",
)


def read(top: Top) -> list[Arrived] | None:
    matches = [SUBMISSION.fullmatch(entry.name) for entry in top.entries() if entry.is_folder]
    return [_one(top, match) for match in matches if match] or None


def _one(top: Top, match: re.Match[str]) -> Arrived:
    return Arrived(
        Claim(name=match["name"], lms_id=match["number"], kind="chalk"),
        f"{top.name}/{match[0]}",
        _listing(top, match[0]),
        submitted=datetime.strptime(match["time"], TIME),
        entries=(match[0],),
    )


def _listing(top: Top, folder: str) -> Callable[[], Listing]:
    return lambda: top.under(folder)
