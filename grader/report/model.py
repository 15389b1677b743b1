"""The result of a grade, from which every format is made. Plain data: nothing here runs, reads or
writes.

A test has one of three verdicts: passed, failed, not-reached. An internal error of the grader is
none of these: the test is not-reached with a `fault`, and the scores that depend on it are None, so
that no format can write a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from grader.base.check import Cause
from grader.picture.model import Picture, picture_from_json

if TYPE_CHECKING:
    from grader.facts.records import Run

SCHEMA = "sharing-is-caring/report/v1"

PASSED = "passed"
FAILED = "failed"
NOT_REACHED = "not-reached"

STUDENT = "student"
TA = "ta"
VIEWS = (STUDENT, TA)

# How much of a hidden test a student is shown: grader/formats/redact.py.
EVIDENCE = "evidence"
CONCEPT = "concept"
POINTS = "points"
OPENNESS = (EVIDENCE, CONCEPT, POINTS)


@dataclass(frozen=True)
class TestResult:
    """One hidden test of one exercise."""

    __test__ = False  # pytest: not a test class

    id: str  # "2-sharing/removes"
    name: str  # the sentence that a student reads
    verdict: str
    points: int | None  # earned; None on a fault
    max_points: int
    visibility: str
    message: str = ""
    expected: str = ""
    seen: str = ""
    evidence: tuple[str, ...] = ()
    section: str = ""
    concept: str = ""
    hint: str = ""
    fault: str | None = None
    picture: Picture | None = None  # of the run that shows it, unless a diagnosis has it
    # for diagnoses and pictures; no report shows these
    cause: Cause = Cause()
    shows: "Run | None" = None  # the run that the evidence tells of

    @property
    def short_id(self) -> str:
        return self.id.partition("/")[2]


@dataclass(frozen=True)
class Finding:
    """One diagnosis: the missing idea in a sentence, with its evidence and what it cost."""

    id: str
    text: str
    section: str
    explanation: str = ""
    evidence: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()  # ids of the tests that it explains
    lost: int = 0
    picture: Picture | None = None  # of the run that the evidence tells of
    place: str = ""  # the line of the student's file that it hangs on: "2-sharing/sharing.c:31"
    shows: "Run | None" = None  # the run that the evidence is about; no report shows it


@dataclass(frozen=True)
class PublicTest:
    """One of the kit's public unit tests, run for display: it carries no points."""

    name: str
    passed: bool
    message: str = ""


@dataclass(frozen=True)
class ExerciseResult:
    """One exercise of a submission."""

    id: str
    title: str
    score: int | None
    max_score: int
    diagnoses: tuple[Finding, ...] = ()
    tests: tuple[TestResult, ...] = ()
    notes: tuple[str, ...] = ()
    notes_of_runs: tuple[str, ...] = ()  # the notes about runs of hidden tests
    public_tests: tuple[PublicTest, ...] = ()
    fault: str | None = None
    commands: tuple[str, ...] = ()  # the runs that were made, for the TA's view
    remarks: tuple[str, ...] = ()  # what only the TA should know
    seconds: float = 0.0


@dataclass(frozen=True)
class Report:
    """Everything about a graded submission."""

    submission: str
    kit: str
    isolation: str
    seed: int
    view: str
    exercises: tuple[ExerciseResult, ...]
    notes: tuple[str, ...] = ()
    schema: str = SCHEMA
    openness: str = EVIDENCE
    out: str = ""  # the folder of the other formats, as the user wrote it
    secret: str = ""  # the half of the seed that is for the TA alone

    @property
    def whole_seed(self) -> str:
        """What --seed takes to repeat this grade."""
        return f"{self.seed}.{self.secret}" if self.secret else str(self.seed)

    @property
    def complete(self) -> bool:
        return all(exercise.fault is None for exercise in self.exercises)

    @property
    def score(self) -> int | None:
        scores = [exercise.score for exercise in self.exercises]
        known = [score for score in scores if score is not None]
        return sum(known) if len(known) == len(scores) else None

    @property
    def max_score(self) -> int:
        return sum(exercise.max_score for exercise in self.exercises)


def to_json(report: Report) -> dict[str, Any]:
    """The report as the schema describes it."""
    return {
        "schema": report.schema,
        "submission": report.submission,
        "score": report.score,
        "max_score": report.max_score,
        "complete": report.complete,
        "isolation": report.isolation,
        "seed": report.seed,
        **({"seed_secret": report.secret} if report.secret else {}),
        "kit": report.kit,
        "view": report.view,
        "openness": EVIDENCE if report.view == TA else report.openness,
        "notes": list(report.notes),
        "exercises": [exercise_to_json(exercise) for exercise in report.exercises],
    }


def exercise_to_json(exercise: ExerciseResult) -> dict[str, Any]:
    plain = replace(
        exercise,
        tests=tuple(replace(test, cause=Cause(), shows=None) for test in exercise.tests),
        diagnoses=tuple(replace(found, shows=None) for found in exercise.diagnoses),
    )
    data = asdict(plain)
    for record in (*data["tests"], *data["diagnoses"]):
        for name in ("cause", "shows"):
            record.pop(name, None)
    return data


def exercise_from_json(data: dict[str, Any]) -> ExerciseResult:
    """The inverse of exercise_to_json."""
    fields: dict[str, Any] = {
        **data,
        "diagnoses": tuple(Finding(**_record(entry)) for entry in data["diagnoses"]),
        "tests": tuple(TestResult(**_record(entry)) for entry in data["tests"]),
        "public_tests": tuple(PublicTest(**entry) for entry in data["public_tests"]),
    }
    return ExerciseResult(**_tuples(fields))


def _record(data: dict[str, Any]) -> dict[str, Any]:
    return {**_tuples(data), "picture": picture_from_json(data.get("picture"))}


def _tuples(data: dict[str, Any]) -> dict[str, Any]:
    """JSON knows lists only; the records hold tuples."""
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
    }


def score_of(tests: Sequence[TestResult]) -> int | None:
    """The points of some tests, or None if one of them met an internal error."""
    points = [test.points for test in tests]
    known = [value for value in points if value is not None]
    return sum(known) if len(known) == len(points) else None
