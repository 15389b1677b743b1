"""How many times slower than usual is this machine, now?

It is asked where a program met a limit of time: a right program meets it on a machine that is slow
enough, and a slow machine accuses nobody. The measure is a program that does nothing, watched where
the student's was; what it takes is taken for it by the machine. Then the program has as many times
longer, or, where that were too long, nothing is said of it.
"""

from collections.abc import Sequence
from dataclasses import replace

from grader.facts.command import Command, command
from grader.facts.records import Run
from grader.grading.time_budget import CPU, CPU_MS, WALL, WALL_MS

NOTHING = command("--version")  # of witness itself, which is wherever a program is watched
TIMES = 4
# What it takes on a machine that nobody would call slow, and one where others are at work.
CPU_US, USED_US = 10_000, 100_000
SLOW = 1.5
MOST = 20.0  # how much longer than usual anybody is waited for
ENDLESS = ("wall-time", "cpu-time")


def met_a_limit_of_time(runs: Sequence[Run]) -> bool:
    return any(run.verdict in ENDLESS for run in runs)


def pace_of(nothings: Sequence[Run]) -> float:
    """How many times slower than usual, by runs of NOTHING; 1 where the machine is not slow."""
    cpu = sum(run.cpu_us for run in nothings) / len(nothings) / CPU_US
    used = sum(run.used_us for run in nothings) / len(nothings) / USED_US
    slower = max(cpu, used)
    return slower if slower > SLOW else 1.0


def stretched(asked: Command, pace: float) -> Command:
    """The command with limits of time for such a machine."""
    limits = {WALL: WALL_MS, CPU: CPU_MS, **dict(asked.limits)}
    limits |= {name: round(limits[name] * pace) for name in (WALL, CPU)}
    return replace(asked, limits=tuple(sorted(limits.items())))


def told(pace: float) -> str:
    """Why nothing can be said of a program."""
    return (
        f"this machine is {pace:.0f} times slower than usual: end what else runs on it,"
        " or use one that is not emulated"
    )
