"""The exercises and their tests, as the hidden test files define them."""

import importlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from types import ModuleType
from typing import Any

from grader.base.check import Check, Fault, NotReached, check_of
from grader.base.exercise import Exercise
from grader.base.kit import KIT
from grader.facts.command import Command
from grader.grading.submission import Submission
from grader.report.model import NOT_REACHED, TestResult

HIDDEN = KIT / "grader" / "hidden"
PREFIX = "test_"
MEMORY = "memory"  # the test in each exercise that uses valgrind


@dataclass(frozen=True)
class Entry:
    """One hidden test file."""

    exercise: Exercise
    module: ModuleType
    tests: tuple[tuple[str, str, Check], ...]  # name without test_, its sentence, its decorator

    @property
    def points(self) -> int:
        return sum(check.points for _, _, check in self.tests)

    @property
    def file(self) -> str:
        return str(self.module.__file__)

    def valgrind_commands(self, submission: Submission) -> Sequence[Command]:
        """What runs under valgrind: the file's VALGRIND, a list or a function that returns one."""
        if all(name != MEMORY for name, _, _ in self.tests):
            return ()
        said: Any = getattr(self.module, "VALGRIND", ())
        commands: Sequence[Command] = said(submission) if callable(said) else said
        return tuple(commands)

    def prefetch(self, submission: Submission) -> None:
        """Make the runs that the file's `prefetch` names; tests request them later."""
        hook: Any = getattr(self.module, "prefetch", None)
        if hook is not None:
            with suppress(Fault, NotReached):  # the test that requests the run reports it
                hook(submission)

    def without_valgrind(self) -> "Entry":
        """The same without the test that uses valgrind, and without its points."""
        return replace(self, tests=tuple(test for test in self.tests if test[0] != MEMORY))

    def results(self, verdict: str = NOT_REACHED, message: str = "") -> list[TestResult]:
        """Every test with the same verdict, for an exercise whose tests did not run."""
        return [
            result_of(self.exercise, name, sentence, check, verdict, 0, message=message)
            for name, sentence, check in self.tests
        ]


def result_of(
    exercise: Exercise,
    name: str,
    sentence: str,
    check: Check,
    verdict: str,
    points: int | None,
    **more: Any,
) -> TestResult:
    """A result with everything that is known about the test beforehand."""
    return TestResult(
        id=f"{exercise.id}/{name}",
        name=sentence,
        verdict=verdict,
        points=points,
        max_points=check.points,
        visibility=check.visibility,
        section=section_path(check.section),
        concept=check.concept,
        hint=more.pop("hint", check.hint),
        **more,
    )


def section_path(section: str) -> str:
    """A section of the handout as a path from the kit's root."""
    return section if not section or section.startswith("assignment/") else f"assignment/{section}"


def sentence_of(function: Callable[..., object], name: str) -> str:
    """The first line of the docstring: what the student reads."""
    lines = (function.__doc__ or "").strip().splitlines()
    return lines[0].rstrip(".") if lines else name.replace("_", " ")


@cache
def catalogue() -> tuple[Entry, ...]:
    """All exercises, in order."""
    names = sorted(path.stem for path in HIDDEN.glob(f"{PREFIX}*.py"))
    entries = [entry_of(importlib.import_module(f"grader.hidden.{name}")) for name in names]
    return tuple(sorted(entries, key=lambda entry: int(entry.exercise.id.partition("-")[0])))


def entry_of(module: ModuleType) -> Entry:
    """What one hidden test file defines."""
    tests = []
    for name, function in vars(module).items():
        check = check_of(function) if name.startswith(PREFIX) else None
        if check:
            short = name.removeprefix(PREFIX)
            tests.append((short, sentence_of(function, short), check))
    exercise = module.EXERCISE
    assert isinstance(exercise, Exercise)
    return Entry(exercise, module, tuple(tests))
