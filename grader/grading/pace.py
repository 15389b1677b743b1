"""How many times slower than usual is this machine, now?

This matters if a program hit a time limit: on a slow enough machine a correct program does too,
and a slow machine must not accuse anybody. The measure is a program that does nothing, traced in
the same place as the student's: all the time it takes is the machine's. Then the program gets that
many times longer, or, if that would be too long, it is not judged.
"""

from collections.abc import Sequence
from dataclasses import replace

from grader.facts.command import Command, command
from grader.facts.records import Run
from grader.grading.time_budget import CPU, CPU_MS, WALL, WALL_MS

NOTHING = command("--version")  # of witness itself, which is wherever a program is watched
TIMES = 4
# What it takes on a machine that nobody would call slow, even if others use it too.
CPU_US, USED_US = 10_000, 100_000
SLOW = 1.5
MOST = 20.0  # no program gets more than this many times the usual time
ENDLESS = ("wall-time", "cpu-time")


def met_a_limit_of_time(runs: Sequence[Run]) -> bool:
    return any(run.verdict in ENDLESS for run in runs)


def pace_of(nothings: Sequence[Run]) -> float:
    """How many times slower than usual, by runs of NOTHING; 1 if the machine is not slow."""
    cpu = sum(run.cpu_us for run in nothings) / len(nothings) / CPU_US
    used = sum(run.used_us for run in nothings) / len(nothings) / USED_US
    slower = max(cpu, used)
    return slower if slower > SLOW else 1.0


def stretched(asked: Command, pace: float) -> Command:
    """The command with time limits for such a machine."""
    limits = {WALL: WALL_MS, CPU: CPU_MS, **dict(asked.limits)}
    limits |= {name: round(limits[name] * pace) for name in (WALL, CPU)}
    return replace(asked, limits=tuple(sorted(limits.items())))


def told(pace: float) -> str:
    """Why a program can't be judged."""
    return (
        f"this machine is {pace:.0f} times slower than usual: stop what else runs on it,"
        " or use one that is not emulated"
    )
