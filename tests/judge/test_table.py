"""The judge's table."""

from __future__ import annotations

from pathlib import Path

from grader.report.model import FAILED, PASSED, ExerciseResult, Finding, TestResult
from tests.corpus.case import Case
from tests.corpus.grading import Outcome
from tests.judge.table import (
    CAUGHT,
    KILLED,
    NAMED,
    RIGHT,
    marks_of_case,
    marks_of_mutant,
    rendered,
    whole,
)
from tests.mutants.grading import Fate


def outcome(verdict: str, told: str = "") -> Outcome:
    points = 3 if verdict == PASSED else 0
    test = TestResult("1-fork-wait/parent_waits", "", verdict, points, 3, "hidden", "", "")
    found = (Finding(told, "", "", "", ()),) if told else ()
    return Outcome(ExerciseResult("1-fork-wait", "", points, 3, diagnoses=found, tests=(test,)))


def case(kind: str, **more: object) -> Case:
    return Case(Path(f"/{kind}/1-x"), "about", "1-fork-wait", **more)  # type: ignore[arg-type]


WRONG = case("wrong", fails=frozenset({"parent_waits"}), diagnosis="never-waited")


def test_a_wrong_one_is_caught_and_named() -> None:
    assert marks_of_case(WRONG, outcome(FAILED, "never-waited")) == [(CAUGHT, True), (NAMED, True)]


def test_a_wrong_one_that_scores_full_is_not_caught() -> None:
    assert marks_of_case(WRONG, outcome(PASSED)) == [(CAUGHT, False), (NAMED, False)]


def test_another_name_is_caught_but_not_named() -> None:
    assert marks_of_case(WRONG, outcome(FAILED, "crashed")) == [(CAUGHT, True), (NAMED, False)]


def test_a_right_one_must_score_full() -> None:
    right = case("right", not_reached=frozenset(), loses=0)
    assert marks_of_case(right, outcome(PASSED)) == [(RIGHT, True)]
    assert marks_of_case(right, outcome(FAILED)) == [(RIGHT, False)]


def test_a_mutant_that_loses_points_is_killed() -> None:
    killed = Fate("a mutant", "an operator", "1-fork-wait", True, 1)
    survivor = Fate("a mutant", "an operator", "1-fork-wait", True, 0)
    assert marks_of_mutant(killed) == [(KILLED, True)]
    assert marks_of_mutant(survivor) == [(KILLED, False)]


def test_one_miss_in_a_thousand_is_not_100_percent() -> None:
    marks = [(CAUGHT, True)] * 9999 + [(CAUGHT, False)]
    assert "99.9 %" in rendered(marks)[0] and not whole(marks)
    assert "100 %" in rendered(marks[:-1])[0] and whole(marks[:-1])
