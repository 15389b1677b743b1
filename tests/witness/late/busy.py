"""Programs in which somebody asks again and again, under a witness that is late.

`python3 -m tests.witness.late.busy` runs each on each schedule and at each delay; the tests take a
sample of these, in which each pair is there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tests.witness import reachable
from tests.witness.observed import ROOT, Observed, program, watch

SCHEDULES = ("none", "parent-first", "child-first", "reverse", "one-at-a-time")
# Microseconds. While it sleeps, the programs run on; while it spins, they wait for its processor.
DELAYS = ("sleeps-0", "sleeps-20", "sleeps-100", "sleeps-300", "sleeps-1000", "spins-100")
CHILD, GRANDCHILD = [(2, "child"), (1, "parent")], [(3, "child"), (1, "parent")]
WAYS = {
    "waitpid": CHILD,
    "waitid": CHILD,
    "yield": CHILD,
    "kill": CHILD,
    "shmget": CHILD,
    "shmctl": CHILD,
    "write": CHILD,
    "mmap": CHILD,
    "getppid": GRANDCHILD,
}


@dataclass(frozen=True)
class Trial:
    """One run: who asks how, on which schedule, and how late witness is."""

    way: str
    schedule: str
    delay: str

    def __str__(self) -> str:
        return f"{self.way} {self.schedule} {self.delay}"

    def watched(self) -> Observed:
        late = ROOT / "build/late" / self.delay / "witness"
        return watch(program("busy", self.way), "--schedule", self.schedule, binary=late)

    def is_right(self) -> bool:
        run = self.watched()
        return run["verdict"] == "ended" and run.lines() == WAYS[self.way]


def trials() -> Iterator[Trial]:
    for way in WAYS:
        for schedule in SCHEDULES:
            for delay in DELAYS:
                yield Trial(way, schedule, delay)


def sample() -> Iterator[Trial]:
    """Each way on each schedule, each way at each delay but one, each schedule at each delay."""
    for row, way in enumerate(WAYS):
        for column, schedule in enumerate(SCHEDULES):
            yield Trial(way, schedule, DELAYS[(row + column) % len(DELAYS)])


def main() -> int:
    reachable.fill()
    wrong = made = 0
    for trial in trials():
        made += 1
        if not trial.is_right():
            wrong += 1
            print(f"wrong: {trial}", flush=True)
    print(f"{made} runs, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
