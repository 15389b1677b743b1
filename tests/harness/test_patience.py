"""A program that does not end costs little, and a mistake with failing calls only its own tests."""

from types import SimpleNamespace
from typing import Any

import pytest

from grader.base.check import NotReached
from grader.facts.command import Command, command
from grader.grading.time_budget import ALL_SECONDS, LESS_OUTPUT, Patience
from tests.harness.conftest import Grade
from tests.patience import patient
from pathlib import Path

NORMAL = [command(12, 7)]
FAILING = [command(12, 7, fail="fork:EAGAIN")]


def ended(verdict: str, count: int = 1, was_held: bool = False) -> list[Any]:
    return [SimpleNamespace(verdict=verdict, was_held=was_held, used_us=0)] * count


def wall(commands: list[Command]) -> int | None:
    return dict(commands[0].limits).get("wall-ms")


def test_a_first_run_has_the_witnesss_own_time() -> None:
    assert Patience().granted(NORMAL) == NORMAL


def test_the_commands_of_a_series_share_twenty_seconds_but_have_two_each() -> None:
    assert wall(Patience().granted(NORMAL * 4)) == 5_000
    assert wall(Patience().granted(NORMAL * 40)) == 2_000


@pytest.mark.parametrize("verdict", ["wall-time", "cpu-time"])
def test_after_one_limit_there_are_two_seconds_and_after_two_no_run(verdict: str) -> None:
    patience = Patience()
    patience.note(NORMAL, ended(verdict))
    assert wall(patience.granted(NORMAL)) == wall(patience.granted(FAILING)) == 2_000
    assert patience.is_endless
    patience.note(NORMAL, ended(verdict))
    for commands in (NORMAL, FAILING):
        with pytest.raises(NotReached, match="two earlier runs hit the time limit"):
            patience.granted(commands)


def test_who_is_held_by_the_schedule_is_not_endless() -> None:
    patience = Patience()
    patience.note(NORMAL, ended("wall-time", was_held=True))
    assert patience.granted(NORMAL) == NORMAL
    patience.note(NORMAL, ended("wall-time", 2, was_held=True))
    assert wall(patience.granted(NORMAL)) == 2_000 and not patience.is_endless


def test_a_lower_limit_of_the_tests_own_stays() -> None:
    patience = Patience()
    patience.note(NORMAL, ended("wall-time"))
    assert wall(patience.granted([command(limits={"wall-ms": 700})])) == 700


def test_what_happens_where_calls_fail_does_not_cost_the_normal_runs() -> None:
    patience = Patience()
    patience.note(FAILING, ended("wall-time", 2))
    assert patience.granted(NORMAL) == NORMAL and not patience.is_endless
    with pytest.raises(NotReached):
        patience.granted(FAILING)


def test_after_a_flood_of_output_the_next_runs_may_print_less() -> None:
    """Each line costs a stop of the tracer. They still have all their time, and are still made."""
    patience = Patience()
    patience.note(NORMAL, ended("output", 5))
    (flooded,) = patience.granted(NORMAL)
    assert dict(flooded.limits) == {"output": LESS_OUTPUT}
    patience.note(NORMAL, ended("wall-time"))
    (both,) = patience.granted(FAILING)
    assert dict(both.limits) == {"output": LESS_OUTPUT, "wall-ms": 2000, "cpu-ms": 1000}


@pytest.mark.parametrize("verdict", ["ended", "deadlock", "processes"])
def test_other_ends_cost_no_patience(verdict: str) -> None:
    patience = Patience()
    patience.note(NORMAL, ended(verdict, 5))
    assert patience.granted(NORMAL) == NORMAL


def test_all_runs_together_have_a_limit() -> None:
    patience, half = Patience(), ended("ended", 6)
    for run in half:
        run.used_us = ALL_SECONDS * 1_000_000 // 12
    patience.note(NORMAL, half)
    assert patience.granted(NORMAL)
    patience.note(NORMAL, half)
    assert patience.granted(NORMAL)
    patience.note(NORMAL, half)
    with pytest.raises(NotReached, match=f"more than {ALL_SECONDS} s"):
        patience.granted(NORMAL)


def test_an_endless_keeper_is_told_and_takes_less_than_a_minute(
    submission: Path, grade: Grade
) -> None:
    source = submission / "4-keeper" / "keeper.c"
    source.write_text("#include <unistd.h>\nint main(void) { for (;;) pause(); }\n", "utf-8")
    exercise = grade(submission, "--exercise", "4").exercise
    assert exercise["score"] == 0 and exercise["seconds"] < patient(60)
    assert any(finding["id"] == "limit-hit" for finding in exercise["diagnoses"])
