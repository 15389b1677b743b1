"""What was made easier, so that one mistake costs once: told as a note, for the student and the TA.

The hidden tests look at a kind run where the parent does not wait, at worlds of their own where a
segment stays, at mended permissions where the owner may not use it. What is right still earns its
points then, and the report says how it was looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.diagnose.case import Case
from grader.judge.segments import left_behind


def relaxed(case: Case) -> Iterator[str]:
    """Each relaxation that was used, in a sentence."""
    strict, normal = case.strict, case.normal
    if not case.exercise.forks or strict is None or normal is None:
        return
    if normal is not strict and not normal.hit_a_limit:
        yield (
            "The missing wait costs once: all else was judged in runs in which the grader lets the "
            "children come first."
        )
    if left_behind(normal):
        yield (
            "The segment that stays costs once: the grader removes it after each run, and does not "
            "look at what stays when a call fails."
        )
    if any(run.options.get("owner_mode") for run in case.runs):
        yield (
            "The permissions cost once: all else was judged in runs in which the owner may read "
            "and write."
        )
