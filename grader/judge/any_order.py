"""The result in every order of the processes: none of them may have to be the faster one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.base.check import Cause
from grader.facts.records import Run
from grader.judge import codes
from grader.judge.finding import Finding
from grader.judge.output import Answer, prints

ONLY_THEN = (
    "Only in one order of the processes, of the many that there are: the result must not depend on "
    "which process is faster."
)


def right_in_every_order(runs: Sequence[Run], answer: Answer) -> Finding | None:
    """In each run that came to its end, the line is right. What met a limit is not judged."""
    for run in runs:
        found = prints(run, answer) if run.verdict in ("ended", "deadlock") else None
        if found:
            cause = Cause(codes.ANOTHER_ORDER, str(run.order.number if run.order else ""))
            return replace(found, message=f"{found.message} {ONLY_THEN}", cause=cause)
    return None
