"""A folder of folders, or of archives: the name is the student."""

import re
from functools import cache
from pathlib import Path

from grader.base.exercise import ids
from grader.batch.imports.archives import NAMED
from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import Listing
from grader.batch.imports.top import Entry, Top
from grader.batch.lms import GradeTable, Sign

NAME = ""
TITLE = "a folder of submissions"
SIGN = Sign.NONE
TABLE: GradeTable | None = None
LEFT_ASIDE = ("__MACOSX",)


def read(top: Top) -> list[Arrived] | None:
    entries = [e for e in top.entries() if e.name not in LEFT_ASIDE and e.name[:1] != "."]
    if any(entry.is_folder and _named_as_exercise().match(entry.name) for entry in entries):
        return None  # one submission, not a class
    found = [_one(top, entry) for entry in entries if entry.is_folder or _is_handed_in(entry)]
    return found or None


@cache
def _named_as_exercise() -> re.Pattern[str]:
    """A number and the first word of an exercise's name: 2-sharing, 2_Sharing, 2 sharing final."""
    words = "|".join(re.escape(name.split("-")[1]) for name in ids())
    return re.compile(rf"\d+[-_ ]?({words})", re.IGNORECASE)


def _is_handed_in(entry: Entry) -> bool:
    return NAMED.search(entry.name) is not None


def _one(top: Top, entry: Entry) -> Arrived:
    name = entry.name

    def listing() -> Listing:
        return top.under(name) if entry.is_folder else Listing((top.file(name),))

    folder: Path | None = top.folder(name) if entry.is_folder else None
    student = name if entry.is_folder else re.sub(r"\.(tar\.\w+|\w+)$", "", name)
    return Arrived(Claim(folder=student), f"{top.name}/{name}", listing, folder)
