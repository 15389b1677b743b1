"""Public checks of exercise 7: `make check EX=7` runs them."""

from collections.abc import Iterator

from grader.judge.family import forks
from grader.judge.output import Answer, prints
from grader.judge.segments import removes
from grader.practice.look import Look
from grader.submission import Submission

TOTAL = Answer("total", "total: 15", by_parent=True)


def look(program: Submission) -> Iterator[Look]:
    run = program.run(12, 3, schedule="parent-first")
    yield Look("prints_the_total", "It prints 15", "one-after-the-other", prints(run, TOTAL))
    yield Look("one_child_a_leg", "Three children", "one-after-the-other", forks(run, 3))
    created = bool(run.created_segments)
    yield Look("removes", "The segment is removed", "remove-once", removes(run), created)
