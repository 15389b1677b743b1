"""Public checks of exercise 1: `make check EX=1` runs them. You may change them and add your own.

The points come from other tests, which look at more than this and use numbers that you don't know.
"""

from collections.abc import Iterator

from grader.base.exercise import Exercise, OutputLine, first, one, total
from grader.grading.submission import Submission
from grader.judge.fork_wait import forked, forks, forks_copies, parent_waits
from grader.judge.output import Answer, ends_with_success, prints, same_lines
from grader.practice.public_check import PublicCheck, patient_run

EXERCISE = Exercise(
    "1-fork-wait",
    "fork and wait",
    "fork_wait.c",
    "fork_wait",
    numbers=range(2, 3),
    lines=(
        OutputLine("child", by_parent=False, value=total),
        OutputLine("parent", by_parent=True, value=first),
    ),
    children=one,
    pages={"start": "1-fork-wait#copies", "fork": "1-fork-wait#one-child"},
    try_valgrind="valgrind ./fork_wait 12 7",
    seconds=1,
)

CHILD = Answer("child", "child: 19")
PARENT = Answer("parent", "parent: 12", by_parent=True)


def public_checks(program: Submission) -> Iterator[PublicCheck]:
    run = patient_run(program, (12, 7), "parent")
    one = forks(run, 1) or forks_copies(run)
    yield PublicCheck("one_child", "fork makes one child", "one-child", one)
    yield PublicCheck("child_prints_the_sum", "The child prints 19", "copies", prints(run, CHILD))
    mine = prints(run, PARENT)
    yield PublicCheck("parent_prints_its_own_copy", "The parent prints 12", "copies", mine)

    # Here the child is held until the parent waits for it, or ends.
    held = program.run(12, 7, schedule="parent-first")
    waits = parent_waits(held, "parent")
    yield PublicCheck("parent_waits", "The parent waits", "the-parent-waits", waits, forked(held))

    pipe = program.run(12, 7, stdout="pipe", schedule="child-first")
    same = same_lines(run, pipe, [CHILD, PARENT]) or ends_with_success(pipe)
    title = "./fork_wait 12 7 | cat prints the same, exit status 0"
    yield PublicCheck("works_in_a_pipe", title, "on-a-terminal-and-in-a-pipe", same, forked(run))
