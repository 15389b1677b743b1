"""What was made easier, so that one mistake costs once: a note for the student and the TA.

If the parent does not wait, the hidden tests look at a lenient run; if a segment is left behind,
they give each run its own sandbox; if the owner cannot use the segment, they fix its permissions.
What is right still earns its points, and a note says how it was tested.
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
            "The missing wait costs points once: everything else was tested with the children "
            "first."
        )
    if left_behind(normal):
        yield (
            "The leftover segment costs points once: the grader removed it after each run, and "
            "ignored what was left when a call failed."
        )
    if any(run.options.get("owner_mode") for run in case.runs):
        yield ("The permissions cost points once: everything else was tested with 0600.")
