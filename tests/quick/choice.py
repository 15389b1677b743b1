"""Which tests fit into a minute, and how long each of them took when it was last run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
TIMES = ROOT / "build" / "test-seconds.json"
SECONDS = 45.0  # of each process: with the start of pytest, under a minute
UNKNOWN = 1.0  # of a test that was never run here


def known_times() -> dict[str, float]:
    try:
        read = json.loads(TIMES.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): float(seconds) for name, seconds in read.items()}


def keep_times(run: Mapping[str, float]) -> None:
    """Those of this run, and of earlier ones for what was not run now."""
    TIMES.parent.mkdir(exist_ok=True)
    TIMES.write_text(json.dumps({**known_times(), **run}, indent=0, sort_keys=True), "utf-8")


def chosen(
    tests: Sequence[str], touched: Callable[[str], bool], times: Mapping[str, float], processes: int
) -> list[str]:
    """Of those that can notice the change the short ones first, as many as there is time for."""
    can = [test for test in tests if touched(test.split("::", 1)[0])]
    usual = median(times.values()) if times else UNKNOWN
    left = SECONDS * processes
    found = []
    for test in sorted(can, key=lambda each: (times.get(each, usual), each)):
        left -= times.get(test, usual)
        if left < 0:
            break
        found.append(test)
    return found
