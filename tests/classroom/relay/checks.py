"""Public checks of exercise 7: `make check EX=7` runs them."""

from collections.abc import Iterator, Sequence

from grader.base.exercise import Exercise, OutputLine, SharedSegment, an_int, total
from grader.grading.submission import Submission
from grader.judge.fork_wait import forked, forks, parent_waits
from grader.judge.output import Answer, prints
from grader.judge.segments import anything_attached, detaches, removes
from grader.practice.public_check import PublicCheck, patient_run


def runners(args: Sequence[int]) -> int:
    """relay START COUNT"""
    return args[1] if len(args) > 1 else 0


EXERCISE = Exercise(
    "7-relay",
    "Relay",
    "relay.c",
    "relay",
    lines=(OutputLine("total", by_parent=True, value=total),),
    children=runners,
    segment=SharedSegment(size=an_int),
    pages={
        "start": "7-relay#one-after-the-other",
        "fork": "7-relay#one-after-the-other",
        "create": "7-relay#one-after-the-other",
        "remove": "7-relay#remove-once",
    },
    try_valgrind="valgrind ./relay 12 3",
)
TOTAL = Answer("total", "total: 15", by_parent=True)


def public_checks(program: Submission) -> Iterator[PublicCheck]:
    run = patient_run(program, (12, 3), "total")
    created, attached = bool(run.created_segments), anything_attached(run)
    yield PublicCheck("prints_the_total", "It prints 15", "one-after-the-other", prints(run, TOTAL))
    yield PublicCheck(
        "one_child_for_each_value", "Three children", "one-after-the-other", forks(run, 3)
    )

    # Here each child is held until the parent waits for it, or ends.
    held = program.run(12, 3, schedule="parent-first")
    waits = parent_waits(held, "total")
    title = "The parent waits for each child"
    yield PublicCheck("waits_for_every_child", title, "one-after-the-other", waits, forked(held))
    yield PublicCheck(
        "detaches", "Each process detaches it", "remove-once", detaches(run), attached
    )
    yield PublicCheck("removes", "The segment is removed", "remove-once", removes(run), created)
