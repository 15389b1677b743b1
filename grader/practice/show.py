"""What a student reads: which checks pass, then the first missing idea, with its evidence.

80 columns; no color is needed to understand it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from grader.base.handout import where
from grader.base.text import cut, visible, visible_lines
from grader.diagnose import Diagnosis
from grader.practice.exercises import ExerciseFolder
from grader.practice.progress import Progress
from grader.practice.trial import Outcome
from grader.report.model import FAILED, PASSED, TestResult

WIDTH = 80
COLUMN = 38
MOST_LINES = 14
MOST_EVIDENCE = 32
COMPILER_LINES = 24
SHOWN = 2  # ideas shown in full: nobody reads more at once
GREEN, RED, YELLOW, BOLD, DIM = "32", "31", "33", "1", "2"
MARKS = {PASSED: ("✓", GREEN), FAILED: ("✗", RED)}
NOT_YET = ("·", DIM)


class Paper:
    """Lines of text, with or without color."""

    def __init__(self, color: bool) -> None:
        self._color = color

    def ink(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self._color and text else text


def one(outcome: Outcome, progress: Progress, paper: Paper) -> str:
    """All of one exercise."""
    lines = [*_head(outcome, paper), *_body(outcome, paper), ""]
    if outcome.all_passed:
        lines += [_well_done(outcome, progress), not_tried(outcome.place), ""]
    lines += _progress(progress, paper)
    return "\n".join(lines) + "\n"


def every(outcomes: Sequence[Outcome], progress: Progress, paper: Paper) -> str:
    """A line per exercise, and everything about the first that is not done."""
    width = max(len(outcome.place.id) for outcome in outcomes)
    lines = [_row(outcome, width, paper) for outcome in outcomes]
    first = next((outcome for outcome in outcomes if not outcome.all_passed), None)
    if first is None:
        lines += ["", "All public checks pass. The hidden tests check more: push and see."]
        shares = (o.place for o in outcomes if o.place.exercise.shares)
        lines += [not_tried(next(shares, outcomes[0].place)), ""]
    else:
        lines += [*_body(first, paper), ""]
    lines += _progress(progress, paper)
    return "\n".join(lines) + "\n"


def _head(outcome: Outcome, paper: Paper) -> Iterator[str]:
    yield paper.ink(f"{outcome.place.id}   {_summary(outcome)}", BOLD)
    for check in outcome.checks if outcome.started else ():
        mark, style = MARKS.get(check.verdict, NOT_YET)
        yield f"  {paper.ink(mark, style)} {visible(check.name)}"


def _row(outcome: Outcome, width: int, paper: Paper) -> str:
    style = GREEN if outcome.all_passed else YELLOW if outcome.passed else RED
    mark = "✓" if outcome.all_passed else "✗" if outcome.started else "·"
    said = _summary(outcome)
    if outcome.diagnoses and outcome.started and not outcome.all_passed:
        said += f": {visible(outcome.diagnoses[0].text)}"
    room = WIDTH - width - 7
    return f"  {paper.ink(mark, style)} {outcome.place.id:<{width}}   {cut(said, room)}"


def _summary(outcome: Outcome) -> str:
    if outcome.trouble:
        return "could not be checked"
    if not outcome.built:
        return "does not compile"
    if not outcome.started:
        return "not started"
    return f"{outcome.passed} of {len(outcome.checks)} checks"


def _body(outcome: Outcome, paper: Paper) -> Iterator[str]:
    """The compiler's words, then the missing ideas."""
    yield from _compiler(outcome, paper)
    if outcome.trouble:
        yield from _wrapped(visible(outcome.trouble))
    explained = {name for diagnosis in outcome.diagnoses for name in diagnosis.tests}
    blocks: list[Diagnosis | TestResult] = list(outcome.diagnoses)
    blocks += [
        check
        for check in outcome.checks
        if check.verdict == FAILED and check.short_id not in explained and outcome.started
    ]
    for block in blocks[:SHOWN]:
        yield ""
        if isinstance(block, Diagnosis):
            yield from _diagnosis(outcome, block, paper)
        else:
            yield from _failure(outcome, block, paper)
    if len(blocks) > SHOWN:
        left = len(blocks) - SHOWN
        yield ""
        more = "1 more problem" if left == 1 else f"{left} more problems"
        yield f"    … and {more}; fix these first."
    if blocks:
        yield f"    Need a hint? make hint EX={outcome.place.number}"
    for note in outcome.notes:
        yield from _wrapped(f"Note: {visible(note)}")


