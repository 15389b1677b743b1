"""What a reader of a report is shown. Every format is made from the result, so that no format can
show what a student should not see.

The TA sees everything. What a student sees of a hidden test is the instructor's choice (the
openness): `evidence` is what happened and what was expected, `concept` the missing idea, `points`
only names and points. What the compiler says about the student's own file, and what is known before
any hidden test runs, is always shown.
"""

from collections.abc import Sequence
from dataclasses import replace

from grader.diagnose.rules import concept_of
from grader.report.model import (
    EVIDENCE,
    FAILED,
    NOT_REACHED,
    POINTS,
    TA,
    ExerciseResult,
    Finding,
    Report,
    TestResult,
)

BEFORE_ANY_TEST = ("not-started", "not-read", "does-not-build")
FAULT = "internal error (the TA's report has the details)"


def shown(report: Report) -> Report:
    """The report as its reader gets it; applying this twice changes nothing."""
    if report.view == TA:
        return report
    exercises = tuple(_exercise(entry, report.openness) for entry in report.exercises)
    return replace(report, exercises=exercises, secret="")


def _exercise(exercise: ExerciseResult, openness: str) -> ExerciseResult:
    exercise = replace(exercise, commands=(), remarks=())
    if openness == EVIDENCE:
        return exercise
    findings = (_finding(finding, exercise.tests, openness) for finding in exercise.diagnoses)
    return replace(
        exercise,
        diagnoses=tuple(finding for finding in findings if finding),
        tests=tuple(_test(test, openness) for test in exercise.tests),
        notes=tuple(note for note in exercise.notes if note not in exercise.notes_of_runs),
        notes_of_runs=(),
        fault=FAULT if exercise.fault is not None else None,
    )


def _finding(finding: Finding, tests: Sequence[TestResult], openness: str) -> Finding | None:
    if finding.id in BEFORE_ANY_TEST:
        return finding
    if openness == POINTS:
        return None
    lost = (test for test in tests if test.id in finding.tests and test.verdict == FAILED)
    hints = dict.fromkeys(test.hint for test in lost if test.hint)
    return replace(
        finding,
        text=concept_of(finding.id),
        explanation="\n".join(hints),
        evidence=(),
        picture=None,
        place="",
    )


def _test(test: TestResult, openness: str) -> TestResult:
    if test.visibility == "public":
        return test
    fault = FAULT if test.fault is not None else None
    reason = test.message if test.verdict == NOT_REACHED else ""  # a fixed sentence of the test
    bare = replace(
        test, message=reason, expected="", seen="", evidence=(), fault=fault, picture=None
    )
    if openness == POINTS:
        return replace(bare, message="", section="", concept="", hint="")
    return bare
