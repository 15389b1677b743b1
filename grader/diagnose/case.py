"""What a rule looks at, and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.facts import Run
from grader.model import FAILED, PASSED, TestResult


@dataclass(frozen=True)
class Diagnosis:
    """A mistake, named: the missing idea in a sentence, why it matters, and the evidence."""

    id: str
    text: str
    section: str
    explanation: str = ""
    evidence: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()  # the tests that it explains, without the exercise's id


@dataclass(frozen=True)
class Case:
    """One graded exercise: all its runs and the results of its tests."""

    exercise: str
    runs: Sequence[Run]
    results: Mapping[str, TestResult]
    sources: Mapping[str, str] = field(default_factory=dict)

    def failed(self, *names: str) -> bool:
        """Did any of these tests fail?"""
        return any(n in self.results and self.results[n].verdict == FAILED for n in names)

    def passed(self, *names: str) -> bool:
        """Did all of these tests pass?"""
        return all(n in self.results and self.results[n].verdict == PASSED for n in names)

    def lost(self, *names: str) -> tuple[str, ...]:
        """Those of these tests that did not pass."""
        return tuple(n for n in names if n in self.results and not self.passed(n))

    @property
    def all_lost(self) -> tuple[str, ...]:
        return self.lost(*self.results)
