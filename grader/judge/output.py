"""The labeled lines of the programs: who printed which value, how often, in which order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.base.check import Cause
from grader.facts.records import Line, Run
from grader.judge import codes
from grader.judge.evidence import told
from grader.judge.finding import Finding
from grader.judge.narrate import printed, quoted, readable, story, trouble, typed, who

KILLED = "child killed by signal"
FORMS = (codes.FORM, codes.NO_NEWLINE)  # what is wrong with a line that says the right thing


def results(run: Run, label: str) -> tuple[Line, ...]:
    """The lines that carry a result: the label and a number. Other lines are just extra output."""
    if label not in run.looked_up:  # a flood of lines is gone through once
        run.looked_up[label] = _results(run, label)
    return run.looked_up[label]


def _results(run: Run, label: str) -> tuple[Line, ...]:
    if label == KILLED:
        shape = re.compile(r"\s*child killed by signal\b")
    elif label == "value":
        shape = re.compile(r"value:")
    else:
        shape = re.compile(rf"\s*{label}:\s*[-+]?\d")
    found = (line for line in run.lines if shape.match(line.reading))
    return tuple(line for line in found if not run.is_helper(line.process))


def by_parent(run: Run, lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(line for line in lines if run.is_parent(line.process))


def by_children(run: Run, lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines of any process but the parent; one whose writer is unknown is nobody's."""
    return tuple(line for line in lines if line.process and not run.is_parent(line.process))


def number_of(line: Line) -> int:
    """The number of a result line."""
    found = re.search(r":\s*([-+]?\d+)", line.reading)
    return int(found[1]) if found else 0


def says(line: Line, text: str) -> bool:
    """Is this the expected line, whatever its form? Spaces at its end do not count."""
    return line.reading.rstrip() == text


def is_misspelled(line: Line) -> bool:
    """Is its form another one than that of the page?"""
    return bool(line.meant) and line.text.rstrip() != line.meant.rstrip()


def wrong_form(line: Line, run: Run) -> Finding:
    """The finding about a line that is right but for its form."""
    return Finding(
        f'The line "{readable(line.text)}" isn\'t spelled exactly "{readable(line.meant)}"'
        f"{_difference(line.text, line.meant)}.",
        expected=readable(line.meant),
        seen=printed(run),
        evidence=told(
            run, [f"$ {typed(run)}", f"{who(run, line.process)}  printed {quoted(line.text)}"]
        ),
        cause=Cause(codes.FORM),
    )


def _difference(text: str, meant: str) -> str:
    """What is different, if that can be said in few words."""
    squeezed = ("".join(text.split()), "".join(meant.split()))
    if squeezed[0] == squeezed[1]:
        return ": a space is missing" if len(text) < len(meant) else ": there is a space too many"
    if text.lower() == meant.lower():
        return ": capital letters are different letters"
    if text.startswith(meant):
        return f': nothing comes after it, not even "{text[len(meant):].strip()}"'
    if text.endswith(meant):
        return f': nothing comes before it, not even "{text[: -len(meant)].strip()}"'
    return ""


def is_glued(run: Run, line: Line) -> bool:
    """Does another line follow without a newline? At the very end, it may be missing."""
    return not line.ended and line is not run.lines[-1]


@dataclass(frozen=True)
class Answer:
    """An expected line: its label, its whole text, and who must print it."""

    label: str
    text: str
    by_parent: bool = False


def prints(run: Run, answer: Answer) -> Finding | None:
    """The right process printed this line, and it was printed once."""
    label, text, parent = answer.label, answer.text, answer.by_parent
    lines = results(run, label)
    asker = "the parent" if parent else "the child"

    def finding(message: str, code: str = "") -> Finding:
        return Finding(message, text, printed(run), story(run), cause=Cause(code))

    if not lines:
        missing = f'Your program printed no line "{label}: …".'
        return finding(" ".join(filter(None, [missing, trouble(run)])), codes.MISSING_LINE)
    right = by_parent(run, lines) if parent else by_children(run, lines)
    if not right:
        return finding(
            f'"{lines[0].text}" was printed by {who(run, lines[0].process)}, not by {asker}.'
        )
    if not says(right[0], text):
        return finding(f'{asker.capitalize()} printed "{right[0].text}" instead of "{text}".')
    if is_misspelled(right[0]):
        return wrong_form(right[0], run)
    if is_glued(run, right[0]):
        return finding(
            f'"{text}" isn\'t a line by itself: the newline at its end is missing.',
            codes.NO_NEWLINE,
        )
    if len(lines) > 1:
        makers = {who(run, line.process) for line in lines}
        times = f"{len(lines)} times"
        if len(makers) > 1:
            times += f" by {' and '.join(sorted(makers))}"
        return finding(f'The line "{label}: …" was printed {times} instead of once.')
    return None