def _compiler(outcome: Outcome, paper: Paper) -> Iterator[str]:
    if not outcome.said:
        return
    yield ""
    what = "The compiler warns" if outcome.built else "The compiler says (fix the first one first)"
    yield paper.ink(f"    {what}", DIM)
    for line in outcome.said[:COMPILER_LINES]:
        yield from _folded(visible(line.expandtabs(4)))
    if len(outcome.said) > COMPILER_LINES:
        left = len(outcome.said) - COMPILER_LINES
        yield paper.ink(f"      … and {left} more lines: make {outcome.place.program}", DIM)


def _folded(line: str) -> Iterator[str]:
    """A line from the compiler: code and the marks below it stay as they are if they fit."""
    if len(line) <= WIDTH - 6:
        yield f"      {line}"
        return
    for part in textwrap.wrap(line, WIDTH - 6, subsequent_indent="    "):
        yield f"      {part}"


def _diagnosis(outcome: Outcome, found: Diagnosis, paper: Paper) -> Iterator[str]:
    yield from _title(outcome, found.text, paper)
    tests = [check for check in outcome.checks if check.short_id in found.tests]
    if outcome.started:
        yield from _comparison(next((t for t in tests if t.expected or t.seen), None), paper)
    yield from _evidence(found.evidence.lines, paper)
    yield from _wrapped(found.explanation)
    if found.id in outcome.places:
        yield f"    Look at: {outcome.places[found.id]}"
    yield f"    Read: {where(f'assignment/{found.section}')}"


def _failure(outcome: Outcome, check: TestResult, paper: Paper) -> Iterator[str]:
    yield from _title(outcome, check.name, paper)
    yield from _wrapped(visible(check.message))
    yield from _comparison(check, paper)
    yield from _evidence(check.evidence, paper)
    yield f"    Read: {where(check.section)}"


def _title(outcome: Outcome, text: str, paper: Paper) -> Iterator[str]:
    for line in textwrap.wrap(f"{outcome.place.id} · {visible(text).removesuffix('.')}", WIDTH):
        yield paper.ink(line, BOLD)


def _comparison(check: TestResult | None, paper: Paper) -> Iterator[str]:
    """What the program printed next to what was expected."""
    if check is None or not (check.expected and check.seen):
        return
    seen, asked = visible_lines(check.seen.rstrip()), visible_lines(check.expected.rstrip())
    if max(map(len, (*seen, *asked))) <= COLUMN - 4:
        yield paper.ink(f"    {'Your program:':<{COLUMN}}Expected:", DIM)
        for left, right in zip_longest(seen[:MOST_LINES], asked[:MOST_LINES], fillvalue=""):
            yield f"      {left:<{COLUMN}}{right}".rstrip()
        return
    for name, lines in (("Your program:", seen), ("Expected:", asked)):
        yield paper.ink(f"    {name}", DIM)
        for line in lines[:MOST_LINES]:
            yield f"      {cut(line, WIDTH - 6)}"


def _evidence(evidence: Sequence[str], paper: Paper) -> Iterator[str]:
    if evidence:
        yield paper.ink("    What happened", DIM)
    for line in evidence[:MOST_EVIDENCE]:
        for part in textwrap.wrap(visible(line), WIDTH - 6, subsequent_indent="    "):
            yield f"      {part}"


def _wrapped(text: str) -> Iterator[str]:
    for line in textwrap.wrap(text, WIDTH - 4):
        yield f"    {line}"


def _well_done(outcome: Outcome, progress: Progress) -> str:
    following = progress.first_open
    onward = f" Next: make check EX={following}" if following else ""
    return f"All public checks of {outcome.place.id} pass.{onward}"


def not_tried(place: ExerciseFolder) -> str:
    """What the points also look at and these checks did not, with a way to try it."""
    exercise = place.exercise
    call = "shmat" if exercise.shares else "fork" if exercise.forks else "shmget"
    example = "" if exercise.is_functions else f" (make show EX={place.number} FAIL={call})"
    return f"Not tried here: calls that fail{example}, odd numbers, memory."


def _progress(progress: Progress, paper: Paper) -> Iterator[str]:
    shown = []
    for entry in progress.entries:
        style = GREEN if entry.done else YELLOW if entry.passed else DIM
        shown.append(f"{entry.number} {paper.ink(entry.shown, style)}")
    yield f"Progress   {'   '.join(shown)}"
    if any(entry.changed for entry in progress.entries):
        yield paper.ink("           (? = changed since the last check)", DIM)
