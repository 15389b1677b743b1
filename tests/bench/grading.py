"""What it costs to grade the solution, beside the same compilations and runs by a plain shell."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.floor import lay
from tests.bench.measure import ROOT, medians
from tests.witness.observed import alone

ROUNDS = 5
FLOOR = 'printf "%s\\n" "$@" | xargs -P "$(nproc)" -n 1 '


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        jobs, results = folder / "jobs", folder / "results"
        jobs.mkdir()
        asked = [str(ROOT / "solution"), "--out", str(results)]
        subprocess.run(
            [sys.executable, "-m", "tests.bench.record", str(jobs), *asked],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        floor = lay(jobs, folder / "floor")
        each = " ".join([*alone(), "sh"])
        took = medians(
            {
                "floor": ["sh", "-c", FLOOR + each, "floor", *map(str, floor.scripts)],
                "grader": [str(ROOT / "grader/grade"), *asked],
            },
            ROUNDS,
        )
    print(f"\ngrading the solution on {len(os.sched_getaffinity(0))} processors")
    print(
        f"  {floor.compilations} compilations, {floor.runs} runs of programs,"
        f" {floor.valgrinds} runs under valgrind"
    )
    print(f"  the same by a plain shell script, in parallel  {took['floor'] / 1000:6.2f} s")
    print(f"  grader/grade                                   {took['grader'] / 1000:6.2f} s")
    print(f"  ratio {took['grader'] / took['floor']:.2f} (goal 1.50)")
