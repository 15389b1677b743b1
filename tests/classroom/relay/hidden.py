"""7-relay: a value goes from hand to hand."""

from grader.base.exercise import Exercise
from grader.check import check
from grader.command import command
from grader.facts import Run
from grader.judge.family import forks, parent_waits
from grader.judge.finding import demand, only_if
from grader.judge.output import Answer, prints
from grader.judge.segments import removes
from grader.submission import Submission

EXERCISE = Exercise("7-relay", "Relay", "relay.c", "relay")
VALGRIND = [command(12, 3)]


def drawn(submission: Submission) -> tuple[int, int]:
    draw = submission.draw("start and legs")
    return draw.int(100, 999), draw.int(2, 6)


def normal(submission: Submission) -> Run:
    return submission.run(*drawn(submission), schedule="parent-first")


@check(
    points=2,
    concept="sharing",
    section="7-relay#one-after-the-other",
    hint="The number lies in the segment, and each child adds 1 to it.",
)
def test_prints_the_total(submission: Submission) -> None:
    """The parent prints the total"""
    total = Answer("total", f"total: {sum(drawn(submission))}", by_parent=True)
    demand(prints(normal(submission), total))


@check(
    points=2,
    concept="fork",
    section="7-relay#one-after-the-other",
    hint="One fork for each runner, and a wait before the next.",
)
def test_one_child_a_leg(submission: Submission) -> None:
    """There is one child for each leg, and the parent waits for it"""
    run = normal(submission)
    demand(forks(run, drawn(submission)[1]), parent_waits(run, "total"))


@check(
    points=1,
    concept="remove",
    section="7-relay#remove-once",
    hint="shmctl(descriptor, IPC_RMID, NULL), in the parent, after the last wait.",
)
def test_removes(submission: Submission) -> None:
    """The segment is removed, once"""
    run = normal(submission)
    only_if(run.created_segments, "no segment was created")
    demand(removes(run))
