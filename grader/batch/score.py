"""From a submission's results to its points, in one place: weights, exercises on top, a total,
being late, a floor, and what the teacher adjusts by hand. Pure, and exact.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from grader.batch.adjustments import Adjustment
from grader.batch.policy import Policy
from grader.report.model import ExerciseResult

Json = dict[str, Any]


def number_text(value: Fraction) -> str:
    """At most two decimals, rounded as people do."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    text = format(rounded, "f").rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def full_points(exercises: Sequence[str], policy: Policy, rubric: Mapping[str, int]) -> int:
    """What a grade of these exercises is of; those on top are not part of it."""
    return policy.total or _sum_of_weights(exercises, policy, rubric)


def most_points(exercises: Sequence[str], policy: Policy, rubric: Mapping[str, int]) -> Fraction:
    """The highest grade that there can be, without adjustments."""
    weights = {**rubric, **policy.points}
    factor = _factor(exercises, policy, rubric)
    return sum((weights[name] * factor for name in exercises), Fraction(0))


def _sum_of_weights(exercises: Sequence[str], policy: Policy, rubric: Mapping[str, int]) -> int:
    weights = {**rubric, **policy.points}
    return sum(weights[name] for name in exercises if name not in policy.extra_credit)


def _factor(exercises: Sequence[str], policy: Policy, rubric: Mapping[str, int]) -> Fraction:
    weights = _sum_of_weights(exercises, policy, rubric)
    return Fraction(policy.total, weights) if policy.total and weights else Fraction(1)


def base_of(
    results: Sequence[ExerciseResult], policy: Policy, rubric: Mapping[str, int], is_empty: bool
) -> Json:
    """All that the points are made of, as it is kept: adjustments may change at any time."""
    weights = {**rubric, **policy.points}
    names = [result.id for result in results]
    factor = _factor(names, policy, rubric)
    full = full_points(names, policy, rubric)
    return {
        "exercises": {
            result.id: {
                "score": result.score,
                "max_score": result.max_score,
                "of": str(weights[result.id] * factor),
                "tests": {test.id: [test.points or 0, test.max_points] for test in result.tests},
            }
            for result in results
        },
        "of": full,
        "floor": "0" if is_empty else str(policy.floor * full / 100),
    }


def points_of(base: Json, adjustments: Sequence[Adjustment]) -> tuple[dict[str, Json], Fraction]:
    """The points of each exercise and their sum, before lateness."""
    exercises = {
        name: _exercise(name, entry, adjustments) for name, entry in base["exercises"].items()
    }
    return exercises, sum((Fraction(e["exact"]) for e in exercises.values()), Fraction(0))


def scored(base: Json, late: Json, adjustments: Sequence[Adjustment]) -> Json:
    """The parts of a row that are points. `late`: what being late costs, as late_cost says."""
    exercises, points = points_of(base, adjustments)
    final = max(points - Fraction(late["loss"]), min(points, Fraction(late["floor"])))
    final = max(final, Fraction(base["floor"]))
    penalty = max(points - final, Fraction(0))
    for one in adjustments:
        if not one.exercise and one.is_number:
            final = one.applied(final)
    return {
        "exercises": {
            name: {**{k: v for k, v in entry.items() if k != "exact"}}
            for name, entry in exercises.items()
        },
        "points": number_text(points),
        "penalty": number_text(penalty),
        "final": number_text(final),
        "of": base["of"],
        "adjusted": [one.text(base) for one in adjustments],
    }


def _exercise(name: str, entry: Json, adjustments: Sequence[Adjustment]) -> Json:
    score, most, of = entry["score"] or 0, entry["max_score"], Fraction(entry["of"])
    theirs = [one for one in adjustments if one.exercise == name and one.is_number]
    change = Fraction(0)
    for test, (points, max_points) in entry["tests"].items():
        new = Fraction(points)
        for one in theirs:
            if one.check == test:
                new = min(one.applied(new), Fraction(max_points))
        change += new - points
    value = (score + change) / most * of if most else Fraction(0)
    for one in theirs:
        if not one.check:
            value = one.applied(value)
    return {
        "score": entry["score"],
        "max_score": most,
        "points": number_text(value),
        "of": number_text(of) if of.denominator > 1 else int(of),
        "exact": value,
    }
