"""What a report says about an exercise, in the same words in every format for people."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.base.text import visible
from grader.picture.model import Picture
from grader.report.model import (
    FAILED,
    NOT_REACHED,
    PASSED,
    POINTS,
    TA,
    ExerciseResult,
    Finding,
    Report,
    TestResult,
)

NOT_STARTED = "not-started"
COMPILING = "does-not-build"
NAMES_SHOWN = 5
NAMED_ALONE = 2
TITLE = "Sharing is caring"
MARKS = {PASSED: "✓", FAILED: "✗", NOT_REACHED: "–"}


@dataclass(frozen=True)
class Block:
    """One thing that went wrong: a diagnosis, or a failed test that none explains."""

    title: str
    message: str
    seen: str
    expected: str
    evidence: Sequence[str]
    evidence_title: str
    explanation: str
    section: str
    lost: int
    tests: Sequence[TestResult]  # that cost points here
    picture: Picture | None = None
    place: str = ""  # the line of the student's file that it belongs to
    id: str = ""  # of the diagnosis, or of the test that failed

    @property
    def checks(self) -> str:
        """Which tests those were."""
        if not self.tests:
            return ""
        if len(self.tests) > NAMES_SHOWN:
            return f"{len(self.tests)} tests"
        return _names(self.tests)


def _names(tests: Sequence[TestResult]) -> str:
    return ", ".join(test.short_id.replace("_", " ") for test in tests)


def blocks(exercise: ExerciseResult, report: Report) -> Iterator[Block]:
    """All that went wrong, the diagnoses first, nothing twice."""
    explained: set[str] = set()
    for finding in exercise.diagnoses:
        explained.update(finding.tests)
        if finding.id == NOT_STARTED and len(report.exercises) > 1:
            continue  # its line already says where to start
        yield _of_finding(finding, exercise.tests)
    if report.openness == POINTS and report.view != TA:
        return  # the list of the tests says everything
    for test in exercise.tests:
        if test.verdict == FAILED and test.id not in explained:
            yield _of_failure(test)


def _of_finding(finding: Finding, results: Sequence[TestResult]) -> Block:
    tests = [test for test in results if test.id in finding.tests]
    compared = _compared(finding, tests)
    return Block(
        title=finding.text,
        message="",
        seen=compared.seen if compared else "",
        expected=compared.expected if compared else "",
        evidence=finding.evidence,
        evidence_title="The compiler says" if finding.id == COMPILING else "What happened",
        explanation=finding.explanation,
        section=finding.section,
        lost=finding.lost,
        tests=[test for test in tests if test.points != test.max_points],
        picture=finding.picture,
        place=finding.place,
        id=finding.id,
    )


def _compared(finding: Finding, tests: Sequence[TestResult]) -> TestResult | None:
    """The test whose comparison goes above the evidence: preferably one of the same run, and one
    that shows a difference."""
    comparable = [test for test in tests if test.expected or test.seen]
    same_run = [test for test in comparable if test.evidence[:1] == finding.evidence[:1]]
    differ = (test for test in (*same_run, *comparable) if test.expected != test.seen)
    return next(differ, comparable[0] if comparable else None)


def _of_failure(test: TestResult) -> Block:
    return Block(
        id=test.short_id,
        title=test.name,
        message=sentence(test.message),
        seen=test.seen,
        expected=test.expected,
        evidence=test.evidence,
        evidence_title="What happened",
        explanation=f"Hint: {test.hint}" if test.hint and test.hint != test.message else "",
        section=test.section,
        lost=test.max_points,
        tests=[test],
        picture=test.picture,
    )


def headline(exercise: ExerciseResult) -> str:
    """The first thing to know of an exercise."""
    if exercise.fault is not None:
        return "Not graded: internal error in the grader."
    if exercise.diagnoses and exercise.score != exercise.max_score:
        return sentence(exercise.diagnoses[0].text)
    failed = [test for test in exercise.tests if test.verdict == FAILED]
    said = failed[0].message or failed[0].hint if failed else ""
    if said:
        return sentence(said)
    missed = [test for test in exercise.tests if test.verdict == NOT_REACHED]
    if missed and missed[0].message and not failed:
        return sentence(missed[0].message)
    lost = len(failed) + len(missed)
    if lost:
        return f"{lost} of {len(exercise.tests)} tests did not pass."
    if exercise.notes:
        count = len(exercise.notes)
        return f"({'a note' if count == 1 else f'{count} notes'}, no points)"
    return ""


def unreached(exercise: ExerciseResult) -> dict[str, list[TestResult]]:
    """The tests that depend on something reported elsewhere, by reason."""
    explained = {test for finding in exercise.diagnoses for test in finding.tests}
    reasons: dict[str, list[TestResult]] = {}
    for test in exercise.tests:
        if test.verdict == NOT_REACHED and test.id not in explained:
            reasons.setdefault(test.message, []).append(test)
    return reasons


def not_reached(reason: str, tests: Sequence[TestResult]) -> str:
    """The line about tests that were not reached."""
    lost = points(sum(test.max_points for test in tests))
    what = f"{len(tests)} tests, {lost}"
    if len(tests) <= NAMED_ALONE:
        what = f"{_names(tests)} ({lost})"
    return f"Not reached: {what}" + (f": {reason}" if reason else "")


def failure_lines(exercise: ExerciseResult, test: TestResult) -> Iterator[str]:
    """Why a test did not pass, in lines, for a format that has a place for each test."""
    if test.verdict == PASSED:
        return
    for finding in exercise.diagnoses:
        if test.id in finding.tests and sentence(finding.text) != sentence(test.message):
            yield finding.text
    if test.message:
        yield test.message if test.verdict == FAILED else f"Not reached: {test.message}"
    if test.verdict == FAILED:
        yield from (f"Expected: {line}" for line in test.expected.splitlines())
        yield from (f"Your program: {line}" for line in test.seen.splitlines())
        if test.hint:
            yield f"Hint: {test.hint}"
    if test.section:
        yield f"Read {test.section}"


def score_of(report: Report) -> str:
    """The score, or that there is none."""
    return "not graded" if report.score is None else f"{report.score} / {report.max_score}"


def points_of(result: ExerciseResult | TestResult) -> str:
    """ "9/15", or "?/15" if there is no score."""
    earned = result.score if isinstance(result, ExerciseResult) else result.points
    max_points = result.max_score if isinstance(result, ExerciseResult) else result.max_points
    return f"{'?' if earned is None else earned}/{max_points}"


def points(count: int) -> str:
    return "1 point" if count == 1 else f"{count} points"


def sentence(text: str) -> str:
    text = visible(text.strip())
    return text if not text or text.endswith((".", "!", "?", "…", ":")) else f"{text}."


def submission_of(report: Report) -> str:
    """The submission, quoted for a shell."""
    return shlex.quote(visible(report.submission))


def repeat(report: Report, exercise: ExerciseResult) -> str:
    """The command that grades this exercise again with the same random values."""
    number = exercise.id.partition("-")[0]
    submission = submission_of(report)
    return f"grader/grade {submission} --exercise {number} --seed {report.whole_seed} --view ta"
