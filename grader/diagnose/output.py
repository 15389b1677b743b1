"""Mistakes that show in the printed lines."""

from __future__ import annotations


from grader.diagnose.case import Case, RuleMatch
from grader.facts.records import Line, Run
from grader.judge import codes
from grader.judge.evidence import Evidence, told
from grader.judge.narrate import printed, story, typed, who
from grader.judge.output import by_children, by_parent, results

VALUE_TESTS = (
    "child_prints_the_sum",
    "parent_prints_its_own_copy",
    "parent_prints_the_shared_sum",
    "child_prints_the_value",
    "prints_the_total",
    "parent_reads_the_segment",
    "total_is_read_from_the_slots",
)
COPIED = ("works_in_a_pipe", "child_line_comes_first", "parent_waits", *VALUE_TESTS)


def labels(case: Case) -> tuple[str, ...]:
    return case.exercise.labels


def hard_coded(case: Case) -> RuleMatch | None:
    """The same wrong line whatever the arguments are."""
    for label in labels(case):
        told = {run.command[1:]: results(run, label) for run in case.plain if results(run, label)}
        texts = {lines[0].text for lines in told.values()}
        if len(told) >= 2 and len(texts) == 1 and case.failed(*VALUE_TESTS):
            text = texts.pop()
            shown = [" ".join(args) for args in list(told)[:3]]
            return RuleMatch(
                f'Your program prints "{text}" whatever the arguments are.',
                "Every run uses different numbers. Use your program's arguments.",
                Evidence(tuple(f'with {args or "no arguments"}: "{text}"' for args in shown)),
                VALUE_TESTS,
            )
    return None


def printed_before_fork(case: Case) -> RuleMatch | None:
    """The last line was printed before there was a child: on a terminal it comes too early, and
    in a pipe it was in the buffer when fork copied it."""
    run = case.strict
    if run is None or not run.forks or not case.failed(*COPIED):
        return None
    lines = by_parent(run, results(run, case.final))
    if not lines or lines[0].seq > run.forks[0].began:
        return None
    twice = ""
    for pipe in case.on("pipe"):
        if len(results(pipe, case.final)) > len(lines):
            twice = (
                " In a pipe it is even printed more than once: printf keeps text in a buffer, and "
                "fork copies the buffer too."
            )
    return RuleMatch(
        f'"{lines[0].text}" was printed before the fork.',
        "This line has to come last: fork first, then wait for the child, then print." f"{twice}",
        story(run),
        ("parent_waits", *COPIED),
    )


def printed_twice(case: Case) -> RuleMatch | None:
    """Text was in the buffer when fork copied it."""
    if not case.failed("works_in_a_pipe", *VALUE_TESTS):
        return None
    for pipe in case.on("pipe"):
        same = [run for run in case.on("terminal") if run.command == pipe.command]
        for label in labels(case):
            if same and len(results(pipe, label)) > len(results(same[0], label)) > 0:
                return _copied(_as_printed(pipe, printed(pipe).split("\n")))
    for run in case.plain:
        for line in run.lines:
            if any(line.text.count(f"{label}:") > 1 for label in labels(case)):
                return _copied(_as_printed(run, [line.text]))
            begin = _begins_as_the_parents(case, run, line)
            if begin:
                text = f'The child prints "{begin}" too'
                return _copied(story(run), text)
    return None


def _begins_as_the_parents(case: Case, run: Run, line: Line) -> str:
    """The label meant for the parent's line, if the child's line begins with it."""
    begin, label, _ = line.text.partition("child:")
    if not label or f"{case.final}:" not in begin or any(map(run.is_parent, line.writers)):
        return ""
    same = any(other.text.startswith(begin) for other in by_parent(run, run.lines))
    return begin if same else ""


def _as_printed(run: Run, lines: list[str]) -> Evidence:
    return told(run, [f"$ {typed(run)}", *(f'printed "{line}"' for line in lines)])


def _copied(evidence: Evidence, text: str = "Text is printed twice") -> RuleMatch:
    return RuleMatch(
        f"{text}: it was still in the buffer when you called fork.",
        "printf collects text in a buffer: on a terminal until the line ends, in a pipe until the "
        "program ends. fork copies the buffer too, and each process prints its copy. Print after "
        "the fork, or call fflush(stdout) before it.",
        evidence,
        COPIED,
    )


