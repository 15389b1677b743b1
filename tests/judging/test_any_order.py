"""The result in every order of the processes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.facts.records import Order, Run
from grader.judge import codes
from grader.judge.any_order import right_in_every_order
from grader.judge.output import Answer
from tests.judging.story import Story

SUM = Answer("parent", "parent: 8", by_parent=True)


def run(told: str, number: int, verdict: str = "ended") -> Run:
    story = Story("5", "3").fork(2).prints(2, "child: 8").waits(1, 2)
    facts = (story.prints(1, told) if told else story).run()
    return replace(facts, verdict=verdict, order=Order(number))


def test_one_wrong_order_of_many_is_found_and_has_its_number() -> None:
    runs = [run("parent: 8", 0), run("parent: 8", 1), run("parent: 5", 7), run("parent: 5", 9)]
    found = right_in_every_order(runs, SUM)
    assert found and found.message.startswith('The parent printed "parent: 5"')
    assert "one order" in found.message
    assert (found.cause.code, found.cause.detail) == (codes.ANOTHER_ORDER, "7")


def test_an_order_in_which_nobody_can_go_on_is_wrong() -> None:
    assert right_in_every_order([run("", 3, "deadlock")], SUM)


@pytest.mark.parametrize("verdict", ["wall-time", "cpu-time", "events", "memory"])
def test_what_met_a_limit_is_not_judged(verdict: str) -> None:
    """Its limits are short: a right program that looks again and again can meet them."""
    assert right_in_every_order([run("parent: 8", 0), run("", 3, verdict)], SUM) is None


def test_the_same_result_in_every_order_is_right() -> None:
    assert right_in_every_order([run("parent: 8", 0), run("parent: 8", 4)], SUM) is None
