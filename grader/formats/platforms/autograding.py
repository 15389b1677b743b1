"""The classic autograding reporter of GitHub Classroom: one runner for each test.

The reporter computes two totals: the tests that passed, and their points. Both match the report
only if each runner has one all-or-nothing test. The file is made to be appended to
$GITHUB_ENV: <ID>_RESULTS for each runner, and AUTOGRADING_RUNNERS for its input `runners`."""

import base64
import json
from typing import Any

from grader.base.text import cut, visible
from grader.report.model import PASSED, ExerciseResult, Report, TestResult
from grader.report.wording import failure_lines

FILE: str | None = "autograding.env"
SCORED = True
PRINTED = False

RUNNERS = "AUTOGRADING_RUNNERS"
VERSION = 1
LONGEST = 400  # characters of a message: all runners share one environment


def render(report: Report) -> str:
    runners = {
        _id(test): _results(exercise, test)
        for exercise in report.exercises
        for test in exercise.tests
    }
    lines = [f"{RUNNERS}={','.join(runners)}"]
    for name, results in runners.items():
        text = json.dumps(results).encode("ascii")
        lines.append(f"{name.upper()}_RESULTS={base64.b64encode(text).decode('ascii')}")
    return "\n".join(lines) + "\n"


def _id(test: TestResult) -> str:
    """A name of letters, digits and dashes: 1-fork-wait-parent-waits."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in test.id.lower())


def _results(exercise: ExerciseResult, test: TestResult) -> dict[str, Any]:
    status = "pass" if test.verdict == PASSED else "fail"
    entry = {
        "name": _line(test.name),  # a newline would start a command of the runner
        "status": status,
        "score": test.points,
        "message": cut(_line(" ".join(failure_lines(exercise, test))), LONGEST),
        "test_code": "",
        "filename": exercise.id,
        "line_no": 0,
        "duration": 0,
    }
    return {"version": VERSION, "status": status, "max_score": test.max_points, "tests": [entry]}


def _line(text: str) -> str:
    """One line that cannot start a command of the runner."""
    return visible(" ".join(text.split())).replace("::", "∷")
