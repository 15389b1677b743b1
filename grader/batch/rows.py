"""What a student's grade is made of: from results and policy to one row. Pure, and exact."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from grader.batch.adjustments import Adjustment, digest_of
from grader.batch.imports.arrived import Arrived
from grader.batch.policy import ON_TIME, PER, Policy
from grader.batch.score import base_of, number_text, points_of, scored
from grader.batch.student import Student, names_of
from grader.batch.students import Entry
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


def row_of(
    results: Sequence[ExerciseResult],
    student: Student,
    handed: Handed,
    origin: Origin,
    policy: Policy,
    rubric: Mapping[str, int],
    isolation: str,
    is_empty: bool,
    adjustments: Sequence[Adjustment] = (),
) -> Json:
    """All that the gradebook tells of a grade, as it is kept."""
    base = base_of(results, policy, rubric, is_empty)
    late = lateness(student, handed, policy)
    handed = replace(handed, submitted=_submitted(student, handed, policy))
    cost = late_cost(late, base["of"], policy, policy.late.used.get(student.key, 0))
    base |= {"late": cost, "notes": list(handed.notes), "late_notes": _unknown(handed, policy)}
    if late:
        base["late_by"] = _duration_text(late)
    row = {
        "status": EMPTY if is_empty else GRADED,
        "tests": {test.id: test.points for result in results for test in result.tests},
        "first": {result.id: result.diagnoses[0].text for result in results if result.diagnoses},
        "score": sum(result.score or 0 for result in results),
        "max_score": sum(result.max_score for result in results),
        "late": _late_text(late, handed),
        "submitted": _time_text(handed.submitted, policy),
        "commit": handed.commit,
        "source": handed.source,
        "base": base,
        "policy": policy_digest(policy),
        "names": names_of(student),
        "name": student.name,
        "valgrind": policy.valgrind,
        "isolation": isolation,
        "origin": origin.to_json(),
    }
    return with_adjustments(row, adjustments)


def with_adjustments(row: Json, adjustments: Sequence[Adjustment]) -> Json:
    """The same grade with these adjustments, and no others."""
    base = row.get("base")
    if base is None:  # of an older kit
        return row
    new = scored(base, base["late"], adjustments)
    notes = [*base["notes"], *base["late_notes"]]
    if "late_by" in base:
        after = points_of(base, adjustments)[1]
        notes.append(_late_note(base, after))
    return {**row, **new, "notes": [*notes, *new["adjusted"]], "hand": digest_of(adjustments)}


def policy_digest(policy: Policy) -> str:
    """A fingerprint of all that a grade depends on; what is only shown takes no part."""
    parts = [
        policy.zone, policy.due, policy.grace,
        (*policy.late.plain, policy.late.budget), sorted(policy.points.items()),
        *([policy.total, sorted(policy.extra_credit), policy.floor] if policy.has_score else []),
        sorted(policy.extensions.items(), key=str), sorted(policy.submitted.items()),
    ]  # fmt: skip
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()


# ---- lateness


def lateness(student: Student, handed: Handed, policy: Policy) -> timedelta:
    """How long after the student's own deadline, grace included in no case of being late."""
    when, due = _submitted(student, handed, policy), deadline(student, policy)
    if due is None or when is None:
        return timedelta()
    late = when - due
    return late if late > policy.grace else timedelta()


def deadline(student: Student, policy: Policy) -> datetime | None:
    """The student's own, without the grace."""
    if policy.due is None:
        return None
    due = policy.in_zone(policy.due)
    extension = _of(student, policy.extensions)
    if isinstance(extension, timedelta):
        due += extension
    elif isinstance(extension, datetime):
        due = policy.in_zone(extension)
    return due


def _submitted(student: Student, handed: Handed, policy: Policy) -> datetime | None:
    told = _of(student, policy.submitted)
    when = told if isinstance(told, datetime) else handed.submitted
    return policy.in_zone(when) if when else None


def _of(student: Student, table: Mapping[str, object]) -> object:
    """What a table says of a student: by the key, in place of which a policy may have any name."""
    return table.get(student.key)


def units_late(late: timedelta, policy: Policy) -> int:
    return math.ceil(late / PER[policy.late.per])


def late_cost(late: timedelta, full: int, policy: Policy, used: int = 0) -> Json:
    """What being late costs: points off, down to a floor; and how it is counted. `used` of the
    student's budget is gone already.
    """
    units = units_late(late, policy)
    free = min(units, max(policy.late.budget - used, 0))
    cost = {
        "loss": str(policy.late.percent * (units - free) * full / 100),
        "floor": str(policy.late.floor * full / 100),
        "units": units - free,
        "percent": number_text(policy.late.percent),
    }
    if policy.late.budget and units:
        cost["free"], cost["left"] = free, max(policy.late.budget - used - free, 0)
        cost["per"] = policy.late.per
    return cost


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


def _late_note(base: Json, points: Fraction) -> str:
    late = base["late"]
    left = max(points - Fraction(late["loss"]), min(points, Fraction(late["floor"])))
    left = max(left, Fraction(base["floor"]))
    took = f"{number_text(points - left)} points off" if points > left else "no points off"
    begun = f"{late['units']} × {late['percent']} %"
    budget = ""
    if "free" in late:
        budget = f"; {late['free']} free late {late['per']}s used now, {late['left']} left"
    return f"handed in {base['late_by']} late: {took} ({begun}), {number_text(left)} left{budget}"


def _unknown(handed: Handed, policy: Policy) -> list[str]:
    """What to say where nobody knows when it was handed in."""
    if policy.due is None or handed.submitted is not None:
        return []
    if handed.is_late:
        return ["the platform says late, and not when: no points are taken; [submitted] can tell"]
    if handed.is_late is None and policy.late.percent > 0:
        return ["when it was handed in is not known: it counts as on time; [submitted] can tell"]
    return []


# ---- which attempt counts


def on_time(entry: Entry, policy: Policy) -> Entry:
    """The same with the latest attempt that is on time, where that is what counts; the latest of
    all where none is.
    """
    if policy.attempts != ON_TIME or entry.arrived is None:
        return entry
    every = (*entry.others, entry.arrived)

    def is_on_time(one: Arrived) -> bool:
        handed = Handed(one.source, one.submitted, one.is_late, one.commit, ())
        is_known = _submitted(entry.student, handed, policy) is not None
        return not lateness(entry.student, handed, policy) if is_known else not one.is_late

    last = next((one for one in reversed(every) if is_on_time(one)), None)
    due = deadline(entry.student, policy)
    if last is None and entry.arrived.earlier is not None and due is not None:
        last = entry.arrived.earlier(due + policy.grace)
    if last is None:
        last = entry.arrived
    return replace(entry, arrived=last, others=tuple(one for one in every if one is not last))