def lost_in_buffer(case: Case) -> RuleMatch | None:
    """A line that appears on a terminal, but not in a pipe."""
    if not case.failed("works_in_a_pipe", "child_prints_the_value"):
        return None
    for pipe in case.on("pipe"):
        same = [run for run in case.on("terminal") if run.command == pipe.command]
        for label in labels(case):
            if same and len(results(pipe, label)) < len(results(same[0], label)):
                text = results(same[0], label)[0].text
                return RuleMatch(
                    f'"{text}" is lost in a pipe.',
                    "In a pipe, printf buffers text until exit (or return from main) flushes it; "
                    "_exit and signals lose it. So end with exit, or call fflush(stdout) first.",
                    story(pipe),
                    ("works_in_a_pipe", "child_prints_the_value"),
                )
    return None


def prints_nothing(case: Case) -> RuleMatch | None:
    run = case.normal
    if run is None or any(line.text.strip() for line in run.lines) or not case.failed(*VALUE_TESTS):
        return None
    if run.error_lines and run.ended_well:
        where = f'"{run.error_lines[0]}" went to stderr, which is for errors.'
    elif run.parent.end == "exit" and run.parent.code != 0:
        said = f': "{run.error_lines[0]}"' if run.error_lines else " nothing"
        where = f"It exited with status {run.parent.code} and printed on stderr{said}."
    else:
        where = "The results belong on stdout, one line each."
    return RuleMatch("Your program printed nothing on stdout.", where, story(run), VALUE_TESTS)


def wrong_process(case: Case) -> RuleMatch | None:
    """The child's line by the parent, or the other way around."""
    run = case.normal
    if run is None or not run.others or not case.failed(*VALUE_TESTS):
        return None
    wrong = [
        (line, asker)
        for asked in case.exercise.values
        for asker, right in (
            ("the parent", by_parent) if asked.by_parent else ("the child", by_children),
        )
        for line in results(run, asked.label)
        if not right(run, results(run, asked.label))
    ]
    if not wrong:
        return None
    line, asker = wrong[0]
    return RuleMatch(
        f'"{line.text}" was printed by {who(run, line.process)}, not by {asker}.',
        "fork returns twice: 0 in the child, and the child's process ID in the parent. The branch "
        "for 0 runs in the child.",
        story(run),
        (*VALUE_TESTS, "child_line_comes_first", "parent_waits"),
    )


def wrong_label(case: Case) -> RuleMatch | None:
    """The line is there, with the right number, but spelled differently."""
    tests = case.failed_by(codes.FORM, tuple(case.results))
    if not tests:
        return None
    return RuleMatch(
        case.message(*tests),
        "The grader compares each line character by character, with nothing before it and nothing "
        "after. Only this costs points: everything else was judged as if the line were right.",
        case.evidence(*tests),
        tests,
    )


def no_newline(case: Case) -> RuleMatch | None:
    """A result line goes on into the next one."""
    tests = case.failed_by(codes.NO_NEWLINE, tuple(case.results))
    if not tests:
        return None
    return RuleMatch(
        "The newline at the end of a line is missing.",
        "printf doesn't end a line by itself: each result is a line of its own, so end it with "
        'a newline, as in printf("child: %d\\n", value).',
        case.evidence(*tests),
        (*tests, "works_in_a_pipe"),
    )


def wrong_status(case: Case) -> RuleMatch | None:
    """Everything is right except the exit status."""
    tests = case.failed_by(codes.SUCCESS_STATUS, ["works_in_a_pipe", "parent_reads_the_segment"])
    if not tests:
        return None
    cause = case.cause(*tests)
    edge = f"{cause.when}, your" if cause.when else "Your"
    return RuleMatch(
        f"{edge} program did its job but exited with status {cause.detail}.",
        "Exit status 0 means success, any other one means failure: end main with return 0 or "
        "exit(EXIT_SUCCESS).",
        case.evidence(*tests),
        tests,
    )
