"""Gradescope's results.json: one test for each hidden test.

A report for the TA is hidden from students; what a report for students shows was chosen by the
instructor (the openness), and is visible."""

import json
from collections.abc import Iterator
from typing import Any

from grader.base.text import visible
from grader.report.model import PASSED, TA, ExerciseResult, Report
from grader.report.wording import failure_lines, headline, score_of, sentence

FILE: str | None = "results.json"
SCORED = True
PRINTED = False

HIDDEN, VISIBLE = "hidden", "visible"


def render(report: Report) -> str:
    seen = HIDDEN if report.view == TA else VISIBLE
    tests = [
        entry
        for place, exercise in enumerate(report.exercises, 1)
        for entry in _tests(exercise, place, seen)
    ]
    result = {
        "score": report.score,
        "execution_time": round(sum(exercise.seconds for exercise in report.exercises)),
        "output": "\n".join(_overview(report)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": VISIBLE,
        "stdout_visibility": HIDDEN,
        "extra_data": {"seed": report.whole_seed, "kit": report.kit, "isolation": report.isolation},
        "tests": tests,
    }
    return json.dumps(result, indent=2) + "\n"


def _overview(report: Report) -> Iterator[str]:
    """The first screen; for the TA's report only the score."""
    yield f"Sharing is caring: {score_of(report)}"
    if report.view != TA:
        for exercise in report.exercises:
            said = visible(headline(exercise))
            yield f"{exercise.id}: {exercise.score}/{exercise.max_score}  {said}".rstrip()


def _tests(exercise: ExerciseResult, place: int, seen: str) -> Iterator[dict[str, Any]]:
    for number, test in enumerate(exercise.tests, 1):
        yield {
            "score": test.points,
            "max_score": test.max_points,
            "status": "passed" if test.verdict == PASSED else "failed",
            "name": visible(f"{exercise.id}: {test.name}"),
            "name_format": "text",
            "number": f"{place}.{number}",
            "output": "\n".join(
                visible(sentence(line), keep="\t") for line in failure_lines(exercise, test)
            ),
            "output_format": "text",
            "tags": [exercise.id],
            "visibility": seen,
        }
