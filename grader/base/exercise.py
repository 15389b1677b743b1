"""The model of an exercise: what is built, what its program prints, and what it does with
processes and segments. It is defined once, as EXERCISE in `starter/N-name/checks.py`; everything
else uses it.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType

from grader.base.kit import KIT

STARTER = KIT / "starter"
CHECKS = "checks.py"
SIZE_OF_INT = 4
INT = range(-(2**31), 2**31)
DECIMAL = re.compile(r"-?[0-9]{1,11}")

Count = Callable[[Sequence[int]], int]  # from the arguments of a run to a number


class Kind(Enum):
    """What the student writes."""

    PROGRAM = "a program that is run"
    COMMANDS = "a program whose commands follow one another: what one leaves, the next finds"
    FUNCTIONS = "functions that the grader's driver calls"


@dataclass(frozen=True)
class OutputLine:
    """A line that the exercise requires: "parent: 12", or other words before the number."""

    label: str
    by_parent: bool
    value: Count | None = None  # the number after it, if the arguments alone decide it
    numbered: bool = True  # is the label followed by ": " and a value?

    @property
    def start(self) -> str:
        """How the line begins."""
        return f"{self.label}:" if self.numbered else self.label


@dataclass(frozen=True)
class SharedSegment:
    """The one segment that the processes of a program share, which its parent creates and removes.

    `size` is in bytes, for these arguments: the least that it needs.
    """

    size: Count
    slot: Callable[[int], int] | None = None  # from a value to what its child stores in its slot
    attached_once: bool = True  # does a second attachment in one process cost?


@dataclass(frozen=True)
class Exercise:
    """One exercise. Its id is the name of its folders: "2-sharing"."""

    id: str
    title: str
    source: str  # the student's own file
    program: str
    driver: str | None = None  # a C file of grader/hidden that is linked with the student's source
    with_reference: tuple[str, ...] = ()  # files of solution/ that are linked with it
    unit_tests: str | None = None  # public Criterion tests in the starter's folder
    kind: Kind = Kind.PROGRAM
    numbers: range | None = None  # how many it takes on its command line; None: not only numbers
    lines: tuple[OutputLine, ...] = ()  # in the order in which they must be printed
    children: Count | None = None  # how many are forked; None: it does not fork
    segment: SharedSegment | None = None
    child_crashes: bool = False  # must a child be killed by its write to read-only memory?
    pages: Mapping[str, str] = field(default_factory=dict)  # topic to section: "create" and so on
    try_valgrind: str = ""  # a command that shows the student what valgrind says
    seconds: float = 1.0  # what a grade of it takes, compared with the others: the longest go first

    @property
    def number(self) -> str:
        """The number at the start of its id."""
        return self.id.partition("-")[0]

    @property
    def forks(self) -> bool:
        return self.children is not None

    @property
    def shares(self) -> bool:
        """Do its processes share a segment?"""
        return self.segment is not None

    @property
    def slot(self) -> Callable[[int], int] | None:
        return self.segment.slot if self.segment else None

    @property
    def has_slots(self) -> bool:
        """Does each child have its own slot in the segment?"""
        return self.slot is not None

    @property
    def attached_once(self) -> bool:
        """Must each process attach the segment at most once?"""
        return self.segment is not None and self.segment.attached_once

    @property
    def forks_many(self) -> bool:
        """Does it fork more than one child, in a loop?"""
        return self.children is not None and self.children is not one

    @property
    def uses_segments(self) -> bool:
        return self.shares or self.kind is not Kind.PROGRAM

    @property
    def is_functions(self) -> bool:
        return self.kind is Kind.FUNCTIONS

    @property
    def is_commands(self) -> bool:
        return self.kind is Kind.COMMANDS

    @cached_property
    def final(self) -> str:
        """The label of the last line, the result."""
        return self.lines[-1].label if self.lines else "parent"

    @property
    def first_by_parent(self) -> str:
        """The label of the first line that the parent prints after its wait."""
        return next((line.label for line in self.lines if line.by_parent), self.final)

    @property
    def by_child(self) -> tuple[str, ...]:
        """The labels of a child's lines."""
        return tuple(line.label for line in self.lines if not line.by_parent)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the lines that carry a value."""
        return tuple(line.label for line in self.values)

    @cached_property
    def values(self) -> tuple[OutputLine, ...]:
        """The lines that carry a value."""
        return tuple(line for line in self.lines if line.numbered)

    def takes(self, words: Sequence[str]) -> bool:
        """Are these arguments right: as many numbers as it takes, each and the result an int?"""
        if self.numbers is None:
            return True
        if len(words) not in self.numbers or not all(map(DECIMAL.fullmatch, words)):
            return False
        args = [int(word) for word in words]
        answers = [line.value(args) for line in self.lines if line.value]
        return all(number in INT for number in (*args, *answers))

    def answer(self, args: Sequence[int]) -> int:
        """The number of the last line for these arguments."""
        return self.value_of(self.final, args)

    def value_of(self, label: str, args: Sequence[int]) -> int:
        """The number of the line with this label for these arguments; LookupError where these do
        not decide it."""
        for line in self.lines:
            if line.label == label and line.value is not None:
                return line.value(args)
        raise LookupError(f"{self.id}: the arguments do not decide the line {label!r}")


# ---- what a model is put together from


def first(args: Sequence[int]) -> int:
    return args[0] if args else 0


def total(args: Sequence[int]) -> int:
    return sum(args)


def square(value: int) -> int:
    return value * value


def sum_of_squares(args: Sequence[int]) -> int:
    return sum(map(square, args))


def ints(args: Sequence[int]) -> int:
    return SIZE_OF_INT * len(args)


def one(_: Sequence[int]) -> int:
    return 1


def an_int(_: Sequence[int]) -> int:
    return SIZE_OF_INT


# ---- where the models are


def load_checks(path: Path) -> ModuleType:
    """The module of a `checks.py`; its errors are raised as they are."""
    name = f"checks_of_{path.parent.name.replace('-', '_')}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def exercise_of(name: str) -> Exercise:
    """The exercise with this id, as the kit's own starter defines it."""
    exercise: object = load_checks(STARTER / name / CHECKS).EXERCISE
    assert isinstance(exercise, Exercise) and exercise.id == name
    return exercise


@cache
def ids() -> tuple[str, ...]:
    """The ids of all exercises of the kit, in order; nothing is loaded for them."""
    found = (path.parent.name.partition("-") for path in STARTER.glob(f"*-*/{CHECKS}"))
    numbered = [name for name in found if name[0].isdecimal()]
    return tuple("".join(name) for name in sorted(numbered, key=lambda name: int(name[0])))


def exercises() -> tuple[Exercise, ...]:
    """All exercises of the kit, in order."""
    return tuple(map(exercise_of, ids()))


@cache
def given_headers() -> tuple[Path, ...]:
    """The headers that the starter gives; every exercise may include each of them."""
    return tuple(sorted(STARTER.glob("*/*.h")))
