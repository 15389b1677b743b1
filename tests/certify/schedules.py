"""A right program is right under every schedule of the witness, not only under those of the tests.

A schedule decides who goes on when several could: nobody (none), the parent or the child first, the
youngest first, one at a time, by the dice of a seed, or the number of an order: all of these.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.facts.records import Run
from grader.grading.execute import world
from grader.grading.grade_exercise import SandboxedMachine
from grader.grading.random_values import secret_of
from grader.grading.submission import Submission
from grader.hidden.runs import Scenario
from grader.judge.finding import Finding
from grader.judge.fork_wait import parent_waits
from grader.judge.narrate import story, who
from grader.judge.output import ends_with_success, prints
from grader.judge.segments import left_behind
from grader.sandbox import Held
from tests.certify.subjects import Subject

NAMED = ("none", "parent-first", "child-first", "reverse", "one-at-a-time")
SEEDS = 5  # schedules by dice, each time
ORDERS = 100  # of all that there are, at most


def schedules(turn: int) -> tuple[str, ...]:
    """Those that the witness knows by name, and some by dice: others at each turn."""
    return (*NAMED, *(f"seed:{turn * SEEDS + number}" for number in range(SEEDS)))


def under_each(subject: Subject, turn: int, witness: Held) -> Iterator[tuple[str, str]]:
    """For each schedule, what is wrong with the run: "" where nothing is. None without children."""
    assert subject.built.program
    around = world(subject.entry.exercise, subject.intake, subject.built.program, witness)
    machine = SandboxedMachine(around, frozenset(subject.intake.sources))
    secret = secret_of(turn, subject.intake.content, subject.entry.exercise.id)
    submission = Submission(subject.entry.exercise, machine, secret, subject.intake.sources)
    drawn = getattr(subject.entry.module, "drawn", None)
    task = drawn(submission) if drawn else None
    if not isinstance(task, Scenario):
        return
    for schedule in schedules(turn):
        yield schedule, _told(submission.run(*task.args, schedule=schedule), task, schedule)
    for run in submission.orders(*task.args, at_most=ORDERS):
        if run.verdict == "ended":  # their limits are short
            yield f"order:{run.order.number if run.order else ''}", _told(run, task, "order")


def _told(run: Run, task: Scenario, schedule: str) -> str:
    wrong = next(_wrong(run, task, schedule), None)
    return f"{wrong.message} {_how_it_ended(run)}" if wrong else ""


def _wrong(run: Run, task: Scenario, schedule: str) -> Iterator[Finding]:
    for answer in task.answers:
        yield from _if_found(prints(run, answer))
    if schedule == "parent-first":  # where it shows also of a program that ignores SIGCHLD
        yield from _if_found(parent_waits(run, task.final))
    yield from _if_found(ends_with_success(run))
    if left_behind(run):
        yield Finding("a segment was left")
    if run.leftovers.processes:
        yield Finding("a process was left")


def _how_it_ended(run: Run) -> str:
    """What nobody sees again of a run that went otherwise once in a thousand times."""
    doing = [
        f"{who(run, process.number)}: {process.doing or process.end}" for process in run.processes
    ]
    return f"[{run.verdict}; {', '.join(doing)}; {' / '.join(story(run))}]"


def _if_found(finding: Finding | None) -> Iterator[Finding]:
    if finding is not None:
        yield finding
