"""Tells the story of a run once: the second finding about it shows only what is new there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.facts.records import Run
from grader.report.model import FAILED, Finding, TestResult

AGAIN = "In the same run:"
NOTHING_NEW = "The same run as above shows it."


def _plain(line: str) -> str:
    """Without the blanks that align it with its neighbors."""
    return " ".join(line.split())


class Traces:
    """What a report has told of each run so far."""

    def __init__(self) -> None:
        self._told: list[tuple[Run, set[str]]] = []  # by identity: equal facts are another run

    def findings(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        return tuple(replace(f, evidence=self._new(f.shows, f.evidence)) for f in findings)

    def tests(
        self, results: Sequence[TestResult], findings: Sequence[Finding]
    ) -> tuple[TestResult, ...]:
        """The failures that no diagnosis explains follow the diagnoses; nobody reads the others."""
        explained = {test for finding in findings for test in finding.tests}
        return tuple(
            replace(test, evidence=self._new(test.shows, test.evidence))
            if test.verdict == FAILED and test.id not in explained
            else test
            for test in results
        )

    def _new(self, run: Run | None, lines: tuple[str, ...]) -> tuple[str, ...]:
        if run is None or not lines:
            return lines
        told = next((said for known, said in self._told if known is run), None)
        if told is None:
            self._told.append((run, set(map(_plain, lines))))
            return lines
        new = tuple(x for x in lines if _plain(x) not in told and not x.startswith("…"))
        told.update(map(_plain, new))
        return (AGAIN, *new) if new else (NOTHING_NEW,)
