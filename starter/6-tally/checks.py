"""Public checks of exercise 6: `make check EX=6` runs them. You may change them and add your own.

The points come from other tests, which look at more than this and use numbers that you don't know.
"""

from collections.abc import Iterator

from grader.base.exercise import Exercise, OutputLine, SharedSegment, ints, square, sum_of_squares
from grader.grading.submission import Submission
from grader.judge.fork_wait import forked, forks, parent_waits
from grader.judge.output import Answer, ends_with_success, prints, same_lines
from grader.judge.segments import anything_attached, creates_one, detaches, owner_may_use, removes
from grader.judge.slots import each_attaches_once, each_fills_its_slot, each_looks_it_up
from grader.practice.public_check import PublicCheck, patient_run

EXERCISE = Exercise(
    "6-tally",
    "Tally",
    "tally.c",
    "tally",
    numbers=range(65),
    lines=(OutputLine("total", by_parent=True, value=sum_of_squares),),
    children=len,
    segment=SharedSegment(size=ints, slot=square),
    pages={
        "start": "6-tally#one-child-for-each-value",
        "fork": "6-tally#one-child-for-each-value",
        "create": "6-tally#a-slot-for-each-child",
        "remove": "6-tally#remove-once",
    },
    try_valgrind="valgrind ./tally 1 2 3",
    seconds=4,
)

VALUES = (2, 3, 4)
LARGE = (300, 400, 500)  # a small square could be anywhere by chance
TOTAL = Answer("total", "total: 29", by_parent=True)
SIZE_OF_INT = 4


def public_checks(program: Submission) -> Iterator[PublicCheck]:
    run = patient_run(program, VALUES, "total", schedule="one-at-a-time")
    created = bool(run.created_segments)
    attached = created and anything_attached(run)

    one = creates_one(run, SIZE_OF_INT * len(VALUES)) or owner_may_use(run)
    title = "The parent creates one segment for all slots"
    yield PublicCheck("creates_one_segment", title, "a-slot-for-each-child", one)
    each = forks(run, len(VALUES))
    title = "There is one child for each value"
    yield PublicCheck("one_child_for_each_value", title, "one-child-for-each-value", each)

    # Here the children are held until the parent waits for them, or ends.
    held = program.run(*VALUES, schedule="parent-first")
    waits = parent_waits(held, "total")
    title = "The parent waits for each of them"
    yield PublicCheck("waits_for_every_child", title, "wait-for-all", waits, forked(held))

    count, section = len(VALUES), "find-it-by-its-key"
    found = each_looks_it_up(run, count) if created else None
    title = "Each child finds the segment by its key"
    yield PublicCheck("each_child_looks_it_up_by_key", title, section, found, created)
    once = each_attaches_once(run, count) if attached else None
    title = "Each process attaches it itself, once"
    yield PublicCheck("each_process_attaches_once", title, section, once, attached)
    large = patient_run(program, LARGE, "total", schedule="one-at-a-time")
    slots = each_fills_its_slot(large, [value * value for value in LARGE]) if attached else None
    title = "Each child puts its square into its slot"
    yield PublicCheck("each_child_fills_its_slot", title, "a-slot-for-each-child", slots, attached)
    total = prints(run, TOTAL)
    yield PublicCheck("prints_the_total", "The parent prints 29", "the-total", total)

    yield PublicCheck(
        "detaches", "Each process detaches it", "find-it-by-its-key", detaches(run), attached
    )
    yield PublicCheck("removes", "It is removed, once", "remove-once", removes(run), created)

    pipe = program.run(*VALUES, stdout="pipe", schedule="child-first")
    same = same_lines(run, pipe, [TOTAL]) or ends_with_success(pipe)
    title = "./tally 2 3 4 | cat prints the same, exit status 0"
    yield PublicCheck("works_in_a_pipe", title, "on-a-terminal-and-in-a-pipe", same, forked(run))
