"""The report on a terminal: first the score and where it was lost, then a block per diagnosis.

80 columns; no color is needed to understand it.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import zip_longest

from rich.console import Console
from rich.text import Text

from grader.base.handout import where
from grader.base.text import cut, visible, visible_lines
from grader.report.model import FAILED, NOT_REACHED, PASSED, POINTS, TA, ExerciseResult, Report
from grader.report.wording import (
    MARKS,
    TITLE,
    Block,
    blocks,
    headline,
    not_reached,
    points,
    repeat,
    score_of,
    submission_of,
    unreached,
)

FILE: str | None = None

WIDTH = 80
BAR = 11
COLUMN = 38
SCREEN = 24  # rows for one mistake
LEAST_EVIDENCE = 6
GAP = re.compile(r"… (\d+) more …")
OUTPUT_LINES = 12
FOLDS = 3
GOOD, BAD, HALF, SOFT, BOLD = "green", "red", "yellow", "dim", "bold"


def render(report: Report, color: bool = False) -> str:
    stream = StringIO()
    console = Console(
        file=stream,
        width=WIDTH,
        force_terminal=color,
        no_color=not color,
        color_system="standard" if color else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    for line in _lines(report):
        shown = _no_command(line)
        shown.rstrip()
        console.print(shown, soft_wrap=True)
    return stream.getvalue()


def _no_command(line: Text) -> Text:
    """Defuse commands for a CI that reads this as its log: they begin with :: or contain ##[."""
    text = line.plain.replace("##[", "##⁅")
    if text.lstrip().startswith("::"):
        text = text.replace("::", "∷", 1)
    return line if text == line.plain else Text(text, line.style)


def _lines(report: Report) -> Iterator[Text]:
    yield _header(report)
    yield Text()
    width = max((len(exercise.id) for exercise in report.exercises), default=0)
    for exercise in report.exercises:
        yield from _row(exercise, width)
    for exercise in report.exercises:
        yield from _blocks(exercise, report)
    yield Text()
    for note in report.notes:
        yield from _wrapped(f"Note: {note}", "", SOFT)
    yield from _footer(report)


def _header(report: Report) -> Text:
    score = score_of(report)
    return Text.assemble((TITLE, BOLD), " " * (WIDTH - 4 - len(TITLE) - len(score)), (score, BOLD))


def _row(exercise: ExerciseResult, width: int) -> Iterator[Text]:
    """One line per exercise: bar, points, and the first thing to know; a long one wraps."""
    style = _style(exercise)
    filled = 0 if exercise.score is None else BAR * exercise.score // max(exercise.max_score, 1)
    score = "?" if exercise.score is None else str(exercise.score)
    begin = Text.assemble(
        f"  {exercise.id:<{width}}   ",
        ("█" * filled + "░" * (BAR - filled), style),
        f" {score:>3}/{exercise.max_score:<2}",
    )
    room = WIDTH - len(begin.plain) - 3
    lines = textwrap.wrap(headline(exercise), room, max_lines=3, placeholder=" …") or [""]
    yield Text.assemble(begin, "   ", lines[0])
    for line in lines[1:]:
        yield Text(" " * (len(begin.plain) + 3) + line)


def _style(exercise: ExerciseResult) -> str:
    if not exercise.score:
        return BAD
    return GOOD if exercise.score == exercise.max_score else HALF


def _blocks(exercise: ExerciseResult, report: Report) -> Iterator[Text]:
    """Everything about one exercise that is not on its line."""
    if exercise.fault is not None:
        yield from _title(exercise, "not graded")
        yield from _wrapped(f"Grader error, not your fault: {exercise.fault}")
    for block in blocks(exercise, report):
        yield from _block(exercise, block)
    if report.openness == POINTS and report.view != TA:
        if exercise.score != exercise.max_score and not exercise.diagnoses:
            yield from _checks(exercise)
    elif exercise.fault is None:
        yield from _unreached(exercise)
    yield from _public(exercise)
    yield from _notes(exercise)
    if report.view == TA:
        yield from _for_the_ta(exercise, report)


