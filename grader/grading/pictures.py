"""Adds to a result the picture of each run behind a diagnosis, or a failure without one.

A picture is worth no points, so a picture that cannot be drawn costs none: it is left out, with a
warning for the TA."""

from collections.abc import Sequence
from dataclasses import replace

from grader.base.exercise import Exercise
from grader.facts.records import Run
from grader.lines import Lines
from grader.picture.draw import draw
from grader.picture.model import Picture
from grader.report.model import FAILED, Finding, TestResult


class Drawn:
    """Draws the pictures of one exercise; `troubles` says which ones it could not draw."""

    def __init__(self, exercise: Exercise, lines: Lines | None = None) -> None:
        self.troubles: list[str] = []
        self._exercise = exercise
        self._lines = lines

    def findings(
        self, findings: Sequence[Finding], results: Sequence[TestResult]
    ) -> tuple[Finding, ...]:
        """The diagnoses with their pictures."""
        shown = []
        for finding in findings:
            tests = [t for t in results if t.id in finding.tests and t.verdict == FAILED]
            runs = [finding.shows, *(test.shows for test in tests)]
            run = next((run for run in runs if run is not None), None)
            asked = next((test.expected for test in tests if test.expected), "")
            shown.append(replace(finding, picture=self._picture(run, asked)))
        return tuple(shown)

    def tests(
        self, findings: Sequence[Finding], results: Sequence[TestResult]
    ) -> tuple[TestResult, ...]:
        """The results; a failure that no diagnosis explains gets its own picture."""
        explained = {test for finding in findings for test in finding.tests}
        return tuple(
            replace(test, picture=self._picture(test.shows, test.expected))
            if test.verdict == FAILED and test.id not in explained
            else test
            for test in results
        )

    def _picture(self, run: Run | None, asked: str) -> Picture | None:
        if run is None or not run.events:
            return None
        try:
            lines = [self._lines.of_run(run)] if self._lines else ()
            return draw(run, self._exercise, asked.split("\n"), lines)
        except Exception as error:
            self.troubles.append(f"a picture could not be drawn: {type(error).__name__}: {error}")
            return None
