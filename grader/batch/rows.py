"""What a student's grade is made of: from results and policy to one row. Pure, and exact."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from grader.batch.policy import PER, Policy
from grader.batch.student import Student, names_of
from grader.grading.random_values import Seed
from grader.report.model import ExerciseResult

Json = dict[str, Any]

GRADED = "graded"
EMPTY = "nothing to grade"
NOT_GRADED = "not graded"
NOT_SUBMITTED = "not submitted"
WAITING = "not graded yet"


@dataclass(frozen=True)
class Handed:
    """What is known of how a submission came."""

    source: str
    submitted: datetime | None
    is_late: bool | None
    commit: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Origin:
    """What a result was made from: two results of one origin are the same."""

    key: str
    content: str
    kit: str
    seed: int
    options: str
    secret: str = ""  # the half of the seed that no student sees

    def to_json(self) -> Json:
        return dict(self.__dict__)


def whole_seed(origin: Json) -> str:
    """What --seed takes to repeat a grade of this origin."""
    return str(Seed(origin["seed"], origin.get("secret", "")))


def number_text(value: Fraction) -> str:
    """At most two decimals, rounded as people do."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    text = format(rounded, "f").rstrip("0").rstrip(".")
    return text or "0"


def row_of(
    results: Sequence[ExerciseResult],
    student: Student,
    handed: Handed,
    origin: Origin,
    policy: Policy,
    rubric: Mapping[str, int],
    isolation: str,
    is_empty: bool,
) -> Json:
    """All that the gradebook tells of a grade, as it is kept."""
    weights = {**rubric, **policy.points}
    exercises = {result.id: _exercise(result, weights[result.id]) for result in results}
    points = sum((Fraction(entry["points"]) for entry in exercises.values()), Fraction(0))
    full = sum(entry["of"] for entry in exercises.values())
    late = lateness(student, handed, policy)
    handed = replace(handed, submitted=_submitted(student, handed, policy))
    final = _after_lateness(points, full, late, policy)
    return {
        "status": EMPTY if is_empty else GRADED,
        "exercises": {
            name: {**entry, "points": number_text(Fraction(entry["points"]))}
            for name, entry in exercises.items()
        },
        "tests": {test.id: test.points for result in results for test in result.tests},
        "first": {result.id: result.diagnoses[0].text for result in results if result.diagnoses},
        "score": sum(result.score or 0 for result in results),
        "max_score": sum(result.max_score for result in results),
        "points": number_text(points),
        "penalty": number_text(points - final),
        "final": number_text(final),
        "of": full,
        "late": _late_text(late, handed),
        "submitted": _time_text(handed.submitted, policy),
        "commit": handed.commit,
        "source": handed.source,
        "notes": [*handed.notes, *_late_notes(late, handed, points, final, policy)],
        "policy": policy_digest(policy),
        "names": names_of(student),
        "name": student.name,
        "valgrind": policy.valgrind,
        "isolation": isolation,
        "origin": origin.to_json(),
    }


def policy_digest(policy: Policy) -> str:
    """A fingerprint of all that a grade depends on; what is only shown takes no part."""
    parts = [
        policy.zone, policy.due, policy.grace, policy.late, sorted(policy.points.items()),
        sorted(policy.extensions.items(), key=str), sorted(policy.submitted.items()),
    ]  # fmt: skip
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def _exercise(result: ExerciseResult, weight: int) -> Json:
    share = Fraction(result.score or 0, result.max_score) if result.max_score else Fraction(0)
    return {
        "score": result.score,
        "max_score": result.max_score,
        "points": str(share * weight),
        "of": weight,
    }


# ---- lateness


def lateness(student: Student, handed: Handed, policy: Policy) -> timedelta:
    """How long after the student's own deadline, grace included in no case of being late."""
    when = _submitted(student, handed, policy)
    if policy.due is None or when is None:
        return timedelta()
    due = policy.in_zone(policy.due)
    extension = _of(student, policy.extensions)
    if isinstance(extension, timedelta):
        due += extension
    elif isinstance(extension, datetime):
        due = policy.in_zone(extension)
    late = when - due
    return late if late > policy.grace else timedelta()


def _submitted(student: Student, handed: Handed, policy: Policy) -> datetime | None:
    told = _of(student, policy.submitted)
    when = told if isinstance(told, datetime) else handed.submitted
    return policy.in_zone(when) if when else None


def _of(student: Student, table: Mapping[str, object]) -> object:
    """What a table says of a student: by the key, in place of which a policy may have any name."""
    return table.get(student.key)


def units_late(late: timedelta, policy: Policy) -> int:
    return math.ceil(late / PER[policy.late.per])


def _after_lateness(points: Fraction, full: int, late: timedelta, policy: Policy) -> Fraction:
    loss = policy.late.percent * units_late(late, policy) * full / 100
    floor = policy.late.floor * full / 100
    return max(points - loss, min(points, floor))


def _late_text(late: timedelta, handed: Handed) -> str:
    if late:
        return _duration_text(late)
    return "yes, time unknown" if handed.is_late and handed.submitted is None else ""


def _duration_text(late: timedelta) -> str:
    minutes = math.ceil(late.total_seconds() / 60)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count)


def _time_text(when: datetime | None, policy: Policy) -> str:
    if when is None:
        return ""
    return when.astimezone(policy.zone).isoformat(timespec="seconds")


def _late_notes(
    late: timedelta, handed: Handed, points: Fraction, final: Fraction, policy: Policy
) -> list[str]:
    if late:
        took = f"{number_text(points - final)} points off" if points > final else "no points off"
        begun = f"{units_late(late, policy)} × {number_text(policy.late.percent)} %"
        return [
            f"handed in {_duration_text(late)} late: {took} ({begun}), {number_text(final)} left"
        ]
    if handed.is_late and handed.submitted is None and policy.due:
        return ["the platform says late, and not when: no points are taken; [submitted] can tell"]
    if _is_unknown(handed, late, policy):
        return ["when it was handed in is not known: it counts as on time; [submitted] can tell"]
    return []


def _is_unknown(handed: Handed, late: timedelta, policy: Policy) -> bool:
    """Does a deadline mean nothing, as neither a time nor a word of the platform tells?"""
    is_told = handed.submitted is not None or handed.is_late is not None
    return policy.due is not None and policy.late.percent > 0 and not is_told and not late
