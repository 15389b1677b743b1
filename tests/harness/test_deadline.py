"""Before the deadline no hidden test is run, and the report says so."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from grader.cli.not_before import moment, withheld
from tests.harness.conftest import Grade

NOON = datetime(2027, 1, 15, 12, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize("before", [timedelta(seconds=1), timedelta(days=9)])
def test_until_the_moment_there_is_a_reason_and_then_none(before: timedelta) -> None:
    assert "not run before 2027-01-15 12:00" in withheld(NOON, NOON - before)
    assert withheld(NOON, NOON) == withheld(NOON, NOON + before) == withheld(None, NOON) == ""


def test_a_zone_is_understood_and_the_machines_own_taken_else() -> None:
    assert moment("2027-01-15T13:00+01:00") == NOON
    assert moment("2027-01-15").tzinfo is not None


def test_before_the_deadline_nothing_hidden_is_run(submission: Path, grade: Grade) -> None:
    graded = grade(submission, "--exercise", "3", "--not-before", "2999-01-01", "--view", "ta")
    assert graded.status == 0 and "The score does not count yet" in graded.stdout
    exercise = graded.exercise
    assert {test["verdict"] for test in exercise["tests"]} == {"not-reached"}
    assert all("not run before 2999-01-01" in test["message"] for test in exercise["tests"])
    assert exercise["score"] == 0 and exercise["commands"] == []
    assert exercise["public_tests"] and all(test["passed"] for test in exercise["public_tests"])


def test_after_the_deadline_all_is_as_without_it(submission: Path, grade: Grade) -> None:
    graded = grade(submission, "--exercise", "1", "--not-before", "2001-01-01")
    assert graded.exercise["score"] == graded.exercise["max_score"]
    assert graded.report["notes"] == []


def test_a_wrong_time_is_told(submission: Path, grade: Grade) -> None:
    graded = grade(submission, "--not-before", "tomorrow")
    assert graded.status == 2 and "--not-before" in graded.stderr
