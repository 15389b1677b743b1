"""A slow machine accuses nobody: who meets a limit of time has the time that it takes there."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from grader.base.check import Fault, NotReached
from grader.facts.command import Command, command
from grader.grading import grade_exercise, pace
from grader.grading.grade_exercise import SandboxedMachine
from grader.grading.time_budget import ALL_SECONDS
from grader.practice import machine as practice
from grader.practice.machine import Machine, Want
from grader.sandbox import WITNESS

LIMITS = {"wall-ms": 10_000, "cpu-ms": 5_000}


def took(times: float) -> Any:
    """A program that does nothing, on a machine so many times slower than usual."""
    cpu, used = times * pace.CPU_US, times * pace.USED_US
    return SimpleNamespace(cpu_us=cpu, used_us=used, verdict="ended", was_held=False)


def test_a_usual_machine_is_not_slow_and_a_slow_one_is_measured() -> None:
    assert pace.pace_of([took(0.1), took(1.4)]) == 1
    assert pace.pace_of([took(1), took(15)]) == 8


def test_the_slower_of_the_two_clocks_counts() -> None:
    one = SimpleNamespace(cpu_us=0, used_us=3 * pace.USED_US)
    other = SimpleNamespace(cpu_us=3 * pace.CPU_US, used_us=0)
    assert pace.pace_of([one]) == pace.pace_of([other]) == 3  # type: ignore[list-item]


def test_all_limits_of_time_are_stretched_and_no_other() -> None:
    assert dict(pace.stretched(command(), 3).limits) == {"wall-ms": 30_000, "cpu-ms": 15_000}
    own = command(limits={"wall-ms": 2_000, "memory": 5})
    assert dict(pace.stretched(own, 3).limits) == {"wall-ms": 6_000, "cpu-ms": 15_000, "memory": 5}


@dataclass
class Slow:
    """A world whose runs end where they have enough time, and each measurement finds it slower."""

    needs: float  # how many times longer than usual the program takes
    paces: list[float]
    asked: list[list[Command]] = field(default_factory=list)

    def run(self, _: object, commands: Sequence[Command], program: str = "") -> list[Any]:
        if program:
            assert program == WITNESS and set(commands) == {pace.NOTHING}
            now = self.paces.pop(0) if len(self.paces) > 1 else self.paces[0]
            return [took(now)] * len(commands)
        self.asked.append(list(commands))
        given = {**LIMITS, **dict(commands[0].limits)}["cpu-ms"] / LIMITS["cpu-ms"]
        verdict = "ended" if given >= self.needs else "cpu-time"
        return [SimpleNamespace(verdict=verdict, was_held=False, used_us=0)] * len(commands)


Made = Callable[[Slow], SandboxedMachine]


@pytest.fixture(name="machine")
def machine_in(monkeypatch: pytest.MonkeyPatch) -> Made:
    def made(world: Slow) -> SandboxedMachine:
        monkeypatch.setattr(grade_exercise.runs, "run", world.run)
        return SandboxedMachine(None, frozenset())  # type: ignore[arg-type]

    return made


def test_a_right_program_on_a_slow_machine_is_not_endless(machine: Made) -> None:
    world = Slow(needs=6, paces=[8])
    graded = machine(world)
    assert [run.verdict for run in graded.run([command(1)])] == ["ended"]
    assert dict(world.asked[1][0].limits) == {"wall-ms": 80_000, "cpu-ms": 40_000}
    assert not graded._patience.is_endless


def test_a_machine_that_grows_slower_meanwhile_is_measured_again(machine: Made) -> None:
    world = Slow(needs=12, paces=[4, 15])
    assert [run.verdict for run in machine(world).run([command(1)])] == ["ended"]
    assert len(world.asked) == 3


def test_a_program_without_end_is_told_on_a_usual_machine_after_one_run(machine: Made) -> None:
    world = Slow(needs=1e9, paces=[1])
    graded = machine(world)
    assert [run.verdict for run in graded.run([command(1)])] == ["cpu-time"]
    assert len(world.asked) == 1 and graded._patience.is_endless


def test_a_program_without_end_is_told_on_a_slow_machine_after_two(machine: Made) -> None:
    world = Slow(needs=1e9, paces=[8])
    assert [run.verdict for run in machine(world).run([command(1)])] == ["cpu-time"]
    assert len(world.asked) == 2


def test_a_machine_that_is_too_slow_grades_nobody(machine: Made) -> None:
    with pytest.raises(Fault, match="this machine is 90 times slower than usual"):
        machine(Slow(needs=50, paces=[90])).run([command(1)])


@pytest.mark.parametrize(("slower", "goes_on"), [(1.0, False), (4.0, True)])
def test_all_runs_together_have_as_much_longer(machine: Made, slower: float, goes_on: bool) -> None:
    graded = machine(Slow(needs=1, paces=[slower]))
    graded._patience._seconds = ALL_SECONDS * 3
    if goes_on:
        assert graded.run([command(1)])
    else:
        with pytest.raises(NotReached, match="more than"):
            graded.run([command(1)])


# ---- and as it is, with the student's own command

COMPUTES = "int main(int n, char **a) { for (volatile long i = 0; n > 1 || i < 30000000L; i++); }"


@pytest.fixture(name="watched")
def watched_program(tmp_path: Path) -> Machine:
    """It needs some 50 ms; with an argument it never ends."""
    (tmp_path / "computes.c").write_text(COMPUTES, "utf-8")
    program = tmp_path / "computes"
    subprocess.run(["gcc", "-o", program, tmp_path / "computes.c"], check=True)
    return Machine(program, tmp_path)


def pretend(monkeypatch: pytest.MonkeyPatch, watched: Machine, times: float) -> None:
    """That this machine is so many times slower than usual, and a second so much less."""
    nothings = watched._series([pace.NOTHING] * pace.TIMES, practice.WITNESS)
    monkeypatch.setattr(practice, "CPU_MS", 10)
    for name, clock in (("CPU_US", "cpu_us"), ("USED_US", "used_us")):
        mean = sum(getattr(run, clock) for run in nothings) / len(nothings)
        monkeypatch.setattr(pace, name, mean / times)


def test_check_gives_a_right_program_its_time(
    monkeypatch: pytest.MonkeyPatch, watched: Machine
) -> None:
    """What else runs here may slow it down as well: no pace is too slow for this test."""
    monkeypatch.setattr(pace, "MOST", math.inf)
    pretend(monkeypatch, watched, 40)
    assert [run.verdict for run in watched.run([command()])] == ["ended"]


def test_check_says_that_a_machine_is_too_slow(
    monkeypatch: pytest.MonkeyPatch, watched: Machine
) -> None:
    pretend(monkeypatch, watched, 1000)
    with pytest.raises(Want, match="cannot check it: this machine is [0-9]+ times slower"):
        watched.run([command()])


def test_check_tells_of_a_program_without_end(
    monkeypatch: pytest.MonkeyPatch, watched: Machine
) -> None:
    pretend(monkeypatch, watched, 0.01)
    assert [run.verdict for run in watched.run([command("for ever")])] == ["cpu-time"]
