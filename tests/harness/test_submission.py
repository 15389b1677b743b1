"""Runs that are made ahead: nobody can tell them from those that are made when asked for."""

from __future__ import annotations

from collections.abc import Sequence

from grader.base.exercise import Exercise
from grader.facts.command import Command, command
from grader.facts.records import Run
from grader.grading.submission import Submission
from grader.grading.valgrind import Memory
from tests.judging.story import Story

FIRST, SECOND, THIRD = (command(number) for number in (1, 2, 3))


class Recorder:
    """A machine whose program prints its argument; of what is made ahead it tells the first few."""

    def __init__(self, good: int) -> None:
        self.asked: list[tuple[Command, ...]] = []
        self._good = good

    def run(self, commands: Sequence[Command]) -> list[Run]:
        self.asked.append(tuple(commands))
        return [Story(*one.args).prints(1, one.args[0]).run() for one in commands]

    def prefetch(self, commands: Sequence[Command]) -> list[Run]:
        return self.run(commands)[: self._good]

    def explore(self, asked: Command) -> list[Run]:
        self.asked.append((asked,))
        return [Story(*asked.args).prints(1, asked.args[0]).run()] * 3

    def memory(self, commands: Sequence[Command]) -> Memory:
        return Memory()


def submission(machine: Recorder) -> Submission:
    return Submission(Exercise("9-test", "a test", "a.c", "a"), machine, b"secret", {})


def test_a_run_that_was_made_ahead_is_not_made_again() -> None:
    machine = Recorder(good=2)
    asked = submission(machine)
    asked.prefetch([FIRST, SECOND])
    assert asked.run(2).stdout.text == "2\n"
    assert [run.stdout.text for run in asked.series([FIRST])] == ["1\n"]
    assert machine.asked == [(FIRST, SECOND)]


def test_what_did_not_meet_a_fresh_world_is_made_again_when_it_is_asked_for() -> None:
    machine = Recorder(good=1)
    asked = submission(machine)
    asked.prefetch([FIRST, SECOND])
    assert asked.run(1).stdout.text == "1\n" and asked.run(2).stdout.text == "2\n"
    assert machine.asked == [(FIRST, SECOND), (SECOND,)]


def test_a_series_is_made_ahead_whole_or_made_again() -> None:
    machine = Recorder(good=1)
    asked = submission(machine)
    asked.prefetch([FIRST, SECOND])
    assert len(asked.series([FIRST, SECOND])) == 2
    assert machine.asked == [(FIRST, SECOND), (FIRST, SECOND)]


def test_only_what_was_asked_for_is_among_the_runs() -> None:
    asked = submission(Recorder(good=3))
    asked.run(3)
    asked.prefetch([FIRST, SECOND, THIRD])
    asked.run(2)
    assert [run.stdout.text for run in asked.runs] == ["3\n", "2\n"]


def test_the_orders_of_a_program_are_made_once() -> None:
    machine = Recorder(good=0)
    asked = submission(machine)
    assert len(asked.orders(1, at_most=9)) == len(asked.orders(1, at_most=9)) == 3
    (((made,),)) = machine.asked
    assert ("--explore", "9") in made.options() and ("--limit", "cpu-ms=1000") in made.options()
