"""A finding: what was asked, what was seen, and the evidence; and how a hidden test tells it."""

from __future__ import annotations

from dataclasses import dataclass

from grader.base.check import Cause, NotReached, Outcome
from grader.judge.evidence import NO_EVIDENCE, Evidence


@dataclass(frozen=True)
class Finding:
    """What is missing in a run, for the student to read."""

    message: str
    expected: str = ""
    seen: str = ""
    evidence: Evidence = NO_EVIDENCE
    hint: str = ""  # if the test's own hint would be about something else
    cause: Cause = Cause()


class Failed(Outcome):
    """The program does not do what was asked: the finding says what was missing."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def demand(*findings: Finding | None) -> None:
    """Fail with the first thing that is missing."""
    for finding in findings:
        if finding is not None:
            raise Failed(finding)


def only_if(condition: object, reason: str) -> None:
    """Go on only where this holds; otherwise the check is not reached, and the reason says why."""
    if not condition:
        raise NotReached(reason)
