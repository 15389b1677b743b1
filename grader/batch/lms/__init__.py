"""The platforms, one file each: how its download is read, and how its table of grades is filled.

They are found by their names: a new file in this folder is a new platform. What a file offers is
Platform; what all of them read with is in `imports`, and `exports` fills the tables.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cache
from typing import Protocol, cast

from grader.batch.imports.archives import is_named_as_archive
from grader.batch.imports.arrived import Arrived
from grader.batch.imports.files import Listing
from grader.batch.imports.top import Entry, Top, ZipTop
from grader.batch.student import Student

Rows = list[list[str]]
REPORT = "report.html"  # what a student gets back
INNER_LIMIT = 3
PLAIN = "folders"  # the module that reads what has the names of students alone
NOT_KNOWN = "no name of a student, by the names of this download"


class Sign(IntEnum):
    """What a download is known by: the surest are asked first, the last takes anything."""

    FILE = 1  # a file of the platform's own
    WORD = 2  # a word that it puts into each name
    PATTERN = 3  # the pattern of the names alone
    CONTENT = 4  # what is in the folders
    NONE = 5


@dataclass(frozen=True)
class Grade:
    points: str
    of: int
    feedback: str  # HTML


@dataclass(frozen=True)
class Graded:
    """A student's grade, and the number that the platform knows the student by."""

    student: Student
    number: str
    grade: Grade


@dataclass(frozen=True)
class GradeTable:
    """The table of grades that a platform gives out and takes back, by the titles of its columns.

    `is_mine` tells by the titles whose table it is.
    """

    is_mine: Callable[[Sequence[str]], bool]
    columns: re.Pattern[str] | None = None  # the titles of those that points may go to
    column: str | None = None  # where they go if no column is asked for
    feedback: str | None = None  # the title of the one that takes words
    most: str | None = None  # the title of the column that holds the most that a row takes
    most_in: re.Pattern[str] | None = None  # the same in the title of the points' column, group 1
    possible: str | None = None  # how the row begins that holds the full points and is nobody's
    number: re.Pattern[str] | None = None  # a cell with a student's number in it, in group 1
    id_kind: str = (
        ""  # whose number that is: the `kind` of its download's claims, "sid" the school's
    )
    words: Mapping[str, str] = field(default_factory=dict)  # title to what it says of a student
    make: Callable[[Sequence[Graded]], Rows] | None = None  # where no table was given out


class Platform(Protocol):
    """What a module of this package offers; and, if it wants, `OWN`: a pattern of the names at the
    top of its download that are its own and no submission, and `feedback_place(entry)`: where a
    student's report goes in the zip that it takes back.
    """

    NAME: str  # what people call the platform; "" where it is none
    TITLE: str  # what its download is called
    SIGN: Sign
    TABLE: GradeTable | None

    def read(self, top: Top) -> list[Arrived] | None:
        """The submissions of its download, or None where this is none of its."""


def load(name: str) -> Platform:
    return cast(Platform, importlib.import_module(f"{__name__}.{name}"))


@cache
def names() -> tuple[str, ...]:
    """All of them, in the order in which a download is shown to them."""
    found = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(found, key=lambda name: load(name).SIGN))


# ---- what comes in


@dataclass(frozen=True)
class Download:
    """All that is in a download: the submissions, and what is left of its files and folders."""

    platform: str
    arrived: list[Arrived]
    left: dict[str, str]  # by name: why it is nobody's submission
    where: str = ""  # the folder or zip that the names are in


def read_download(top: Top) -> tuple[str, list[Arrived]]:
    """The platform's name and the submissions, in the order of their sources."""
    found = read_all(top)
    return found.platform, [one for one in found.arrived if one.is_sure]


def read_all(top: Top) -> Download:
    """The submissions, in the order of their sources, and all that is none. What a platform does
    not know by its own names may still be called like a student.
    """
    for name in names():
        for level in (*_inner(top), top):
            if load(name).SIGN == Sign.NONE and level is not top and not _has_parts(top, level):
                continue  # the folder is a student's: what is in it is nobody
            arrived = load(name).read(level)
            if arrived is not None:
                taken = {entry for one in arrived for entry in one.entries}
                rest = [entry for entry in level.entries() if entry.name not in taken]
                more, left = _rest(level, name, rest)
                in_order = sorted([*arrived, *more], key=lambda one: one.source)
                return Download(name, in_order, left, level.name)
    return Download("nothing", [], {}, top.name)


def _rest(top: Top, name: str, rest: Sequence[Entry]) -> tuple[list[Arrived], dict[str, str]]:
    own: re.Pattern[str] | None = getattr(load(name), "OWN", None)
    left: dict[str, str] = {}
    other: list[Entry] = []
    for entry in rest:
        if entry.name == "__MACOSX" or entry.name.startswith("."):
            left[entry.name] = "an operating system's, not a student's"
        elif own and own.fullmatch(entry.name):
            left[entry.name] = "the platform's own, not a student's"
        else:
            other.append(entry)
    folders = load(PLAIN)
    more = [] if name == PLAIN else cast(_Plain, folders).read_some(top, other)
    more = [replace(one, is_sure=False) for one in more]
    taken = {entry for one in more for entry in one.entries}
    left |= {entry.name: NOT_KNOWN for entry in other if entry.name not in taken}
    return more, left


class _Plain(Protocol):
    def read_some(self, top: Top, entries: Sequence[Entry]) -> list[Arrived]:
        """Submissions by names alone."""


def _has_parts(top: Top, inner: Top) -> bool:
    """Is a folder in a zip a class? Without names that a platform made, that is a guess: a folder
    of one folder on a disk is a class of one.
    """
    entries = inner.entries()
    is_next = [entry.name for entry in top.entries() if entry.is_folder] == [
        inner.name.rpartition("/")[2]
    ]
    has_parts = any(entry.is_folder or is_named_as_archive(entry.name) for entry in entries)
    return isinstance(top, ZipTop) and is_next and has_parts


def title_of(name: str) -> str:
    return load(name).TITLE


def _inner(top: Top, depth: int = 0) -> list[Top]:
    """A zip of one folder, or a folder of one folder: what is meant may be inside."""
    entries = [entry for entry in top.entries() if entry.name != "__MACOSX"]
    if len(entries) != 1 or not entries[0].is_folder or depth == INNER_LIMIT:
        return []
    try:
        inner = top.below(entries[0].name)
    except OSError:
        return []
    return [*_inner(inner, depth + 1), inner]


def of_files(top: Top, files: Mapping[str, str]) -> Callable[[], Listing]:
    """Files at the top of a download, by their names there and as they were handed in."""
    return lambda: Listing(tuple(replace(top.file(name), path=p) for name, p in files.items()))


# ---- what goes back


@cache
def tables() -> Mapping[str, GradeTable]:
    """The tables by platform, in the order in which people are told of them."""
    found = ((name, load(name).TABLE) for name in reversed(names()))
    return {name: table for name, table in found if table is not None}


def kind_of(titles: Sequence[str]) -> str:
    """Whose table it is, by its titles; "" where it is nobody's."""
    return next((name for name, table in tables().items() if table.is_mine(titles)), "")


# ---- in sentences


def with_downloads() -> str:
    """Canvas, Moodle, Blackboard or Gradescope."""
    return _either(load(name).NAME for name in reversed(names()) if load(name).NAME)


def with_tables() -> str:
    """Canvas, Moodle or Blackboard."""
    return _either(load(name).NAME for name in tables())


def _either(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
