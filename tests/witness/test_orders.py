"""All orders of a program: each has a number, none with another result is left out, and those that
are like one that was tried are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from tests.witness.observed import (
    WITNESS,
    Observed,
    program,
    series_line,
    watch,
    watch_series,
    witness,
)

SMALL = ["letters", "sum", "apart", "piped", "polls"]
ENOUGH = 400  # numbers that are tried: more than most of SMALL have orders


def explored(command: Sequence[str], most: int = 2000, *options: str) -> list[Observed]:
    time = ("--limit", "cpu-ms=600000")  # of all runs together
    done = witness(["--explore", most, *time, *options, "--", *command])
    assert done.returncode == 0, done.stderr
    return [Observed(json.loads(line)) for line in done.stdout.splitlines()]


def results(runs: Sequence[Observed]) -> set[str]:
    return {run.stdout for run in runs}


def test_every_order_of_the_letters_is_found() -> None:
    """Two children write two letters each: six ways to mix them."""
    mixed = {"abAB", "aAbB", "aABb", "AabB", "AaBb", "ABab"}
    assert results(explored(program("orders", "letters"))) == mixed


def test_a_lost_update_is_found_and_no_schedule_needs_luck() -> None:
    runs = explored(program("orders", "sum"))
    assert results(runs) == {"sum: 1\n", "sum: 2\n"}
    assert runs[-1]["order"]["left"] == 0


@pytest.mark.parametrize("name", SMALL)
def test_no_result_is_left_out(name: str) -> None:
    """Every number is an order: all small ones are tried without a thought for what is alike."""
    command = program("orders", name)
    lines = [series_line(command, "--schedule", f"order:{number}") for number in range(ENOUGH)]
    every = watch_series(*lines)
    runs = explored(command)
    assert results(every) <= results(runs) and runs[-1]["order"]["left"] == 0


def test_what_cannot_be_noticed_is_not_tried_in_two_orders() -> None:
    """One child prints, the other one works with a segment: only which of them ends first."""
    apart, letters = explored(program("orders", "apart")), explored(program("orders", "letters"))
    assert len(apart) < len(letters) / 2


def test_a_number_repeats_its_order() -> None:
    for run in explored(program("orders", "sum"), 60):
        number = run["order"]["number"]
        again = watch(program("orders", "sum"), "--schedule", f"order:{number}")
        assert again.lines() == run.lines() and again["order"]["number"] == number
        assert again["order"]["decisions"] == run["order"]["decisions"]
        assert run["options"]["schedule"] == f"order:{number}"


def test_the_last_order_says_so_and_how_many_are_left() -> None:
    runs = explored(program("slots", "3"), 40)
    assert [run["order"]["tried"] for run in runs] == list(range(1, 41))
    assert [run["order"]["last"] for run in runs] == [False] * 39 + [True]
    assert runs[-1]["order"]["left"] > 0
    assert len({run["order"]["number"] for run in runs}) == 40
    assert results(runs) == {"total: 6000018\n"}


@pytest.mark.parametrize("name", ["segment_left", "deadlock", "many_children"])
def test_what_is_not_to_be_repeated_is_run_once(name: str) -> None:
    """It leaves a segment that the next order would find; it has no end; it is not small."""
    (run,) = explored(program(name), 50, "--limit", "wall-ms=3000")
    assert run["order"]["last"]


def test_an_order_without_turns_has_no_decision() -> None:
    (run,) = explored(["/usr/bin/true"])
    assert run["order"] == {"number": 0, "decisions": 0, "tried": 1, "left": 0, "last": True}


def test_exploring_is_clean_under_the_sanitizers() -> None:
    asan = WITNESS.with_name("witness-asan")
    done = witness(["--explore", 30, "--", *program("orders", "sum")], binary=asan)
    assert done.returncode == 0 and done.stderr == ""
    assert len(done.stdout.splitlines()) == 30


@pytest.mark.parametrize("value", ["0", "2001", "-1", "all", ""])
def test_a_number_of_orders_that_is_none_is_refused(value: str) -> None:
    done = witness(["--explore", value, "--", "/usr/bin/true"])
    assert done.returncode == 2 and f"--explore {value}: no number from 1 to 2000" in done.stderr


@pytest.mark.parametrize(
    "schedule", ["order:", "order:-1", "order:x", "order:99999999999999999999"]
)
def test_an_order_that_is_none_is_refused(schedule: str) -> None:
    done = witness(["--schedule", schedule, "--", "/usr/bin/true"])
    assert done.returncode == 2 and "not a schedule" in done.stderr
