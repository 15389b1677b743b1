"""Canvas. Its bulk download: `<name>[_LATE]_<user>_<attachment>_<file>`, all at the top; for an
anonymous assignment `[LATE_]anon_<id>_<attachment>_<file>`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import Listing
from grader.batch.imports.top import Top
from grader.batch.lms import Graded, GradeTable, Rows, Sign

NAME = "Canvas"
TITLE = "a download of Canvas"
SIGN = Sign.PATTERN
ATTACHED = re.compile(
    r"(?:(?P<name>[^_]+)(?P<late>_LATE)?|(?P<anon_late>LATE_)?anon)"
    r"_(?P<user>\d+)_(?P<attachment>\d+)_(?P<file>.+)"
)
TEXT_ENTRY = re.compile(r"(?P<name>[^_]+)(?:_LATE)?_(?P<user>\d+)_(?:text|link)\.html")
POSSIBLE = "Points Possible"
ASSIGNMENT = "Sharing is caring"  # the column's title in a table that is made here


def read(top: Top) -> list[Arrived] | None:
    matches = [ATTACHED.fullmatch(entry.name) for entry in top.entries() if not entry.is_folder]
    found = [match for match in matches if match]
    if not found:
        return None
    users: dict[str, list[re.Match[str]]] = {}
    for match in found:
        users.setdefault(match["user"], []).append(match)
    return [_one(top, user, files) for user, files in users.items()] + _without_files(top, users)


def _one(top: Top, user: str, files: Sequence[re.Match[str]]) -> Arrived:
    late = any(match["late"] or match["anon_late"] for match in files)
    name = files[0]["name"] or ""
    return Arrived(
        Claim(folder=name or f"anon_{user}", name=name, lms_id=user),
        f"{top.name}/{files[0].string.partition(f'_{user}_')[0]}_{user}",
        _listing(top, files),
        is_late=late,
    )


def _listing(top: Top, files: Sequence[re.Match[str]]) -> Callable[[], Listing]:
    def read_them() -> Listing:
        ordered = sorted(files, key=lambda match: int(match["attachment"]))
        return Listing(tuple(replace(top.file(m.string), path=m["file"]) for m in ordered))

    return read_them


def _without_files(top: Top, users: dict[str, list[re.Match[str]]]) -> list[Arrived]:
    """Who typed a text or gave a link instead of handing in files."""
    found = []
    for entry in top.entries():
        match = TEXT_ENTRY.fullmatch(entry.name)
        if match and match["user"] not in users:
            note = "a text or a link was entered in Canvas, and no file handed in"
            claim = Claim(folder=match["name"], name=match["name"], lms_id=match["user"])
            source = f"{top.name}/{entry.name}"
            found.append(Arrived(claim, source, Listing, notes=(note,)))
    return found


def _made(graded: Sequence[Graded]) -> Rows:
    titles = ["Student", "ID", "SIS Login ID", "Section", ASSIGNMENT]
    possible = [f"    {POSSIBLE}", "", "", "", str(graded[0].grade.of)]
    rows = [[g.student.name, g.number, g.student.login, g.student.section] for g in graded]
    return [titles, possible, *([*row, g.grade.points] for row, g in zip(rows, graded))]


TABLE = GradeTable(
    is_mine=lambda titles: {"Student", "ID", "Section"} <= set(titles),
    columns=re.compile(r".* \(\d+\)"),
    possible=POSSIBLE,
    make=_made,
)
