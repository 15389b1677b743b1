"""What it costs to grade a class: submissions a minute, the coordinator's memory, a second run over
what is unchanged, and the grader's own share of the CPU time.

`python3 -m tests.bench.a_class 20 200 2000` (the sizes where none is given): one exercise,
without valgrind, copies and variants of the corpus, each with a line that makes it another one. The
share is that of whole submissions: all exercises, with valgrind.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.bench.floor import lay as floor_of
from tests.bench.measure import ROOT
from tests.witness.observed import alone

SIZES = (20, 200, 2000)
EXERCISE = "1-fork-wait"
SOURCE = "fork_wait.c"
CLASS = ROOT / "grader" / "class"
GROWTH = 0.10  # of the cost of one, from one size to a larger one
MEMORY_MB, AGAIN_SECONDS, OWN_SHARE = 200, 5.0, 0.20
COPIES = 4  # of the solution, for the share
MIX = 20  # different programs, the same in each size
WAITS = ("while (1)", "pause", "sleep", "kill(", "volatile")  # what waits measures how it waits
PAUSE = 0.05


@dataclass(frozen=True)
class Measured:
    size: int
    seconds: float
    again: float
    memory_mb: float

    @property
    def per_minute(self) -> float:
        return 60 * self.size / self.seconds


def variants() -> list[str]:
    """As many right as wrong ones as the corpus has, in proportion."""
    cases = sorted((ROOT / "tests" / "submissions").glob(f"*/1-*/{EXERCISE}/{SOURCE}"))
    texts = [case.read_text("utf-8") for case in cases]
    texts = [text for text in texts if not any(word in text for word in WAITS)]
    return [texts[number * len(texts) // MIX] for number in range(MIX)]


def lay(folder: Path, size: int) -> Path:
    texts = variants()
    for number in range(size):
        target = folder / f"s{number:04}" / EXERCISE
        target.mkdir(parents=True)
        text = f"{texts[number % len(texts)]}\n/* {number} */\n"
        (target / SOURCE).write_text(text, encoding="utf-8")
    return folder


def grade(folder: Path, out: Path, *options: str) -> tuple[float, float]:
    """Seconds, and the most memory of the coordinator in MB."""
    command = [str(CLASS), "grade", str(folder), "--out", str(out), "--seed", "7", "--quiet"]
    began = time.monotonic()
    process = subprocess.Popen([*command, *options])
    most = 0
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        most = max(most, memory_kb(process.pid))
        time.sleep(PAUSE)
    seconds = time.monotonic() - began
    if process.wait() != 0:
        raise SystemExit(f"bench: ended with status {process.returncode}: {' '.join(command)}")
    return seconds, most / 1024


def memory_kb(pid: int) -> int:
    """The most that this process, and not what it started, has had."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
        return int(status.partition("VmHWM:")[2].split()[0])
    except (OSError, IndexError):
        return 0


def measure(size: int) -> Measured:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        policy = folder / "policy.toml"
        policy.write_text("[checks]\nvalgrind = false\n", encoding="utf-8")
        submissions, asked = lay(folder / "class", size), [
            "--exercise",
            "1",
            "--policy",
            str(policy),
        ]
        seconds, memory = grade(submissions, folder / "out", *asked)
        again, memory_again = grade(submissions, folder / "out", *asked)
        return Measured(size, seconds, again, max(memory, memory_again))


# ---- the grader's own share


def own_share() -> float:
    """What is left of the CPU time without the same compilations and runs by a plain shell."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(COPIES):
            copy = folder / "class" / f"s{number}"
            shutil.copytree(ROOT / "solution", copy)
            with open(copy / EXERCISE / SOURCE, "a", encoding="utf-8") as source:
                source.write(f"/* {number} */\n")
        whole = cpu_seconds()
        grade(folder / "class", folder / "out")
        whole = (cpu_seconds() - whole) / COPIES
        jobs = folder / "jobs"
        jobs.mkdir()
        asked = [str(ROOT / "solution"), "--out", str(folder / "results")]
        command = [sys.executable, "-m", "tests.bench.record", str(jobs), *asked]
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        floor = cpu_seconds()
        for script in floor_of(jobs, folder / "floor").scripts:
            subprocess.run([*alone(), "sh", str(script)], check=True)
        return 1 - (cpu_seconds() - floor) / whole


def cpu_seconds() -> float:
    """Of all that was started here and has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(sizes: tuple[int, ...] = SIZES) -> None:
    print(f"\na class, one exercise without valgrind, on {len(os.sched_getaffinity(0))} processors")
    print("  submissions   a minute   unchanged s   coordinator MB")
    found = []
    for size in sizes:
        one = measure(size)
        found.append(one)
        line = f"  {one.size:>11} {one.per_minute:>10.0f} {one.again:>13.2f} {one.memory_mb:>16.0f}"
        print(line, flush=True)
    growth = [small.per_minute / large.per_minute - 1 for small, large in pairwise(found)]
    told = ", ".join(f"{grown:+.0%}" for grown in growth)
    print(f"  the cost of one grows from size to size by {told} (goal: at most {GROWTH:.0%})")
    print(f"  goals: unchanged {AGAIN_SECONDS:.0f} s, coordinator {MEMORY_MB} MB")
    print(f"  the grader's own share of the CPU time {own_share():.0%} (goal {OWN_SHARE:.0%})")


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
