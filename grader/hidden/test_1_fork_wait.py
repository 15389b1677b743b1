"""1-fork-wait: after fork parent and child have separate copies, and the parent waits."""

from grader.base.check import check
from grader.base.exercise import exercise_of
from grader.facts.command import command
from grader.grading.submission import Submission
from grader.hidden.common_checks import (
    Inputs,
    fork_failure_check,
    memory_check,
    order_check,
    pipe_check,
    waiting_check,
)
from grader.hidden.edges import demand_answer
from grader.hidden.runs import INT_MAX, INT_MIN, Scenario, prefetch as prefetch_runs, started
from grader.judge.finding import demand, only_if
from grader.judge.fork_wait import forked, forks, forks_copies
from grader.judge.output import Answer, did_print

EXERCISE = exercise_of("1-fork-wait")
VALGRIND = [command(12, 7)]
WAITING = "1-fork-wait#the-parent-waits"
EXAMPLES = (12, 7, 19)  # START, CHANGE and their sum on the page: never drawn


def asked(start: int, change: int) -> Scenario:
    child, parent = Answer("child", f"child: {start + change}"), f"parent: {start}"
    return Scenario((start, change), (child, Answer("parent", parent, by_parent=True)))


def drawn(submission: Submission) -> Scenario:
    draw = submission.draw("start and change")
    start = draw.int(11, 99, but=EXAMPLES)
    return asked(start, draw.int(3, 89, but={*EXAMPLES, *(value - start for value in EXAMPLES)}))


def edges(submission: Submission) -> list[Scenario]:
    draw = submission.draw("edges")
    below = asked(-draw.int(100, 900), -draw.int(2, 50))
    small = [asked(0, 0), asked(-1, -1), asked(0, -1)]
    return [*small, below, asked(INT_MAX, 0), asked(INT_MIN, 0)]


INPUTS = Inputs(EXERCISE, drawn, edges, example="12 7")
normal = INPUTS.normal


def prefetch(submission: Submission) -> None:
    """Make the runs that a correct program needs, in one sandbox."""
    prefetch_runs(submission, drawn(submission), edges(submission))


@check(
    points=2,
    concept="copies",
    section="1-fork-wait#copies",
    hint="The child has its own copy of the variable: it adds CHANGE to that copy and prints it.",
)
def test_child_prints_the_sum(submission: Submission) -> None:
    """The child prints the sum"""
    demand_answer(submission, drawn(submission), edges(submission), 0)


@check(
    points=2,
    concept="copies",
    section="1-fork-wait#copies",
    hint="What the child adds to its copy does not change the parent's.",
)
def test_parent_prints_its_own_copy(submission: Submission) -> None:
    """The parent prints its own, unchanged copy"""
    run, task = normal(submission), drawn(submission)
    only_if(forked(run) or not did_print(run, task.answers[1]), "without a fork there is no copy")
    only_if(started(run), "your program does nothing yet")
    demand_answer(submission, task, edges(submission), 1)
    only_if(not forks_copies(run), "the child shares the parent's memory (already reported)")


@check(
    points=1,
    concept="fork",
    section="1-fork-wait#one-child",
    hint="Call fork once: each call makes one more process.",
)
def test_one_child(submission: Submission) -> None:
    """There is one child, made by fork"""
    run = normal(submission)
    only_if(started(run), "your program does nothing yet")
    demand(forks(run, 1), forks_copies(run))


test_child_line_comes_first = order_check(
    INPUTS, points=3, section=WAITING, hint="The parent waits for its child before it prints."
)

test_parent_waits = waiting_check(
    INPUTS,
    "The parent waits for its child",
    points=3,
    section=WAITING,
    hint="Call wait, waitpid or waitid before the parent prints; sleep does not wait for a child.",
)

test_fork_failure = fork_failure_check(
    INPUTS,
    "When fork fails, the program reports it and exits with status 1",
    points=2,
    section="1-fork-wait#when-fork-fails",
    hint="fork returns -1 when it fails: report it on stderr and exit with status 1.",
)

test_works_in_a_pipe = pipe_check(
    INPUTS, points=1, hint="exit and return from main flush what printf still holds."
)

test_memory = memory_check(INPUTS, points=1)
