"""report.md: the report as a page for GitHub, an editor or a pull request."""

import re
from collections.abc import Iterable, Iterator

from grader.base.handout import where
from grader.base.text import visible, visible_lines
from grader.picture.mermaid import mermaid
from grader.picture.model import Picture
from grader.report import wording
from grader.report.model import (
    FAILED,
    PASSED,
    POINTS,
    TA,
    ExerciseResult,
    Finding,
    Report,
    TestResult,
)
from grader.report.wording import MARKS, repeat

FILE: str | None = "report.md"

SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~&#$])")
BEGINS = re.compile(r"^([-+=])|^(\d+)(?=[.)])")  # what makes a list or a heading of a line
# GitHub makes links of these even if they are escaped: a mention, an issue, an address.
LINKED = re.compile(r"(?<=@)|(?<=#)(?=\d)|(?<=[a-z]:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)


def render(report: Report) -> str:
    return "\n".join(_lines(report)) + "\n"


def escaped(text: str) -> str:
    """Any text as plain words in Markdown, on one line."""
    parts = LINKED.split(visible(" ".join(text.split())))
    shown = "<!-- -->".join(SPECIAL.sub(r"\\\1", part) for part in parts)
    return BEGINS.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\", shown)


def fenced(text: str) -> str:
    """Any text as a code block that its content cannot close."""
    lines = [line.rstrip() for line in visible_lines(text.rstrip("\n"))]
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}text", *lines, fence])


def _lines(report: Report) -> Iterator[str]:
    score = "not graded" if report.score is None else f"{report.score} / {report.max_score}"
    yield f"# Sharing is caring: {score}"
    yield ""
    yield "| exercise | points | |"
    yield "| --- | ---: | --- |"
    for exercise in report.exercises:
        points = "?" if exercise.score is None else str(exercise.score)
        first = exercise.diagnoses[0].text if exercise.diagnoses else ""
        first = "internal error in the grader" if exercise.fault is not None else first
        yield f"| {escaped(exercise.id)} | {points}/{exercise.max_score} | {escaped(first)} |"
    for exercise in report.exercises:
        yield from _exercise(exercise, report)
    yield ""
    for note in report.notes:
        yield f"- {escaped(note)}"
    yield ""
    kit = f", kit {escaped(report.kit)}" if report.kit else ""
    yield f"Isolation {escaped(report.isolation)}, seed {report.whole_seed}{kit}."


def _exercise(exercise: ExerciseResult, report: Report) -> Iterator[str]:
    yield ""
    yield f"## {escaped(exercise.id)}"
    if exercise.fault is not None:
        yield ""
        yield f"Grader error, not your fault: {escaped(exercise.fault)}"
    explained: set[str] = set()
    for finding in exercise.diagnoses:
        tests = [test for test in exercise.tests if test.id in finding.tests]
        explained.update(finding.tests)
        yield from _finding(finding, tests)
    for test in exercise.tests:
        names_only = report.openness == POINTS and report.view != TA  # the table has them
        if test.verdict == FAILED and test.id not in explained and not names_only:
            yield from _failure(test)
    yield ""
    yield "| | test | points | |"
    yield "| --- | --- | ---: | --- |"
    for test in exercise.tests:
        points = "?" if test.points is None else str(test.points)
        said = test.fault or (test.message if test.verdict != PASSED else "")
        name = escaped(test.name)
        yield f"| {MARKS[test.verdict]} | {name} | {points}/{test.max_points} | {escaped(said)} |"
    failed = [test for test in exercise.public_tests if not test.passed]
    if failed:
        passed = len(exercise.public_tests) - len(failed)
        yield ""
        yield f"Public tests, no points: {passed} of {len(exercise.public_tests)} pass."
        yield ""
        for public in failed:
            yield f"- ✗ {escaped(public.name)}: {escaped(public.message)}"
    if exercise.notes:
        yield ""
        yield "Notes, no points:"
        yield ""
        yield from (f"- {escaped(note)}" for note in exercise.notes)
    if report.view == TA:
        yield ""
        yield from (f"- Warning: {escaped(remark)}" for remark in exercise.remarks)
        yield ""
        yield "Runs, and how to repeat them:"
        yield ""
        yield fenced("\n".join([*exercise.commands, repeat(report, exercise)]))


def _finding(finding: Finding, tests: list[TestResult]) -> Iterator[str]:
    yield ""
    yield f"### {escaped(finding.text)}"
    yield from _comparison(next((test for test in tests if test.expected or test.seen), None))
    yield from _evidence(finding.evidence)
    yield from _picture(finding.picture)
    if finding.explanation:
        yield ""
        yield escaped(finding.explanation)
    yield from _read(finding.section, finding.lost, finding.place)


def _failure(test: TestResult) -> Iterator[str]:
    yield ""
    yield f"### {escaped(test.message or test.name)}"
    yield from _comparison(test)
    yield from _evidence(test.evidence)
    yield from _picture(test.picture)
    if test.hint:
        yield ""
        yield f"Hint: {escaped(test.hint)}"
    yield from _read(test.section, test.max_points)


def _comparison(test: TestResult | None) -> Iterator[str]:
    if test is None:
        return
    for name, text in (("Your program:", test.seen), ("Expected:", test.expected)):
        if text:
            yield ""
            yield name
            yield ""
            yield fenced(text)


def _evidence(evidence: Iterable[str]) -> Iterator[str]:
    lines = list(evidence)
    if lines:
        yield ""
        yield "What happened:"
        yield ""
        yield fenced("\n".join(lines))


def _picture(picture: Picture | None) -> Iterator[str]:
    """The run as GitHub draws it."""
    if picture is not None and picture.rows:
        yield ""
        yield "```mermaid"
        yield mermaid(picture).rstrip("\n")
        yield "```"


def _read(section: str, lost: int, place: str = "") -> Iterator[str]:
    look = f"Look at {escaped(place)}." if place else ""
    read = f"Read {escaped(where(section))}." if section else ""
    said = [look, read, f"Lost: {wording.points(lost)}." if lost else ""]
    if any(said):
        yield ""
        yield " ".join(part for part in said if part)
