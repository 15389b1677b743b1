"""Brightspace (D2L). Its download has a folder for each submission, or a file where there is one:
`<number>-<number> - <Full name> - <Nov 20, 2026 1130 PM>[ - <file>]`, and an index.html. The time
has no colon. Its table of grades marks each number and user name with a #.
"""

import re
from collections.abc import Callable
from datetime import datetime

from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import Listing
from grader.batch.imports.top import Top
from grader.batch.lms import REPORT, GradeTable, Sign, of_files
from grader.batch.students import Entry

NAME = "Brightspace"
TITLE = "a download of Brightspace"
SIGN = Sign.WORD
OWN = re.compile(r"index\.html?")
HANDED_IN = re.compile(
    r"\d+-\d+ - (?P<name>.+?) - "
    r"(?P<time>[A-Z]\w+ \d{1,2}, \d{4} \d{3,4} [AP]M)(?: - (?P<file>.+))?",
    re.DOTALL,
)
POINTS = re.compile(r".* (?:Points|Numeric) Grade(?: <Numeric MaxPoints:.*>)?")


def read(top: Top) -> list[Arrived] | None:
    found: dict[tuple[str, str], Arrived] = {}
    flat: dict[tuple[str, str], dict[str, str]] = {}
    for entry in top.entries():
        match = HANDED_IN.fullmatch(entry.name)
        if not match:
            continue
        who = match["name"].strip(), match["time"]
        if entry.is_folder:
            found[entry.name, ""] = _arrived(top, *who, entry.name, _folder(top, entry.name))
        else:
            flat.setdefault(who, {})[entry.name] = match["file"] or entry.name
    for (name, time), files in flat.items():
        lies = next(iter(files)).partition(time)[0] + time
        found[name, time] = _arrived(top, name, time, lies, of_files(top, files), tuple(files))
    return list(found.values()) or None


def _arrived(
    top: Top,
    name: str,
    time: str,
    place: str,
    listing: Callable[[], Listing],
    entries: tuple[str, ...] = (),
) -> Arrived:
    return Arrived(
        Claim(folder=name, name=name, group=name, kind="brightspace"),
        f"{top.name}/{place}",
        listing,
        submitted=_time(time),
        entries=entries or (place,),
    )


def _time(text: str) -> datetime | None:
    """`Nov 20, 2026 105 AM`: the hour has one digit or two."""
    day, clock, half = text.rsplit(" ", 2)
    for month in ("%b", "%B"):
        try:
            return datetime.strptime(f"{day} {clock:0>4} {half}", f"{month} %d, %Y %I%M %p")
        except ValueError:
            pass
    return None


def _folder(top: Top, name: str) -> Callable[[], Listing]:
    return lambda: top.under(name)


TABLE: GradeTable | None = GradeTable(
    is_mine=lambda titles: "End-of-Line Indicator" in titles or "OrgDefinedId" in titles,
    columns=POINTS,
    words={"OrgDefinedId": "id"},
    number=re.compile(r"#?(.+)"),
    id_kind="sid",
    most_in=re.compile(r".*MaxPoints:(\d+(?:\.\d+)?).*"),
)


def feedback_place(entry: Entry) -> str | None:
    """In the folder as it was downloaded."""
    return f"{entry.arrived.place}/{REPORT}" if entry.arrived else None
