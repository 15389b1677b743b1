"""Moodle. Its bulk download: `<Full name>_<uniqueid>_assignsubmission_file_/...` in folders, or
flat as `<Full name>_<uniqueid>_assignsubmission_file_<file>`. The name is `Participant` in blind
marking, and in group work a group's, with the group's number. Who is in no group is in
`Default group_assignsubmission_file`, in the site's language and without a number.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import File, Listing
from grader.batch.imports.top import Top
from grader.batch.lms import REPORT, Graded, GradeTable, Rows, Sign
from grader.batch.students import Entry

NAME = "Moodle"
TITLE = "a download of Moodle"
SIGN = Sign.WORD
HANDED_IN = re.compile(
    r"(?P<name>.+?)(?:_(?P<id>\d+))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL
)
GRADE, FEEDBACK = "Grade", "Feedback comments"
KIND = "moodle"
BLIND = "Participant"


@dataclass
class _Found:
    """What has the same name and number."""

    name: str
    number: str  # of a participant or of a group; "" for those who are in no group
    flat: dict[str, str] = field(default_factory=dict)  # name in the download, name handed in
    folders: list[str] = field(default_factory=list)
    online: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)  # entries that hold no files


def read(top: Top) -> list[Arrived] | None:
    every: dict[tuple[str, str], _Found] = {}
    for entry in top.entries():
        match = HANDED_IN.fullmatch(entry.name)
        # Moodle that makes no folders a submission makes `<name>_<id>_...` files at the top.
        if not match:
            continue
        who = match["name"], match["id"] or ""
        found = every.setdefault(who, _Found(*who))
        if match["kind"] != "file":
            found.online.append(match["kind"])
            found.others.append(entry.name)
        elif entry.is_folder:
            found.folders.append(entry.name)
        else:
            found.flat[entry.name] = match["file"] or "file"
    return [_one(top, found) for found in every.values()] or None


def _one(top: Top, found: _Found) -> Arrived:
    notes: tuple[str, ...] = ()
    if not found.flat and not found.folders:
        notes = (f"there is a Moodle {found.online[0]} in place of files",)
    name, number = found.name, found.number
    return Arrived(
        _claim(name, number),
        f"{top.name}/{name}_{number}" if number else f"{top.name}/{name}",
        _listing(top, found.flat, found.folders),
        notes=notes,
        entries=(*found.flat, *found.folders, *found.others),
        readings=tuple(_claim_in_group(*part, number) for part in _parts(name) if number),
    )


def _claim(name: str, number: str) -> Claim:
    if not number:  # all who are in no group hand in together
        return Claim(folder=name, group=name, kind=KIND, no_group=True)
    known = "" if name == BLIND else name
    return Claim(name, known, number, group=known, kind=KIND, is_group_id=True)


def _claim_in_group(group: str, name: str, number: str) -> Claim:
    """`Section 3-Ann Alpha`: a person, with the group that the person is in."""
    return Claim(f"{group}-{name}", name, number, kind=KIND, within=group)


def _parts(name: str) -> list[tuple[str, str]]:
    places = [match.start() for match in re.finditer("-", name)]
    return [(name[:at].strip(), name[at + 1 :].strip()) for at in places if name[at + 1 :].strip()]


def _listing(top: Top, flat: dict[str, str], folders: list[str]) -> Callable[[], Listing]:
    def read_them() -> Listing:
        files: list[File] = [replace(top.file(name), path=path) for name, path in flat.items()]
        notes: list[str] = []
        for folder in folders:
            inside = top.under(folder)
            files += inside.files
            notes += inside.notes
        return Listing(tuple(files), tuple(notes))

    return read_them


def _made(graded: Sequence[Graded]) -> Rows:
    """The grading worksheet."""
    return [
        ["Identifier", "Full name", "Email address", GRADE, FEEDBACK],
        *(
            [f"Participant {g.number}", g.student.name, g.student.email]
            + [g.grade.points, g.grade.feedback]
            for g in graded
        ),
    ]


TABLE = GradeTable(
    is_mine=lambda titles: {"Identifier", GRADE} <= set(titles),
    column=GRADE,
    feedback=FEEDBACK,
    number=re.compile(r"\D*(\d+)"),  # Participant 17, in the site's language
    id_kind=KIND,
    most="Maximum grade",
    make=_made,
)


def feedback_place(entry: Entry) -> str | None:
    """One folder a member, with the member's own number: a group's is nobody's."""
    is_told = entry.student.id_kind == KIND
    number = entry.student.id if is_told else entry.number
    name = entry.student.name.replace("_", " ").replace("/", " ") or BLIND
    return f"{name}_{number}_assignfeedback_file/{REPORT}" if number else None
