"""Brightspace, as an author would add it. Its download has a folder for each submission, named
`<item>-<folder> - <Full name> - <Nov 20, 2026 1130 AM>`, and an index.html.
"""

import re
from collections.abc import Callable
from datetime import datetime

from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import Listing
from grader.batch.imports.top import Top
from grader.batch.lms import GradeTable, Sign

NAME = "Brightspace"
TITLE = "a download of Brightspace"
SIGN = Sign.PATTERN
SUBMISSION = re.compile(r"\d+-(?P<folder>\d+) - (?P<name>.+) - (?P<time>\w{3} \d.* [AP]M)")
TIME = "%b %d, %Y %I%M %p"
POINTS = re.compile(r".* Points Grade <Numeric MaxPoints:\d+.*>")
TABLE: GradeTable | None = GradeTable(
    is_mine=lambda titles: "OrgDefinedId" in titles,
    columns=POINTS,
    words={"OrgDefinedId": "id"},
    number=re.compile(r"#(\d+)"),
)


def read(top: Top) -> list[Arrived] | None:
    matches = [SUBMISSION.fullmatch(entry.name) for entry in top.entries() if entry.is_folder]
    return [_one(top, match) for match in matches if match] or None


def _one(top: Top, match: re.Match[str]) -> Arrived:
    claim = Claim(folder=match["folder"], name=match["name"])
    when = datetime.strptime(match["time"], TIME)
    return Arrived(claim, f"{top.name}/{match[0]}", _listing(top, match[0]), submitted=when)


def _listing(top: Top, folder: str) -> Callable[[], Listing]:
    return lambda: top.under(folder)
