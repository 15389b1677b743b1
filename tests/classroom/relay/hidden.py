"""7-relay: a value goes from hand to hand.

The checks have the names that the same checks have in other exercises: so the same diagnoses
explain them.
"""

from grader.base.check import check
from grader.base.exercise import exercise_of
from grader.facts.command import command
from grader.grading.submission import Submission
from grader.hidden.runs import Scenario, base, demand_proper_failures, ended, fault, strict
from grader.judge.finding import demand, only_if
from grader.judge.fork_wait import forked, forks, parent_waits
from grader.judge.output import Answer, prints
from grader.judge.segments import anything_attached, detaches, removes

EXERCISE = exercise_of("7-relay")
VALGRIND = [command(12, 3)]
WAITING = "7-relay#one-after-the-other"


def drawn(submission: Submission) -> Scenario:
    draw = submission.draw("start and runners")
    start, runners = draw.int(100, 999), draw.int(2, 6)
    answer = Answer("total", f"total: {start + runners}", by_parent=True)
    return Scenario((start, runners), (answer,), stored=4)


@check(
    points=2,
    concept="sharing",
    section=WAITING,
    hint="The number lies in the segment, and each child adds 1 to it.",
)
def test_prints_the_total(submission: Submission) -> None:
    """The parent prints the total"""
    task = drawn(submission)
    demand(prints(base(submission, task), task.answers[0]))


@check(points=1, concept="fork", section=WAITING, hint="One fork for each runner.")
def test_one_child_for_each_value(submission: Submission) -> None:
    """There is one child for each leg"""
    task = drawn(submission)
    demand(forks(base(submission, task), EXERCISE.children(list(task.args))))


@check(points=1, concept="waiting", section=WAITING, hint="Wait before you fork the next runner.")
def test_waits_for_every_child(submission: Submission) -> None:
    """The parent waits for each child"""
    run = strict(submission, drawn(submission))
    only_if(forked(run), "no child was forked")
    demand(parent_waits(run, "total"))


@check(points=1, concept="detach", section="7-relay#remove-once", hint="shmdt in each process.")
def test_detaches(submission: Submission) -> None:
    """Each process detaches the segment"""
    task = drawn(submission)
    run = base(submission, task)
    only_if(anything_attached(run) and ended(run, task), "nothing was attached")
    demand(detaches(run))


@check(
    points=1,
    concept="remove",
    section="7-relay#remove-once",
    hint="shmctl(id, IPC_RMID, NULL), in the parent, after the last wait.",
)
def test_removes(submission: Submission) -> None:
    """The segment is removed, once"""
    run = base(submission, drawn(submission))
    only_if(run.created_segments, "no segment was created")
    demand(removes(run))


@check(points=1, concept="errors", section="7-relay#remove-once", hint="fork returns -1.")
def test_fork_failure(submission: Submission) -> None:
    """A failing fork is reported, and leaves nothing behind"""
    demand_proper_failures(submission, drawn(submission), [fault(submission, "fork", "@2")])