def _block(exercise: ExerciseResult, block: Block) -> Iterator[Text]:
    """One mistake: it fits on a screen, so its story is shortened to the room that is left."""
    above = [
        *_title(exercise, block.title),
        *_wrapped(block.message),
        *_comparison(block.seen, block.expected),
    ]
    below = [*_wrapped(block.explanation)]
    if block.place:
        below.append(Text(f"    Look at: {block.place}"))
    if block.section:
        below.append(Text(f"    Read: {where(block.section)}"))
    if block.lost:
        checks = f" ({block.checks})" if block.checks else ""
        below += _wrapped(f"Lost: {points(block.lost)}{checks}")
    room = max(SCREEN - len(above) - len(below) - 1, LEAST_EVIDENCE)  # 1 for its title
    yield from above
    yield from _evidence(block.evidence, block.evidence_title, room)
    yield from below


def _title(exercise: ExerciseResult, text: str) -> Iterator[Text]:
    yield Text()
    lines = textwrap.wrap(f"{exercise.id} · {visible(text).removesuffix('.')}", WIDTH)
    for line in lines:
        yield Text(line, BOLD)


def _comparison(was: str, asked: str) -> Iterator[Text]:
    """What the program printed next to what was expected."""
    if not (was or asked):
        return
    seen, expected = _shown(was or "(nothing)"), _shown(asked or "(nothing)")
    narrow = all(len(line) <= COLUMN - 4 for line in (*seen, *expected))
    if narrow and was and asked:
        yield Text(f"    {'Your program:':<{COLUMN}}Expected:", SOFT)
        for left, right in zip_longest(seen, expected, fillvalue=""):
            yield Text(f"      {left:<{COLUMN}}{right}")
        return
    for name, lines, present in (("Your program:", seen, was), ("Expected:", expected, asked)):
        if present:
            yield Text(f"    {name}", SOFT)
            for line in lines:
                yield from _folded(line)


def _folded(line: str) -> Iterator[Text]:
    """A line of output or evidence, wrapped, and cut if it is very long."""
    wrapped = textwrap.wrap(line, WIDTH - 6, subsequent_indent="    ") or [""]
    for number, part in enumerate(wrapped[:FOLDS], 1):
        more = number == FOLDS and len(wrapped) > FOLDS
        yield Text(f"      {cut(part + ' …', WIDTH - 6) if more else part}")


def _shown(text: str) -> list[str]:
    lines = visible_lines(text.rstrip("\n"))
    if len(lines) > OUTPUT_LINES:
        left = len(lines) - OUTPUT_LINES
        lines = [*lines[:OUTPUT_LINES], f"… and {left} more {'line' if left == 1 else 'lines'}"]
    return [line.rstrip() for line in lines]


def _evidence(evidence: Iterable[str], title: str, room: int) -> Iterator[Text]:
    lines = [line for entry in evidence for line in visible_lines(entry)]
    if not lines:
        return
    yield Text(f"    {title}", SOFT)
    folded = [list(_folded(line)) for line in lines]
    kept = fitting(lines, [len(rows) for rows in folded], room)
    missing = 0
    for place, rows in enumerate(folded):
        if place not in kept:
            missing += _events_in(lines[place])
            continue
        if missing:
            yield Text(f"      {gap(missing)}", SOFT)
        missing = 0
        yield from rows
    if missing:
        yield Text(f"      {gap(missing)}", SOFT)


def _events_in(line: str) -> int:
    """How many events a line stands for: a gap that the story has already is several."""
    found = GAP.fullmatch(line)
    return int(found[1]) if found else 1


def gap(missing: int) -> str:
    return f"… {missing} more …"


