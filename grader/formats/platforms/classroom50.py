"""Classroom 50's result.json. Its runner's environment says who submitted what; the runner also
overwrites the times."""

import json
import os
import time
from collections.abc import Mapping
from typing import Any

from grader.base.text import visible
from grader.report.model import PASSED, Report
from grader.report.wording import failure_lines

FILE: str | None = "result.json"
SCORED = True
PRINTED = False

SCHEMA = "classroom50/result/v1"
TIME = "%Y-%m-%dT%H:%M:%SZ"


def render(report: Report) -> str:
    return (
        json.dumps(result(report, os.environ, time.strftime(TIME, time.gmtime())), indent=2) + "\n"
    )


def result(report: Report, environment: Mapping[str, str], now: str) -> dict[str, Any]:
    """The document, for this runner's environment and this moment."""

    def given(*names: str, otherwise: str) -> str:
        return next((environment[name] for name in names if environment.get(name)), otherwise)

    commit = given("COMMIT_URL", otherwise="unknown")
    return {
        "schema": SCHEMA,
        "classroom": given("CLASSROOM", otherwise="unknown"),
        "assignment": given("ASSIGNMENT", otherwise="sharing-is-caring"),
        "assignment_type": given("ASSIGNMENT_TYPE", otherwise="individual"),
        "owner": given("OWNER", "USERNAME", "GITHUB_ACTOR", otherwise="unknown"),
        "submission": given("SUBMISSION_TAG", otherwise="submit/unknown"),
        "commit": commit,
        "release": given("RELEASE_URL", otherwise=commit),
        "review": given("REVIEW_URL", otherwise=commit),
        "datetime": now,
        "graded_at": now,
        "score": report.score,
        "max-score": report.max_score,
        "tests": [
            {
                "test-name": visible(f"{exercise.id}: {test.name}"),
                "passed": test.verdict == PASSED,
                "score": test.points,
                "max-score": test.max_points,
                "message": visible("\n".join(failure_lines(exercise, test)), keep="\n"),
            }
            for exercise in report.exercises
            for test in exercise.tests
        ],
    }
