"""Public checks of exercise 2: `make check EX=2` runs them. You may change them and add your own.

The points come from other tests, which look at more than this and use numbers that you don't know.
"""

from collections.abc import Iterator

from grader.base.exercise import Exercise, OutputLine, SharedSegment, an_int, one, total
from grader.grading.submission import Submission
from grader.judge.fork_wait import forked, forks, parent_waits
from grader.judge.output import Answer, ends_with_success, prints, same_lines
from grader.judge.segments import (
    anything_attached,
    attaches_once,
    creates_one,
    detaches,
    owner_may_use,
    removes,
)
from grader.judge.sharing import set_and_changed
from grader.practice.public_check import PublicCheck, patient_run

EXERCISE = Exercise(
    "2-sharing",
    "Sharing",
    "sharing.c",
    "sharing",
    numbers=range(2, 3),
    lines=(
        OutputLine("child", by_parent=False, value=total),
        OutputLine("parent", by_parent=True, value=total),
    ),
    children=one,
    segment=SharedSegment(size=an_int),
    pages={
        "start": "2-sharing#create-once",
        "fork": "1-fork-wait#one-child",
        "create": "2-sharing#create-once",
        "remove": "2-sharing#remove-once",
    },
    try_valgrind="valgrind ./sharing 12 7",
    seconds=3,
)

CHILD = Answer("child", "child: 19")
PARENT = Answer("parent", "parent: 19", by_parent=True)
SIZE_OF_INT = 4
START, CHANGE = 120_000, 70_000  # a small number could be anywhere by chance


def public_checks(program: Submission) -> Iterator[PublicCheck]:
    run = patient_run(program, (12, 7), "parent")
    created, attached = run.created_segments, anything_attached(run)

    one = creates_one(run, SIZE_OF_INT)
    yield PublicCheck("creates_a_segment", "The parent creates one segment", "create-once", one)
    mode = owner_may_use(run)
    yield PublicCheck(
        "owner_may_read_and_write",
        "Its owner may read and write",
        "permissions",
        mode,
        bool(created),
    )
    yield PublicCheck("one_child", "fork makes one child", "share-the-value", forks(run, 1))
    child, parent = prints(run, CHILD), prints(run, PARENT)
    yield PublicCheck("child_prints_the_sum", "The child prints 19", "share-the-value", child)
    title = "The parent prints 19"
    yield PublicCheck("parent_prints_the_shared_sum", title, "share-the-value", parent)

    # Here the child is held until the parent waits for it, or ends.
    held = program.run(12, 7, schedule="parent-first")
    waits = parent_waits(held, "parent")
    yield PublicCheck("parent_waits", "The parent waits", "share-the-value", waits, forked(held))

    large = patient_run(program, (START, CHANGE), "parent")
    change = set_and_changed(large, START, START + CHANGE) if attached else None
    title = "START is in the segment, and the child adds CHANGE to it there"
    yield PublicCheck("child_changes_the_segment", title, "share-the-value", change, attached)

    once = attaches_once(run)
    title = "Each process attaches it at most once"
    yield PublicCheck("attaches_once_per_process", title, "attach-once-per-process", once, attached)
    yield PublicCheck("detaches", "Each process detaches it", "detach", detaches(run), attached)
    yield PublicCheck("removes", "It is removed, once", "remove-once", removes(run), bool(created))

    pipe = program.run(12, 7, stdout="pipe", schedule="child-first")
    same = same_lines(run, pipe, [CHILD, PARENT]) or ends_with_success(pipe)
    title = "./sharing 12 7 | cat prints the same, exit status 0"
    yield PublicCheck("works_in_a_pipe", title, "on-a-terminal-and-in-a-pipe", same, forked(run))