def prints_as_meant(run: Run, answer: Answer) -> Finding | None:
    """The same, whatever the form of the line: that is judged by itself."""
    finding = prints(run, answer)
    return None if finding and finding.cause.code in FORMS else finding


def did_print(run: Run, answer: Answer) -> bool:
    """Was this line printed by the right process at all (perhaps too early, or twice)?"""
    lines = results(run, answer.label)
    right = by_parent(run, lines) if answer.by_parent else by_children(run, lines)
    return any(says(line, answer.text) for line in right)


def comes_before(run: Run, first: str, last: str) -> Finding | None:
    """The first label's line comes before the last one's. Both must be there."""
    firsts = by_children(run, results(run, first)) or results(run, first)
    lasts = by_parent(run, results(run, last)) or results(run, last)
    order = list(run.lines)
    if order.index(firsts[0]) < order.index(lasts[0]):
        return None
    return Finding(
        f'"{lasts[0].text}" was printed before "{firsts[0].text}".',
        expected=f"{firsts[0].text}\n{lasts[0].text}",
        seen=printed(run),
        evidence=story(run),
    )


def has_both(run: Run, first: str, last: str) -> bool:
    return bool(results(run, first)) and bool(results(run, last))


def same_lines(terminal: Run, pipe: Run, answers: Sequence[Answer]) -> Finding | None:
    """What was right on a terminal is right in a pipe, and nothing appears twice."""
    labels = [answer.label for answer in answers]

    def finding(message: str) -> Finding:
        return Finding(message, printed(terminal), printed(pipe), story(pipe))

    for answer in answers:
        before, after = results(terminal, answer.label), results(pipe, answer.label)
        if did_print(terminal, answer) and not did_print(pipe, answer):
            lost = "missing" if len(after) < len(before) else "a different line"
            return finding(f'"{answer.text}" is right on a terminal, but {lost} in a pipe.')
        if len(after) > len(before):
            return finding(
                f'"{after[0].text}" appears {len(after)} times in a pipe, '
                f"but {len(before)} on a terminal."
            )
    if _in_order(terminal, labels) and not _in_order(pipe, labels):
        return finding("In a pipe, the lines come in a different order.")
    return None


def _in_order(run: Run, labels: Sequence[str]) -> bool:
    """Do the first lines of these labels come in this order?"""
    order = list(run.lines)
    found = [order.index(results(run, label)[0]) for label in labels if results(run, label)]
    return found == sorted(found)


def result_lines(run: Run, labels: Sequence[str]) -> list[str]:
    """The texts of all labeled lines, in order: two runs are compared by these alone."""
    wanted = {line for label in labels for line in results(run, label)}
    return [line.text.rstrip() for line in run.lines if line in wanted]


def same_output(one: Run, other: Run, labels: Sequence[str]) -> bool:
    """An untraced run never has too many events: how it ends is then no difference."""
    same_lines_there = result_lines(one, labels) == result_lines(other, labels)
    return same_lines_there and (one.verdict == "events" or one.ended_well == other.ended_well)


def ends_with_success(run: Run) -> Finding | None:
    """The program exited by itself, with status 0."""
    if run.ended_well:
        return None
    if run.verdict != "ended" or run.parent.crashed:
        return Finding(trouble(run), expected="exit status 0", evidence=story(run))
    return Finding(
        f"Your program did its job but exited with status {run.parent.code}.",
        expected="exit status 0",
        seen=f"exit status {run.parent.code}",
        evidence=story(run),
        hint="Exit status 0 means success: return 0 from main, or exit(EXIT_SUCCESS).",
        cause=Cause(codes.SUCCESS_STATUS, str(run.parent.code)),
    )
