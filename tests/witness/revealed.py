"""How often does parent-first show a missing wait that is hidden behind something that takes time?

`make reveal TIMES=1000` runs each way so often, and tells how often it showed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.witness import reachable
from tests.witness.observed import Observed, processors, program, watch

# How the wait is hidden; whether the lines must come in the wrong order then. A parent that has
# computed for 200 ms, or slept for longer than a hold may last, may be waiting for its child, so
# the child is let go: there the missing call alone tells.
WAYS = {
    "nothing": True,
    "usleep": True,
    "sleep": False,
    "loop": True,
    "yield": True,
    "long-loop": False,
}


@dataclass(frozen=True)
class Shown:
    """What gives a run away."""

    order: bool  # the parent's line comes before the child's
    call: bool  # no call of the wait family got the child

    @property
    def found(self) -> bool:
        return self.order or self.call


def shown(run: Observed) -> Shown:
    child = run.process(2)
    return Shown(
        order=run.lines() == [(1, "parent: 5"), (2, "child: 7")],
        call=run.calls("wait") == [] and child["reaped"] is None,
    )


def each(how: str, times: int) -> Iterator[Shown]:
    def once(_: int) -> Shown:
        return shown(watch(program("unwaited", how), "--schedule", "parent-first"))

    with ThreadPoolExecutor(processors()) as pool:
        yield from pool.map(once, range(times))


def main(times: int) -> int:
    reachable.fill()
    print(f"a missing wait under parent-first, {times} runs each: shown by the order, by the calls")
    missed = 0
    for how in WAYS:
        found = list(each(how, times))
        by_order, by_call = sum(one.order for one in found), sum(one.call for one in found)
        missed += sum(not one.found for one in found)
        print(f"  hidden behind {how:10} {by_order:5} {by_call:5}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
