"""The platforms, one file each: how its download is read, and how its table of grades is filled.

They are found by their names: a new file in this folder is a new platform. What a file offers is
Platform; what all of them read with is in `imports`, and `exports` fills the tables.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from typing import Protocol, cast

from grader.batch.imports.arrived import Arrived
from grader.batch.imports.top import Top, ZipTop
from grader.batch.students import Student

Rows = list[list[str]]


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
    possible: str | None = None  # how the row begins that holds the full points and is nobody's
    number: re.Pattern[str] | None = None  # a cell with a student's number in it, in group 1
    words: Mapping[str, str] = field(default_factory=dict)  # title to what it says of a student
    make: Callable[[Sequence[Graded]], Rows] | None = None  # where no table was given out


class Platform(Protocol):
    """What a module of this package offers."""

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


def read_download(top: Top) -> tuple[str, list[Arrived]]:
    """The platform's name and the submissions, in the order of their sources."""
    for name in names():
        for level in (*_inner(top), top):
            arrived = load(name).read(level)
            if arrived is not None:
                return name, sorted(arrived, key=lambda one: one.source)
    return "nothing", []


def title_of(name: str) -> str:
    return load(name).TITLE


def _inner(top: Top) -> list[Top]:
    """A zip of one folder: what is meant may be inside."""
    entries = [entry for entry in top.entries() if entry.name != "__MACOSX"]
    if isinstance(top, ZipTop) and len(entries) == 1 and entries[0].is_folder:
        return [top.below(entries[0].name)]
    return []


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
