"""A folder of folders, archives or files: the name is the student, or begins with the student's."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from grader.base.exercise import exercises, ids
from grader.batch.imports.archives import NAMED
from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import Listing
from grader.batch.imports.top import Entry, Top
from grader.batch.lms import GradeTable, Sign, of_files

NAME = ""
TITLE = "a folder of submissions"
SIGN = Sign.NONE
TABLE: GradeTable | None = None
LEFT_ASIDE = ("__MACOSX",)


def read(top: Top) -> list[Arrived] | None:
    entries = [e for e in top.entries() if e.name not in LEFT_ASIDE and e.name[:1] != "."]
    if any(entry.is_folder and _named_as_exercise().match(entry.name) for entry in entries):
        return None  # one submission, not a class
    return read_some(top, entries) or None


def read_some(top: Top, entries: Sequence[Entry]) -> list[Arrived]:
    """Submissions of these folders, archives and files, by their names alone."""
    found = [_one(top, entry) for entry in entries if entry.is_folder]
    flat: dict[str, dict[str, str]] = {}  # who: name in the download, name handed in
    for entry in entries:
        match = None if entry.is_folder else _flat().fullmatch(entry.name)
        if match:
            flat.setdefault(match["who"], {})[entry.name] = match["file"]
        elif not entry.is_folder and entry.name not in _sources():
            found.append(_one(top, entry))
    return found + [_of_files(top, who, files) for who, files in flat.items()]


@cache
def _named_as_exercise() -> re.Pattern[str]:
    """A number and the first word of an exercise's name: 2-sharing, 2_Sharing, 2 sharing final."""
    words = "|".join(re.escape(name.split("-")[1]) for name in ids())
    return re.compile(rf"\d+[-_ ]?({words})", re.IGNORECASE)


@cache
def _sources() -> frozenset[str]:
    return frozenset(exercise.source for exercise in exercises())


@cache
def _flat() -> re.Pattern[str]:
    """`ann_fork_wait.c`: who, and one of the files that are asked for."""
    names = "|".join(re.escape(name.removesuffix(".c")) for name in sorted(_sources()))
    return re.compile(rf"(?P<who>.*?\w)[-_ ]+(?P<file>({names})(-\d+| ?\(\d+\))?\.c)", re.I)


def _is_handed_in(entry: Entry) -> bool:
    return NAMED.search(entry.name) is not None or entry.name.lower().endswith(".c")


def _one(top: Top, entry: Entry) -> Arrived:
    name = entry.name

    def listing() -> Listing:
        return top.under(name) if entry.is_folder else Listing((top.file(name),))

    folder: Path | None = top.folder(name) if entry.is_folder else None
    student = name if entry.is_folder else re.sub(r"\.(tar\.\w+|\w+)$", "", name)
    return Arrived(
        Claim(folder=student),
        f"{top.name}/{name}",
        listing,
        folder,
        entries=(name,),
        # A roster decides whether a lone letter or page is somebody's.
        is_sure=entry.is_folder or _is_handed_in(entry),
    )


def _of_files(top: Top, who: str, files: Mapping[str, str]) -> Arrived:
    claim = Claim(folder=who)
    return Arrived(claim, f"{top.name}/{who}", of_files(top, files), entries=tuple(files))
