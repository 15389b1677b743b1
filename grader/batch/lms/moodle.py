"""Moodle. Its bulk download: `<Full name>_<uniqueid>_assignsubmission_file_/...` in folders, or
flat as `<Full name>_<uniqueid>_assignsubmission_file_<file>`. The name is `Participant` in blind
marking, and a group's in group work.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import File, Listing
from grader.batch.imports.top import Top
from grader.batch.lms import Graded, GradeTable, Rows, Sign

NAME = "Moodle"
TITLE = "a download of Moodle"
SIGN = Sign.WORD
HANDED_IN = re.compile(
    r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL
)
GRADE, FEEDBACK = "Grade", "Feedback comments"


def read(top: Top) -> list[Arrived] | None:
    flat: dict[str, dict[str, str]] = {}  # participant: name in the download, name handed in
    folders: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    online: dict[str, str] = {}
    for entry in top.entries():
        match = HANDED_IN.fullmatch(entry.name)
        # Moodle that makes no folders a submission makes `<name>_<id>_...` files at the top.
        if not match:
            continue
        participant = match["id"]
        names[participant] = match["name"]
        if match["kind"] != "file":
            online[participant] = match["kind"]
        elif entry.is_folder:
            folders.setdefault(participant, []).append(entry.name)
        else:
            flat.setdefault(participant, {})[entry.name] = match["file"] or "file"
    if not names:
        return None
    found = []
    for participant in names:
        files, inside = flat.get(participant, {}), folders.get(participant, [])
        notes: tuple[str, ...] = ()
        if not files and not inside:
            notes = (f"there is a Moodle {online[participant]} in place of files",)
        name = "" if names[participant] == "Participant" else names[participant]
        found.append(
            Arrived(
                Claim(folder=names[participant], name=name, lms_id=participant, group=name),
                f"{top.name}/{names[participant]}_{participant}",
                _listing(top, files, inside),
                notes=notes,
            )
        )
    return found


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
    number=re.compile(r"Participant (\d+)"),
    make=_made,
)
