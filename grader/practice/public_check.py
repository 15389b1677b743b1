"""A public check: one thing to look at in the runs of a program.

The file checks.py of an exercise has one function, public_checks(program), which runs the program
and yields these in the order in which a student should read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.facts.records import Run
from grader.grading.submission import Submission
from grader.judge.finding import Finding
from grader.judge.fork_wait import forked, parent_waits


@dataclass(frozen=True)
class PublicCheck:
    """One public check.

    `name` is the name of the hidden test of the same thing, so that a diagnosis knows what it
    explains. `section` is a heading on the exercise's page. If `reached` is false, the check can't
    be judged yet.
    """

    name: str
    title: str
    section: str
    finding: Finding | None
    reached: bool = True


def patient_run(
    program: Submission, args: Sequence[object], label: str, schedule: str = "parent-first"
) -> Run:
    """The run for all checks but waiting: if the parent does not wait, a child that is held until
    then would spoil everything else, so the parent is held instead.
    """
    words = [str(arg) for arg in args]
    held = program.run(*words, schedule="parent-first")
    if forked(held) and parent_waits(held, label) is not None:
        return program.run(*words, schedule="child-first", content=True)
    return program.run(*words, schedule=schedule, content=True)
