"""The classic autograding reporter of GitHub Classroom: one runner for each check.

A runner with one all-or-nothing test is the only shape in which the reporter's two totals, by the
tests that passed and by their points, are both the report's. The file is made to be appended to
$GITHUB_ENV: <ID>_RESULTS for each runner, and AUTOGRADING_RUNNERS for its input `runners`."""

import base64
import json
from typing import Any

from grader.base.text import cut, visible
from grader.report.model import PASSED, ExerciseResult, Report, TestResult
from grader.report.wording import told

FILE: str | None = "autograding.env"
SCORED = True
PRINTED = False

RUNNERS = "AUTOGRADING_RUNNERS"
VERSION = 1
LONGEST = 400  # letters of a message: all runners together are one environment


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
        "name": _line(test.name),  # a newline would begin a command of the runner
        "status": status,
        "score": test.points,
        "message": cut(_line(" ".join(told(exercise, test))), LONGEST),
        "test_code": "",
        "filename": exercise.id,
        "line_no": 0,
        "duration": 0,
    }
    return {"version": VERSION, "status": status, "max_score": test.max_points, "tests": [entry]}


def _line(text: str) -> str:
    """One line that begins no command of the runner."""
    return visible(" ".join(text.split())).replace("::", "∷")
