"""Public checks of exercise 5: `make check EX=5` runs them. You may change them and add your own.

The points come from other tests, which look at more than this and use numbers that you don't know.
"""

from collections.abc import Iterator

from grader.base.exercise import Exercise, OutputLine, SharedSegment, an_int, first, one
from grader.grading.submission import Submission
from grader.judge.crash import attaches_read_only, ends_by_its_write
from grader.judge.fork_wait import parent_waits
from grader.judge.output import KILLED, Answer, ends_with_success, prints
from grader.judge.segments import (
    anything_attached,
    attached_in_child,
    creates_one,
    owner_may_use,
    parent_detaches,
    removes,
)
from grader.practice.public_check import PublicCheck, patient_run

EXERCISE = Exercise(
    "5-read-only",
    "Read-only",
    "read_only.c",
    "read_only",
    numbers=range(1, 2),
    lines=(
        OutputLine("child", by_parent=False, value=first),
        OutputLine(KILLED, by_parent=True, numbered=False),
        OutputLine("parent", by_parent=True, value=first),
    ),
    children=one,
    segment=SharedSegment(size=an_int, attached_once=False),
    child_crashes=True,
    pages={
        "start": "5-read-only#attach-read-only",
        "create": "5-read-only#create-and-remove",
        "remove": "5-read-only#create-and-remove",
    },
    try_valgrind="valgrind ./read_only 12",
    seconds=2,
)

CHILD = Answer("child", "child: 42")
SIGNAL = Answer(KILLED, f"{KILLED} 11", by_parent=True)
PARENT = Answer("parent", "parent: 42", by_parent=True)
SIZE_OF_INT = 4


def public_checks(program: Submission) -> Iterator[PublicCheck]:
    run = patient_run(program, (42,), "parent")
    created, attached = bool(run.created_segments), attached_in_child(run)

    one = creates_one(run, SIZE_OF_INT) or owner_may_use(run)
    title = "The parent creates one segment that its owner may read and write"
    yield PublicCheck("creates_a_segment", title, "create-and-remove", one)
    read_only = attaches_read_only(run) if attached else None
    title = "The child attaches it with SHM_RDONLY"
    yield PublicCheck("attaches_read_only", title, "attach-read-only", read_only, attached)
    section = "the-write-that-ends-the-child"
    yield PublicCheck("child_prints_the_value", "The child prints 42", section, prints(run, CHILD))
    killed = ends_by_its_write(run) if attached else None
    title = "The child is killed by its own write"
    yield PublicCheck("write_ends_the_child", title, section, killed, attached)

    # Here the child is held until the parent waits for it, or ends.
    held = program.run(42, schedule="parent-first")
    waits = parent_waits(held, KILLED)
    title = "The parent waits"
    yield PublicCheck("parent_waits", title, "decode-the-status", waits, bool(held.children))
    decoded = prints(run, SIGNAL)
    title = "The parent says which signal it was"
    yield PublicCheck("status_is_decoded", title, "decode-the-status", decoded, attached)
    value = prints(run, PARENT)
    title = "The parent prints 42"
    yield PublicCheck("parent_reads_the_segment", title, "decode-the-status", value)

    detached = parent_detaches(run) if anything_attached(run) else None
    title = "The parent detaches it"
    yield PublicCheck("detaches", title, "detach", detached, anything_attached(run))
    yield PublicCheck(
        "removes", "The segment is removed, once", "create-and-remove", removes(run), created
    )

    pipe = program.run(42, stdout="pipe", schedule="child-first")
    flushed = prints(pipe, CHILD) or ends_with_success(pipe)
    title = "./read_only 42 | cat shows the child's line too"
    reached = prints(run, CHILD) is None
    yield PublicCheck("works_in_a_pipe", title, section, flushed, reached)
