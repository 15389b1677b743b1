"""A job's summary on GitHub: report.md, made to fit into the megabyte that a step may write."""

from dataclasses import replace

from grader.formats import markdown
from grader.formats.markdown import escaped
from grader.report.model import ExerciseResult, Report
from grader.report.wording import headline, score_of

FILE: str | None = "summary.md"
SCORED = False  # it is for people: an incomplete report says so
PRINTED = False

LIMIT = 1_000_000  # bytes; GitHub refuses a summary of more than 1 MiB


def render(report: Report) -> str:
    """The most that fits: everything, all but the pictures, or a line per exercise."""
    bare = replace(report, exercises=tuple(_bare(exercise) for exercise in report.exercises))
    for tried in (report, bare):
        text = markdown.render(tried)
        if len(text.encode()) <= LIMIT:
            return text
    lines = [f"# Sharing is caring: {score_of(report)}", ""]
    for exercise in report.exercises:
        points = "?" if exercise.score is None else exercise.score
        said = escaped(headline(exercise)[:500])
        lines.append(f"- {escaped(exercise.id)}: {points}/{exercise.max_score} {said}")
    return "\n".join([*lines, "", "The full report is too long for this page.", ""])


def _bare(exercise: ExerciseResult) -> ExerciseResult:
    return replace(
        exercise,
        diagnoses=tuple(replace(finding, picture=None) for finding in exercise.diagnoses),
        tests=tuple(replace(test, picture=None) for test in exercise.tests),
    )
