"""A finding: what was asked, what was seen, and the evidence; and how a hidden test tells it."""

from __future__ import annotations

from dataclasses import dataclass

from grader.check import Cause, Failed, NotReached


@dataclass(frozen=True)
class Finding:
    """What is missing in a run, for the student to read."""

    message: str
    expected: str = ""
    seen: str = ""
    evidence: tuple[str, ...] = ()
    hint: str = ""  # where the check's own would be about something else
    cause: Cause = Cause()


def demand(*findings: Finding | None) -> None:
    """Fail with the first thing that is missing."""
    for finding in findings:
        if finding is not None:
            raise Failed(
                finding.message,
                finding.expected,
                finding.seen,
                finding.evidence,
                finding.hint,
                finding.cause,
            )


def only_if(condition: object, reason: str) -> None:
    """Go on only where this holds; otherwise the check is not reached, and the reason says why."""
    if not condition:
        raise NotReached(reason)
