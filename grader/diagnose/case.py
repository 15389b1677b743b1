"""What a rule looks at, and what it returns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from grader.base.check import Cause
from grader.base.exercise import Exercise
from grader.facts.records import Run
from grader.judge import driver
from grader.judge.evidence import NO_EVIDENCE, Evidence
from grader.judge.fork_wait import parent_waits
from grader.judge.narrate import story
from grader.report.model import FAILED, PASSED, TestResult

ALL = ("*",)  # every test that did not pass


@dataclass(frozen=True)
class Diagnosis:
    """A named mistake: the missing idea in a sentence, why it matters, and the evidence."""

    id: str
    text: str
    section: str
    explanation: str = ""
    evidence: Evidence = NO_EVIDENCE
    tests: tuple[str, ...] = ()  # the tests that it explains, without the exercise's id


@dataclass(frozen=True)
class RuleMatch:
    """What a rule matched: the diagnosis without its name and its place in the handout."""

    text: str
    explanation: str
    evidence: Evidence = NO_EVIDENCE
    tests: tuple[str, ...] = ALL  # those that it explains, if they did not pass
    section: str = ""  # where to read on; if empty, the section of the first of these tests
    shown_in: Callable[[Run], bool] | None = None  # is it this mistake that a run shows?

    def explains(self, result: TestResult) -> bool:
        """May this be why the test did not pass? Not if its own run shows another mistake."""
        if self.shown_in is None or result.verdict != FAILED or result.shows is None:
            return True
        return self.shown_in(result.shows)


@dataclass(frozen=True)
class Case:
    """One graded exercise: all its runs and the results of its tests."""

    exercise: Exercise
    runs: Sequence[Run]
    results: Mapping[str, TestResult]
    sources: Mapping[str, str] = field(default_factory=dict)

    def failed(self, *names: str) -> bool:
        """Did any of these tests fail?"""
        return any(n in self.results and self.results[n].verdict == FAILED for n in names)

    def passed(self, *names: str) -> bool:
        """Did all of these tests pass?"""
        return all(n in self.results and self.results[n].verdict == PASSED for n in names)

    def has(self, *names: str) -> bool:
        """Is there a test with one of these names?"""
        return any(name in self.results for name in names)

    def lost(self, names: Sequence[str]) -> tuple[str, ...]:
        """Those of these tests that did not pass."""
        chosen = dict.fromkeys((*names, *self.results) if "*" in names else names)
        return tuple(n for n in chosen if n in self.results and not self.passed(n))

    def message(self, *names: str) -> str:
        """What the first failed of these tests says."""
        return next((self.results[n].message for n in names if self.failed(n)), "")

    def cause(self, *names: str) -> Cause:
        """What the first failed of these tests found."""
        return next((self.results[n].cause for n in names if self.failed(n)), Cause())

    def failed_by(self, code: str, names: Sequence[str]) -> tuple[str, ...]:
        """Those of these tests that failed with a finding of this kind."""
        return tuple(n for n in names if self.failed(n) and self.results[n].cause.code == code)

    def run_shown(self, *names: str) -> Run | None:
        """The run that the evidence of the first failed of these tests is about."""
        return self.evidence(*names).run

    def evidence(self, *names: str) -> Evidence:
        """What the first failed of these tests shows."""
        shown = next((self.results[n] for n in names if self.failed(n)), None)
        return Evidence(shown.evidence, shown.shows) if shown else NO_EVIDENCE

    def story(
        self, run: Run, ending: Mapping[int, str] | None = None, about: Collection[int] = ()
    ) -> Evidence:
        """What happened in this run, in the way of this exercise."""
        return driver.story(run) if self.exercise.is_functions else story(run, ending, about=about)

    @property
    def final(self) -> str:
        """The label of the last line."""
        return self.exercise.final

    def page(self, topic: str) -> str:
        """Where the handout explains this; empty if the exercise has no section of its own."""
        return self.exercise.pages.get(topic, "")

    @cached_property
    def plain(self) -> tuple[Run, ...]:
        """The traced runs in which witness changed nothing."""
        disturbed = ("fail", "poke", "signal", "untraced", "id_zero")
        return tuple(r for r in self.runs if not any(r.options.get(name) for name in disturbed))

    @cached_property
    def faulty(self) -> tuple[Run, ...]:
        """The runs in which witness made a call fail."""
        return tuple(run for run in self.runs if run.faults_met)

    @cached_property
    def strict(self) -> Run | None:
        """The first run on a terminal where children are held until their parent waits."""
        return next((r for r in self.plain if r.options.get("schedule") == "parent-first"), None)

    @cached_property
    def normal(self) -> Run | None:
        """The run that most tests looked at: a lenient one if the parent does not wait."""
        strict = self.strict
        if strict is None or not strict.others or parent_waits(strict, self.final) is None:
            return strict
        return next((r for r in self.plain if r.options.get("schedule") == "child-first"), strict)

    def on(self, stdout: str) -> tuple[Run, ...]:
        return tuple(run for run in self.plain if run.options.get("stdout") == stdout)


Find = Callable[[Case], RuleMatch | None]
