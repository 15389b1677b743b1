"""How long a student waits for `make check EX=1` after an edit, and where the time goes."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from tests.bench.measure import ENVIRONMENT, ROOT, milliseconds

ROUNDS = 15
GOAL_MS = 1000


def edit(source: Path, number: int) -> None:
    """Another text each time, so that make builds anew."""
    text = source.read_text(encoding="utf-8").partition("\n/* edit")[0]
    source.write_text(f"{text}\n/* edit {number} */\n", encoding="utf-8")


def steps(folder: Path, source: Path) -> dict[str, float]:
    """One round: the whole of it, then its parts alone, each after an edit where it matters."""
    os.chdir(folder)
    witness = [str(ROOT / "build/witness"), "--schedule", "parent-first", "--content", "--"]
    taken = {}
    edit(source, time.monotonic_ns())
    taken["make check EX=1"] = milliseconds(["make", "-s", "check", "EX=1"])
    edit(source, time.monotonic_ns())
    taken["make and gcc"] = milliseconds(["make", "-s", "fork_wait"])
    taken["three runs under witness"] = sum(
        milliseconds([*witness, "./fork_wait", "12", "7"]) for _ in range(3)
    )
    taken["Python and its imports"] = milliseconds(
        [str(ROOT / "grader/student"), "hint", "1"]  # all of the command but building and running
    )
    return taken


def main() -> None:
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("starter", "solution"):
            ignored = shutil.ignore_patterns("build")
            shutil.copytree(ROOT / part, folder / "x", ignore=ignored, dirs_exist_ok=True)
        makefile = folder / "x" / "Makefile"
        text = makefile.read_text(encoding="utf-8")
        makefile.write_text(
            text.replace("../grader/student", str(ROOT / "grader/student")), "utf-8"
        )
        subprocess.run(
            ["make", "-s", "check"],
            cwd=folder / "x",
            env=ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        source = folder / "x" / "1-fork-wait" / "fork_wait.c"
        rounds = [steps(folder / "x", source) for _ in range(ROUNDS)]
        os.chdir(here)
    medians = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
    whole = medians.pop("make check EX=1")
    parts = sum(medians.values())
    print(f"\nmake check EX=1 after an edit (median of {ROUNDS}; goal {GOAL_MS} ms)")
    print(f"  {'all':<26}{whole:7.0f} ms")
    for part, took in [*medians.items(), ("the rest", max(0.0, whole - parts))]:
        print(f"  {part:<26}{took:7.0f} ms  {100 * took / whole:3.0f} %")
    if whole > GOAL_MS:
        raise SystemExit("bench: a check takes longer than its goal")
