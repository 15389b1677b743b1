"""Autolab: the last line of stdout holds the points of each exercise."""

import json

from grader.report.model import Report

FILE: str | None = None
SCORED = True
PRINTED = True


def render(report: Report) -> str:
    scores = {exercise.id: exercise.score for exercise in report.exercises}
    total = str(report.score)
    return json.dumps({"scores": scores, "scoreboard": [total]}) + "\n"
