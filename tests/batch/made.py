"""Results as a grade would make them, for tests of what is made from results."""

from __future__ import annotations

from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import Listing
from grader.batch.policy import Policy
from grader.batch.rows import Handed, Json, Origin, row_of
from grader.batch.students import Entry, Student
from grader.report.model import FAILED, NOT_REACHED, PASSED, ExerciseResult, Finding, TestResult

RUBRIC = {"1-fork-wait": 3}


def check(name: str, verdict: str, concept: str = "waiting", points: int = 1) -> TestResult:
    return TestResult(
        id=f"1-fork-wait/{name}",
        name=f"{name} is right",
        verdict=verdict,
        points=points if verdict == PASSED else 0,
        max_points=points,
        visibility="hidden",
        concept=concept,
    )


def result(
    points: int, text: str = "The parent never waited.", seconds: float = 1.0
) -> ExerciseResult:
    """An exercise of three checks: so many are passed, the next failed, the last not reached."""
    verdicts = [PASSED] * points + [FAILED, NOT_REACHED, NOT_REACHED][: 3 - points]
    tests = tuple(
        check(name, verdict, concept)
        for name, verdict, concept in zip(
            ("sum", "wait", "pipe"), verdicts, ("copies", "waiting", "pipes")
        )
    )
    lost = Finding(
        "never-waited", text, "assignment/x", tests=("1-fork-wait/wait",), lost=3 - points
    )
    return ExerciseResult(
        "1-fork-wait", "t", points, 3, (lost,) if points < 3 else (), tests, seconds=seconds
    )


def row(student: Student, graded: ExerciseResult, content: str = "c", late: str = "") -> Json:
    handed = Handed(f"class/{student.key}", None, None, "", ())
    origin = Origin("k", content, "kit", 1, "[]")
    made = row_of([graded], student, handed, origin, Policy(), RUBRIC, "namespaces", False)
    return {**made, "late": late}


def entry(student: Student, lms_id: str = "") -> Entry:
    claim = Claim(folder=student.key, name=student.name, lms_id=lms_id)
    return Entry(student, Arrived(claim, f"class/{student.key}", Listing), number=lms_id)
