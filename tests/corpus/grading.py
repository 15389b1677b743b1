"""Grades one case as the grader does, and compares what comes out with what the case says."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import grader.grading.pytest_plugin  # noqa: F401  (pytest, once for all workers)
from grader.formats import terminal
from grader.grading.catalogue import Entry, catalogue
from grader.base.kit import KIT
from grader.grading.grade_exercise import Task
from grader.grading.intake import open_submission, read_exercise
from grader.grading.workers import grade_all
from grader.report.model import FAILED, NOT_REACHED, STUDENT, ExerciseResult, Report
from grader.sandbox import Held
from tests.corpus.case import Case

WITNESS = KIT / "build" / "witness"
SEED = 5


@dataclass(frozen=True)
class Outcome:
    """What the grader said of a case."""

    result: ExerciseResult

    @property
    def failed(self) -> frozenset[str]:
        return self._with(FAILED)

    @property
    def not_reached(self) -> frozenset[str]:
        return self._with(NOT_REACHED)

    @property
    def diagnoses(self) -> tuple[str, ...]:
        return tuple(finding.id for finding in self.result.diagnoses)

    @property
    def verdicts(self) -> frozenset[tuple[str, str]]:
        """Each test with its verdict."""
        return frozenset((test.short_id, test.verdict) for test in self.result.tests)

    @property
    def lost(self) -> int | None:
        return None if self.result.score is None else self.result.max_score - self.result.score

    def said_of(self, test: str) -> str:
        """The verdict of one test with its message."""
        found = next((entry for entry in self.result.tests if entry.short_id == test), None)
        if found is None:
            return "no such test"
        return ": ".join(filter(None, [found.verdict, found.fault or found.message]))

    def _with(self, verdict: str) -> frozenset[str]:
        return frozenset(test.short_id for test in self.result.tests if test.verdict == verdict)


def entry_of(exercise: str) -> Entry | None:
    return next((entry for entry in catalogue() if entry.exercise.id == exercise), None)


def grade(case: Case, seed: int = SEED) -> Outcome:
    """The grader's word on a case: in a process of its own, with a fixed seed."""
    entry = entry_of(case.exercise)
    if entry is None:
        raise ValueError(f"{case.name}: no exercise {case.exercise}")
    submission = open_submission(str(case.folder), [entry.exercise])
    try:
        intake = read_exercise(submission, entry.exercise)
    finally:
        os.close(submission)
    witness = Held(WITNESS.read_bytes(), "witness")
    return Outcome(grade_all([Task(entry, intake, seed, witness)], jobs=1)[0])


def differences(case: Case, outcome: Outcome) -> list[str]:
    """Where the outcome is not what the case says, line by line; none where it is."""
    return list(_differences(case, outcome))


def _differences(case: Case, outcome: Outcome) -> Iterator[str]:
    if outcome.result.fault:
        yield f"the grader met a fault: {outcome.result.fault}"
        return
    yield from _sets("fail", case.fails, outcome.failed, outcome)
    if case.not_reached is not None:
        yield from _sets("not be reached", case.not_reached, outcome.not_reached, outcome)
    if not names_it(case, outcome):
        told = ", ".join(outcome.diagnoses) or "none"
        yield f"the first diagnosis should be {case.diagnosis or 'none'}, told: {told}"
    if case.and_diagnosis not in (None, *outcome.diagnoses):
        told = ", ".join(outcome.diagnoses) or "none"
        yield f"a diagnosis should also be {case.and_diagnosis}, told: {told}"
    loses = losses(case)
    if loses is not None and outcome.lost != loses:
        yield f"should lose {loses}, lost {outcome.lost}"
    if case.kind == "right" and outcome.diagnoses:
        yield f"no diagnosis should be told, told: {', '.join(outcome.diagnoses)}"


def losses(case: Case) -> int | None:
    """The points that it costs: as said, or those of its failed tests where no other is lost."""
    entry = entry_of(case.exercise)
    if case.loses is not None or case.not_reached != frozenset() or entry is None:
        return case.loses
    return sum(check.points for name, _, check in entry.tests if name in case.fails)


def names_it(case: Case, outcome: Outcome) -> bool:
    """Does the diagnosis that the student must read lead the report?"""
    first = outcome.diagnoses[0] if outcome.diagnoses else ""
    return case.diagnosis is None or first in (case.diagnosis, case.or_diagnosis)


def _sets(
    what: str, expected: frozenset[str], got: frozenset[str], outcome: Outcome
) -> Iterator[str]:
    for test in sorted(expected - got):
        yield f"should {what}, did not:  {test}   [{outcome.said_of(test)}]"
    for test in sorted(got - expected):
        yield f"should not {what}, did:  {test}   [{outcome.said_of(test)}]"


def report(case: Case, outcome: Outcome) -> str:
    """The whole comparison, for a reader of a failed test."""
    lines = [f"{case.name}: {case.about}", f"  file      {case.folder / case.exercise}"]
    if case.why:
        lines.append(f"  why       {case.why}")
    lines.append(f"  expected  {_listed(case.fails)}")
    lines.append(f"  got       {_listed(outcome.failed)}")
    lines.append(f"  told      {', '.join(outcome.diagnoses) or 'no diagnosis'}")
    lines += [f"  - {difference}" for difference in differences(case, outcome)]
    return "\n".join(lines)


def as_read(outcome: Outcome) -> str:
    """The terminal report of this exercise, without what stands around the blocks."""
    told = Report("submission", "", "namespaces", SEED, STUDENT, (outcome.result,))
    return "\n".join(terminal.render(told).strip().splitlines()[2:-3])


def _listed(tests: frozenset[str]) -> str:
    return ", ".join(sorted(tests)) or "nothing fails"
