"""Virtual time: a program that waits for a time finds that it passed, and nobody has waited."""

from __future__ import annotations

import errno

import pytest

from tests.witness.observed import Observed, program, series_line, watch, watch_series

LONG = 600_000  # milliseconds: ten minutes

# What each way to wait returns when its time is over, and errno.
WAYS = {
    "sleep": (0, 0),
    "usleep": (0, 0),
    "nanosleep": (0, 0),
    "until": (0, 0),
    "select": (0, 0),
    "poll": (0, 0),
    "ppoll": (0, 0),
    "epoll": (0, 0),
    "sigtimedwait": (-1, errno.EAGAIN),
    "semtimedop": (-1, errno.EAGAIN),
    "sem_timedwait": (-1, errno.ETIMEDOUT),
    "condition": (errno.ETIMEDOUT, 0),
    "thread": (0, 0),
    "alarm": (-1, errno.EINTR),
    "setitimer": (-1, errno.EINTR),
    "timer": (-1, errno.EINTR),
    "timerfd": (1, 0),
    "not-noticed": (0, 0),
    "clock": (0, 0),
    "time": (0, 0),
}
HALF = {"interrupted": (7, 0)}
TURNS = ["none", "one-at-a-time", "parent-first"]


def answer(run: Observed) -> list[int]:
    assert run["verdict"] == "ended", run
    return [int(word) for word in run.stdout.split()]


def demand_passed(way: str, run: Observed) -> None:
    result, error, steady, real = answer(run)
    assert (result, error) == {**WAYS, **HALF}[way]
    passed = LONG if way in WAYS else LONG // 2
    assert passed - 1001 <= steady <= passed * 1.01 + 5
    assert abs(real - steady) <= 20  # who asked very often sees time pass between two questions
    assert run["wall_us"] < LONG * 1000 / 10


@pytest.mark.parametrize("schedule", TURNS)
@pytest.mark.parametrize("way", [*WAYS, *HALF])
def test_a_time_passes_by_all_clocks_and_costs_nothing(way: str, schedule: str) -> None:
    demand_passed(way, watch(program("waits_timed", way, LONG), "--schedule", schedule))


@pytest.mark.parametrize("way", [*WAYS, *HALF])
def test_so_it_does_for_a_program_that_is_linked_statically(way: str) -> None:
    demand_passed(way, watch(program("static_waits_timed", way, LONG)))


def test_eight_sleepers_sleep_at_the_same_time() -> None:
    run = watch(program("sleepers", 8, 1000))
    assert sorted(run.stdout.split()) == [str(number) for number in range(1, 9)]
    assert run.stdout.split() == [str(number) for number in range(1, 9)]  # K sleeps K seconds
    assert run["verdict"] == "ended"


@pytest.mark.parametrize("schedule", TURNS)
def test_who_sleeps_less_wakes_first_whoever_was_born_first(schedule: str) -> None:
    run = watch(program("sleepers", 8, -1000), "--schedule", schedule)
    assert run.stdout.split() == [str(number) for number in range(8, 0, -1)]


def test_what_sleeps_for_ever_ends_at_a_limit_of_its_own() -> None:
    run = watch(program("sleepers", 1, 2_000_000_000), "--limit", "virtual-ms=100000")
    assert run["verdict"] == "wall-time"
    assert "by the clock that it sees" in run["detail"]


@pytest.mark.parametrize("every", [1, 500])
def test_many_small_sleeps_without_an_end_are_soon_too_many(every: int) -> None:
    run = watch(program("sleeps_on", every))
    assert run["verdict"] == "wall-time"
    assert "by the clock that it sees" in run["detail"]


@pytest.mark.parametrize("schedule", ["parent-first", "child-first", "reverse"])
@pytest.mark.parametrize("seconds", [1, 5, 60])
@pytest.mark.parametrize("how", ["poll", "sigtimedwait", "alarm", "wnohang", "timerfd"])
def test_a_watchdog_of_a_second_finds_no_child_that_is_held(
    how: str, seconds: int, schedule: str
) -> None:
    run = watch(program("watchdog", how, seconds), "--schedule", schedule)
    assert run.lines() == [(2, "child"), (1, "parent: in time")]


@pytest.mark.parametrize("how", ["alarm", "wnohang", "asks"])
def test_who_asks_again_and_again_makes_nobody_late_that_computes(how: str) -> None:
    """Time passes faster for who asks: not while another one computes, however slow its machine."""
    run = watch(program("watchdog", how, 1, "busy"), "--limit", "wall-ms=60000")
    assert run.lines() == [(2, "child"), (1, "parent: in time")]


@pytest.mark.parametrize("how", ["poll", "sigtimedwait", "alarm", "wnohang", "asks", "timerfd"])
def test_a_watchdog_ends_a_child_that_is_late(how: str) -> None:
    run = watch(program("watchdog", how, 5, "late"))
    assert run.lines() == [(1, "parent: late")]
    assert run.process(2)["end"] == "signal"


def test_the_clock_goes_on_from_one_command_of_a_series_to_the_next() -> None:
    first, second = watch_series(
        series_line(program("clock_shown", 3)), series_line(program("clock_shown", 0))
    )
    assert float(first.stdout) < float(second.stdout) < float(first.stdout) + 1


def test_the_time_of_the_processor_is_real() -> None:
    run = watch(program("clock_shown", 50, "cpu"))
    assert float(run.stdout) < 10


def test_the_kernel_refuses_a_time_that_is_none() -> None:
    run = watch(program("clock_shown", 0, "wrong"))
    assert run.stdout.split() == [str(errno.EINVAL), str(errno.EFAULT), str(errno.EINVAL)]