def fitting(lines: Sequence[str], heights: Sequence[int], room: int) -> set[int]:
    """The lines that are shown if there is room for so many rows: the most telling ones first."""
    everything = set(range(len(lines)))
    if sum(heights) <= room:
        return everything
    arrows = [place for place, line in enumerate(lines) if "←" in line] or [len(lines) - 1]

    def matters(place: int) -> tuple[int, int]:
        line = lines[place]
        near = min(abs(place - arrow) for arrow in arrows)
        if GAP.fullmatch(line):
            return 4, near
        if place == 0 or place in arrows or "made it fail" in line:
            return 0, near
        if place >= len(lines) - 1:
            return 1, near
        told = any(word in line for word in ("printed", "said on stderr", "failed"))
        return (2 if told else 3), near

    kept: set[int] = set()
    for place in sorted(everything, key=matters):
        more = kept | {place}
        if sum(heights[one] for one in more) + _gaps(more, len(lines)) <= room:
            kept = more
    return kept


def _gaps(kept: set[int], count: int) -> int:
    """How many rows say that something is missing."""
    return sum(place not in kept and (place == 0 or place - 1 in kept) for place in range(count))


def _unreached(exercise: ExerciseResult) -> Iterator[Text]:
    """Tests that depend on something reported above, by reason."""
    reasons = unreached(exercise)
    if reasons and not exercise.diagnoses and all(t.verdict == NOT_REACHED for t in exercise.tests):
        yield from _title(exercise, next(iter(reasons)))
    elif reasons:
        yield Text()
    for reason, tests in reasons.items():
        yield from _wrapped(not_reached(reason, tests), style=SOFT)


def _public(exercise: ExerciseResult) -> Iterator[Text]:
    tests = exercise.public_tests
    failed = [test for test in tests if not test.passed]
    if not failed:
        return
    yield Text()
    passed = len(tests) - len(failed)
    yield from _wrapped(
        f"{exercise.id} · Public tests (make test in your folder; no points):"
        f" {passed} of {len(tests)} pass.",
        "",
    )
    for test in failed:
        yield from _wrapped(f"✗ {test.name}" + (f": {test.message}" if test.message else ""))


def _notes(exercise: ExerciseResult) -> Iterator[Text]:
    if exercise.notes:
        yield Text()
        yield Text(f"{exercise.id} · Notes (no points)")
        for note in exercise.notes:
            yield from _wrapped(f"· {note}")


def _checks(exercise: ExerciseResult) -> Iterator[Text]:
    """All tests, a line each, with the reason for those that did not pass."""
    styles = {PASSED: GOOD, FAILED: BAD, NOT_REACHED: SOFT}
    yield Text()
    yield Text(f"{exercise.id} · All tests")
    for test in exercise.tests:
        points = "?" if test.points is None else str(test.points)
        yield Text.assemble(
            "    ",
            (MARKS[test.verdict], styles[test.verdict]),
            f" {points:>2}/{test.max_points:<2} ",
            cut(visible(test.name), 66),
        )
        if test.verdict != PASSED:
            reason = test.fault or test.message
            yield from _wrapped(reason, " " * 12, SOFT)


def _for_the_ta(exercise: ExerciseResult, report: Report) -> Iterator[Text]:
    yield from _checks(exercise)
    for remark in exercise.remarks:
        yield from _wrapped(f"Warning: {remark}")
    yield Text("    Runs")
    for command in exercise.commands:
        yield from _wrapped(command, "      ")
    yield from _wrapped(f"Repeat: {repeat(report, exercise)}")


def _footer(report: Report) -> Iterator[Text]:
    todo = [e for e in report.exercises if e.fault is None and e.score != e.max_score]
    details = f"Details: {visible(report.out)}/report.html" if report.out else ""
    if todo:
        submission = (
            "" if report.submission == "starter" else f" SUBMISSION={submission_of(report)}"
        )
        number = todo[0].id.partition("-")[0]
        yield Text(f"Next: fix {todo[0].id}, then run  make grade{submission} EXERCISE={number}")
    if details:
        yield Text(details)
    yield Text(f"Isolation: {report.isolation}   Seed: {report.whole_seed}", SOFT)


def _wrapped(text: str, indent: str = "    ", style: str = "") -> Iterator[Text]:
    for line in visible_lines(text):
        for part in textwrap.wrap(line, WIDTH, initial_indent=indent, subsequent_indent=indent):
            yield Text(part, style)
