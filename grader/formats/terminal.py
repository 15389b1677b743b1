"""The report on a terminal: the score and where it was lost first, then one block a diagnosis.

80 columns; no colour is needed to understand it.
"""

import shlex
import textwrap
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import zip_longest

from rich.console import Console
from rich.text import Text

from grader.model import (
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
from grader.sections import where
from grader.text import cut, visible, visible_lines

FILE: str | None = None

WIDTH = 80
BAR = 11
COLUMN = 38
EVIDENCE_LINES = 14
OUTPUT_LINES = 12
NAMES_SHOWN = 5
FOLDS = 3
NOT_STARTED = "not-started"
GOOD, BAD, HALF, SOFT, TITLE = "green", "red", "yellow", "dim", "bold"


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
    """A CI that reads this as its log finds no command in it: those begin with :: or hold ##[."""
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
    title = "Sharing is caring"
    score = "not graded" if report.score is None else f"{report.score} / {report.max_score}"
    return Text.assemble(
        (title, TITLE), " " * (WIDTH - 4 - len(title) - len(score)), (score, TITLE)
    )


def _row(exercise: ExerciseResult, width: int) -> Iterator[Text]:
    """One line an exercise: bar, points, and the first thing to know; a long one goes on below."""
    style = _style(exercise)
    filled = 0 if exercise.score is None else BAR * exercise.score // max(exercise.max_score, 1)
    score = "?" if exercise.score is None else str(exercise.score)
    begin = Text.assemble(
        f"  {exercise.id:<{width}}   ",
        ("█" * filled + "░" * (BAR - filled), style),
        f" {score:>3}/{exercise.max_score:<2}",
    )
    room = WIDTH - len(begin.plain) - 3
    lines = textwrap.wrap(_headline(exercise), room, max_lines=3, placeholder=" …") or [""]
    yield Text.assemble(begin, "   ", lines[0])
    for line in lines[1:]:
        yield Text(" " * (len(begin.plain) + 3) + line)


def _headline(exercise: ExerciseResult) -> str:
    if exercise.fault is not None:
        return "Not graded: the grader itself met a fault."
    if exercise.diagnoses and exercise.score != exercise.max_score:
        return _sentence(exercise.diagnoses[0].text)
    failed = [test for test in exercise.tests if test.verdict == FAILED]
    told = failed[0].message or failed[0].hint if failed else ""
    if told:
        return _sentence(told)
    unreached = [test for test in exercise.tests if test.verdict == NOT_REACHED]
    if unreached and unreached[0].message and not failed:
        return _sentence(unreached[0].message)
    lost = len(failed) + len(unreached)
    if lost:
        return f"{lost} of {len(exercise.tests)} checks did not pass."
    if exercise.notes:
        count = len(exercise.notes)
        return f"({'a note' if count == 1 else f'{count} notes'}, no points)"
    return ""


def _style(exercise: ExerciseResult) -> str:
    if not exercise.score:
        return BAD
    return GOOD if exercise.score == exercise.max_score else HALF


def _blocks(exercise: ExerciseResult, report: Report) -> Iterator[Text]:
    """Everything about one exercise that is not on its line."""
    if exercise.fault is not None:
        yield from _title(exercise, "not graded")
        yield from _wrapped(f"A fault of the grader, not yours: {exercise.fault}")
    explained: set[str] = set()
    for finding in exercise.diagnoses:
        tests = [test for test in exercise.tests if test.id in finding.tests]
        explained.update(finding.tests)
        if finding.id == NOT_STARTED and len(report.exercises) > 1:
            continue  # its line has said where to begin
        yield from _finding(exercise, finding, tests)
    names_only = report.openness == POINTS and report.view != TA
    if names_only and exercise.score != exercise.max_score and not exercise.diagnoses:
        yield from _checks(exercise)
    if not names_only:
        for test in exercise.tests:
            if test.verdict == FAILED and test.id not in explained:
                yield from _failure(exercise, test)
        if exercise.fault is None:
            yield from _unreached(exercise, explained)
    yield from _public(exercise)
    yield from _notes(exercise)
    if report.view == TA:
        yield from _for_the_ta(exercise, report)


def _finding(exercise: ExerciseResult, finding: Finding, tests: list[TestResult]) -> Iterator[Text]:
    yield from _title(exercise, finding.text)
    yield from _comparison(next((test for test in tests if test.expected or test.seen), None))
    compiling = finding.id == "does-not-build"
    yield from _evidence(finding.evidence, "The compiler says" if compiling else "What happened")
    yield from _wrapped(finding.explanation)
    lost = [test for test in tests if test.points != test.max_points]
    yield from _read(finding.section, finding.lost, lost)


def _failure(exercise: ExerciseResult, test: TestResult) -> Iterator[Text]:
    """A failed check that no diagnosis explains."""
    yield from _title(exercise, test.name)
    yield from _wrapped(_sentence(test.message))
    yield from _comparison(test)
    yield from _evidence(test.evidence)
    if test.hint and test.hint != test.message:
        yield from _wrapped(f"Hint: {test.hint}")
    yield from _read(test.section, test.max_points, [test])


def _title(exercise: ExerciseResult, text: str) -> Iterator[Text]:
    yield Text()
    lines = textwrap.wrap(f"{exercise.id} · {visible(text).removesuffix('.')}", WIDTH)
    for line in lines:
        yield Text(line, TITLE)


def _comparison(test: TestResult | None) -> Iterator[Text]:
    """What the program printed beside what was asked."""
    if test is None or not (test.expected or test.seen):
        return
    seen, expected = _shown(test.seen or "(nothing)"), _shown(test.expected or "(nothing)")
    narrow = all(len(line) <= COLUMN - 4 for line in (*seen, *expected))
    if narrow and test.seen and test.expected:
        yield Text(f"    {'Your program:':<{COLUMN}}asked for:", SOFT)
        for left, right in zip_longest(seen, expected, fillvalue=""):
            yield Text(f"      {left:<{COLUMN}}{right}")
        return
    for name, lines, present in (
        ("Your program:", seen, test.seen),
        ("asked for:", expected, test.expected),
    ):
        if present:
            yield Text(f"    {name}", SOFT)
            for line in lines:
                yield from _folded(line)


def _folded(line: str) -> Iterator[Text]:
    """A line of a program or of the evidence, folded, and cut where it is endless."""
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


def _evidence(evidence: Iterable[str], title: str = "What happened") -> Iterator[Text]:
    lines = [line for entry in evidence for line in visible_lines(entry)]
    if not lines:
        return
    yield Text(f"    {title}", SOFT)
    for line in lines[:EVIDENCE_LINES]:
        yield from _folded(line)
    if len(lines) > EVIDENCE_LINES:
        yield Text(f"      … and {len(lines) - EVIDENCE_LINES} more lines", SOFT)


def _read(section: str, lost: int, tests: list[TestResult]) -> Iterator[Text]:
    if section:
        yield Text(f"    Read: {where(section)}")
    if lost:
        names = ", ".join(test.short_id.replace("_", " ") for test in tests)
        which = f" ({names})" if 0 < len(tests) <= NAMES_SHOWN else f" ({len(tests)} checks)"
        yield from _wrapped(f"Lost: {_points(lost)}" + (which if tests else ""))


def _unreached(exercise: ExerciseResult, explained: set[str]) -> Iterator[Text]:
    """Checks that hang on something told above, by reason."""
    reasons: dict[str, list[TestResult]] = {}
    for test in exercise.tests:
        if test.verdict == NOT_REACHED and test.id not in explained:
            reasons.setdefault(test.message, []).append(test)
    if reasons and not exercise.diagnoses and all(t.verdict == NOT_REACHED for t in exercise.tests):
        yield from _title(exercise, next(iter(reasons)))
    elif reasons:
        yield Text()
    for reason, tests in reasons.items():
        count = "1 check" if len(tests) == 1 else f"{len(tests)} checks"
        points = _points(sum(test.max_points for test in tests))
        yield from _wrapped(f"Not reached: {count}, {points}: {reason}", style=SOFT)


def _public(exercise: ExerciseResult) -> Iterator[Text]:
    tests = exercise.public_tests
    failed = [test for test in tests if not test.passed]
    if not failed:
        return
    yield Text()
    passed = len(tests) - len(failed)
    yield from _wrapped(
        f"{exercise.id} · Public tests (make test in your folder; shown without points):"
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
    """All checks, a line each, with what is known of those that did not pass."""
    marks = {PASSED: ("✓", GOOD), FAILED: ("✗", BAD), NOT_REACHED: ("–", SOFT)}
    yield Text()
    yield Text(f"{exercise.id} · All checks")
    for test in exercise.tests:
        mark, style = marks[test.verdict]
        points = "?" if test.points is None else str(test.points)
        yield Text.assemble(
            "    ",
            (mark, style),
            f" {points:>2}/{test.max_points:<2} ",
            cut(visible(test.name), 66),
        )
        if test.verdict != PASSED:
            reason = test.fault or test.message
            yield from _wrapped(reason, " " * 12, SOFT)


def _for_the_ta(exercise: ExerciseResult, report: Report) -> Iterator[Text]:
    yield from _checks(exercise)
    for remark in exercise.remarks:
        yield from _wrapped(f"Remark: {remark}")
    yield Text("    Runs")
    for command in exercise.commands:
        yield from _wrapped(command, "      ")
    yield from _wrapped(f"Repeat: {repeat(report, exercise)}")


def _footer(report: Report) -> Iterator[Text]:
    todo = [e for e in report.exercises if e.fault is None and e.score != e.max_score]
    details = f"Details: {visible(report.out)}/report.md" if report.out else ""
    if todo:
        submission = "" if report.submission == "starter" else f" SUBMISSION={_quoted(report)}"
        number = todo[0].id.partition("-")[0]
        yield Text(f"Next: mend {todo[0].id}, then  make grade{submission} EXERCISE={number}")
    if details:
        yield Text(details)
    yield Text(f"Isolation: {report.isolation}   Seed: {report.seed}", SOFT)


def repeat(report: Report, exercise: ExerciseResult) -> str:
    """The command that grades this exercise again with the same drawn values."""
    number = exercise.id.partition("-")[0]
    return f"grader/grade {_quoted(report)} --exercise {number} --seed {report.seed} --view ta"


def _quoted(report: Report) -> str:
    return shlex.quote(visible(report.submission))


def _sentence(text: str) -> str:
    text = visible(text.strip())
    return text if not text or text.endswith((".", "!", "?", "…", ":")) else f"{text}."


def _points(count: int) -> str:
    return "1 point" if count == 1 else f"{count} points"


def _wrapped(text: str, indent: str = "    ", style: str = "") -> Iterator[Text]:
    for line in visible_lines(text):
        for part in textwrap.wrap(line, WIDTH, initial_indent=indent, subsequent_indent=indent):
            yield Text(part, style)
