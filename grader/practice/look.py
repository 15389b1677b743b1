"""What a public check says: one thing that was looked at in the runs of a program.

The file checks.py of an exercise holds one function, look(program), which runs the program and
yields these in the order in which a student should read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.facts.records import Run
from grader.grading.submission import Submission
from grader.judge.family import forked, parent_waits
from grader.judge.finding import Finding


@dataclass(frozen=True)
class Look:
    """One thing that was looked at.

    `name` is the name of what the graders look at, so that a diagnosis knows what it explains.
    `section` is a heading of the exercise's page. With `reached` false nothing can be said yet.
    """

    name: str
    asked: str
    section: str
    finding: Finding | None
    reached: bool = True


def patient_run(
    program: Submission, args: Sequence[object], label: str, schedule: str = "parent-first"
) -> Run:
    """The run to look at for all but waiting: where the parent does not wait, a child that is held
    until then would spoil everything else, so there the parent is held instead.
    """
    words = [str(arg) for arg in args]
    held = program.run(*words, schedule="parent-first")
    if forked(held) and parent_waits(held, label) is not None:
        return program.run(*words, schedule="child-first", content=True)
    return program.run(*words, schedule=schedule, content=True)
