"""How long the runs of one exercise may take, so that a program that hangs costs little time.

A run has 10 s, each command of a series less. Once a run hits its limit, the next ones have 2 s,
and after two such runs there are no more. If the schedule held a process at the limit, two such
runs leave 2 s for the next. After a run that printed more than it may, the next may print less:
each line costs time. All of this is the program's own time, as witness measures it: a slow
machine takes longer and costs nobody points. Runs with an injected failure are counted separately:
they must not cost the tests that look at normal runs.
"""

from collections.abc import Sequence
from dataclasses import replace

from grader.base.check import NotReached
from grader.facts.command import Command
from grader.facts.records import Run

WALL, CPU, OUTPUT = "wall-ms", "cpu-ms", "output"
WITNESS_MS = 10_000  # witness's own limit
WALL_MS, CPU_MS = 10_000, 5_000
SERIES_MS = 20_000
SHORT = {WALL: 2_000, CPU: 1_000}
ENDLESS = ("wall-time", "cpu-time")
ENOUGH = 2
FLOOD, LESS_OUTPUT = "output", 100_000  # bytes
ALL_SECONDS = 30  # a correct program needs less than one


class Patience:
    """What the runs of one exercise have cost so far."""

    def __init__(self) -> None:
        self._endless = {False: 0, True: 0}  # by: was a failure injected?
        self._floods = False  # it printed more than the limit
        self._held = 0  # the schedule had a part in it
        self._seconds = 0.0
        self.pace = 1.0  # how many times slower than usual the machine was seen to be

    @property
    def is_endless(self) -> bool:
        """Did a run without an injected failure not finish?"""
        return self._endless[False] > 0

    @property
    def is_over(self) -> bool:
        """Did the runs together take longer than any correct program takes on this machine?"""
        return self._seconds > ALL_SECONDS * self.pace

    def granted(self, commands: Sequence[Command]) -> list[Command]:
        """The commands with the time that is left for them; NotReached if there is none."""
        if self.is_over:
            raise NotReached(f"skipped: earlier runs took more than {ALL_SECONDS} s in all")
        failing = _has_faults(commands)
        if self._endless[False] >= ENOUGH or (failing and self._endless[True] >= ENOUGH):
            raise NotReached("skipped: two earlier runs hit the time limit")
        share = max(SHORT[WALL], min(WALL_MS, SERIES_MS // len(commands)))
        limits = {WALL: share} if share < WITNESS_MS else {}
        if self._endless[False] or (failing and self._endless[True]) or self._held >= ENOUGH:
            limits = SHORT
        if self._floods:
            limits = {**limits, OUTPUT: LESS_OUTPUT}
        return [_limited(command, limits) for command in commands]

    def spend(self, made: Sequence[Run]) -> None:
        """Counts the time that these runs took."""
        self._seconds += sum(run.used_us for run in made) / 1e6

    def note(self, commands: Sequence[Command], made: Sequence[Run]) -> None:
        """Record the results of some commands. A program that was held might have finished."""
        self.spend(made)
        self._floods |= any(run.verdict == FLOOD for run in made)
        endless = [run for run in made if run.verdict in ENDLESS]
        held = sum(run.was_held for run in endless)
        self._held += held
        self._endless[_has_faults(commands)] += len(endless) - held


def limited_prefetch(command: Command) -> Command:
    """The command with the time of a run that no test has requested yet: it is repeated if that
    was too short.
    """
    return _limited(command, SHORT)


def _has_faults(commands: Sequence[Command]) -> bool:
    return any(command.fail for command in commands)


def _limited(command: Command, limits: dict[str, int]) -> Command:
    """The command with these limits, unless its own are lower."""
    own = dict(command.limits)
    lower = {name: min(value, own.get(name, value)) for name, value in limits.items()}
    return replace(command, limits=tuple(sorted({**own, **lower}.items())))
