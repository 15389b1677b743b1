"""Schedules instead of luck: what is wrong shows at every run, what is right never hangs."""

from __future__ import annotations

import pytest

from tests.witness.observed import Observed, program, watch
from tests.witness.revealed import WAYS, each, shown

SCHEDULES = ["none", "parent-first", "child-first", "reverse", "one-at-a-time", "seed:7"]
RIGHT = [
    ("copies", [(2, "child: 7"), (1, "parent: 5")]),
    ("waits_for_flag", [(2, "child"), (1, "parent")]),
    ("waits_for_pipe", [(2, "child"), (1, "parent")]),
    ("waits_by_polling", [(2, "child"), (1, "parent")]),
    ("waits_by_sleeping", [(2, "child"), (1, "parent")]),
    ("waits_in_handler", [(2, "child"), (1, "parent")]),
    ("waits_ignored", [(2, "child"), (1, "parent")]),
    ("generations", [(3, "grandchild"), (2, "child"), (1, "parent")]),
    ("by_vfork", [(2, "child")]),
    ("segment_life", [(1, "value: 1234567")]),
]


def reasons(run: Observed) -> set[str]:
    return {each["why"] for each in run.events("release")}


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize(("name", "lines"), RIGHT, ids=[name for name, _ in RIGHT])
def test_a_right_program_is_right_on_every_schedule(
    name: str, lines: list[tuple[int, str]], schedule: str
) -> None:
    run = watch(program(name), "--schedule", schedule)
    assert run["verdict"] == "ended"
    assert run.lines() == lines
    assert run.process(1)["end"] == "exit"


@pytest.mark.parametrize("how", WAYS)
def test_parent_first_reveals_a_missing_wait_every_time(how: str) -> None:
    times = 20 if WAYS[how] else 5
    found = list(each(how, times))
    assert [one.call for one in found] == [True] * times
    if WAYS[how]:
        assert [one.order for one in found] == [True] * times


def test_a_wait_that_is_there_reveals_nothing() -> None:
    run = watch(program("copies"), "--schedule", "parent-first")
    assert not shown(run).found


def test_child_first_lets_the_child_end_before_the_parent_goes_on() -> None:
    for _ in range(20):
        run = watch(program("unwaited"), "--schedule", "child-first")
        assert run.lines() == [(2, "child: 7"), (1, "parent: 5")]


def test_child_first_takes_children_in_order() -> None:
    for _ in range(20):
        run = watch(program("children", 4), "--schedule", "child-first")
        assert run.stdout == "child 1\nchild 2\nchild 3\nchild 4\nparent\n"


def test_reverse_takes_the_last_born_first() -> None:
    for _ in range(20):
        run = watch(program("children", 4), "--schedule", "reverse")
        assert run.stdout == "child 4\nchild 3\nchild 2\nchild 1\nparent\n"


def test_parent_first_lets_no_child_begin_before_the_parent_waits() -> None:
    run = watch(program("children", 4), "--schedule", "parent-first")
    assert max(each["seq"] for each in run.calls("fork")) < run.events("write")[0]["began"]
    assert run.lines()[-1] == (1, "parent")


def test_a_seed_repeats_its_order() -> None:
    for seed in range(5):
        orders = {
            watch(program("children", 4), "--schedule", f"seed:{seed}").stdout for _ in range(5)
        }
        assert len(orders) == 1


def test_seeds_differ() -> None:
    orders = {watch(program("children", 4), "--schedule", f"seed:{n}").stdout for n in range(20)}
    assert len(orders) > 1


def test_a_hold_and_its_release_are_told() -> None:
    run = watch(program("copies"), "--schedule", "parent-first")
    assert [each["process"] for each in run.events("hold")] == [2]
    (release,) = run.events("release")
    assert (release["process"], release["why"]) == (2, "parent-waits")


def test_a_hold_ends_with_the_parent() -> None:
    assert reasons(watch(program("unwaited"), "--schedule", "parent-first")) == {"parent-ended"}


@pytest.mark.parametrize("schedule", ["parent-first", "reverse"])
def test_an_orphan_begins_when_process_1_ended(schedule: str) -> None:
    for _ in range(20):
        run = watch(program("orphan"), "--schedule", schedule)
        assert run.lines() == [(1, "parent"), (3, "grandchild")]


@pytest.mark.parametrize("schedule", ["child-first", "one-at-a-time", "seed:7"])
def test_an_orphan_has_its_place_in_every_order(schedule: str) -> None:
    orders = {watch(program("orphan"), "--schedule", schedule).stdout for _ in range(20)}
    assert len(orders) == 1


def test_a_parent_that_spins_on_a_flag_releases_its_child() -> None:
    assert reasons(watch(program("waits_for_flag"), "--schedule", "parent-first")) == {"spinning"}


def test_a_parent_that_reads_a_pipe_releases_its_child() -> None:
    assert reasons(watch(program("waits_for_pipe"), "--schedule", "parent-first")) == {
        "all-blocked"
    }


def test_a_parent_that_polls_releases_its_child() -> None:
    run = watch(program("waits_by_polling"), "--schedule", "parent-first")
    assert reasons(run) == {"polling"}
    assert run.lines() == [(2, "child"), (1, "parent")]


@pytest.mark.parametrize("how", ["wait", "segment", "signal"])
def test_who_asks_until_the_child_is_done_is_right(how: str) -> None:
    for schedule in SCHEDULES:
        run = watch(program("asks", how), "--schedule", schedule)
        assert run["verdict"] == "ended"
        assert run.lines() == [(2, "child"), (1, "parent")]


@pytest.mark.parametrize("how", ["wait", "segment", "signal"])
def test_who_asks_and_gives_up_is_not_waited_for(how: str) -> None:
    for _ in range(10):
        run = watch(program("asks", how, 100), "--schedule", "parent-first")
        assert run.lines()[0] == (1, "parent")
        assert reasons(run) == {"parent-ended"}


def test_a_parent_that_looks_for_an_attachment_releases_its_child() -> None:
    run = watch(program("asks", "attached", 5000), "--schedule", "parent-first")
    assert reasons(run) == {"polling"}
    assert run.lines()[0] == (2, "child")


def test_sleeps_that_together_last_longer_than_a_hold_release_the_child() -> None:
    run = watch(program("waits_by_sleeping"), "--schedule", "parent-first")
    assert reasons(run) == {"time-over"}


def test_a_single_sleep_releases_nothing() -> None:
    run = watch(program("unwaited", "usleep"), "--schedule", "parent-first")
    assert reasons(run) == {"parent-ended"}


def test_one_at_a_time_needs_no_luck_with_many() -> None:
    run = watch(program("children", 64), "--schedule", "one-at-a-time")
    assert run["verdict"] == "ended"
    assert sorted(run.stdout.splitlines()[:-1]) == sorted(f"child {n}" for n in range(1, 65))
    assert run.stdout.endswith("parent\n")
