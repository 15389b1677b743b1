"""witness is built once, in this kit: other tests take what is built, also for copies of it."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUTER_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")


def make(*targets: str, folder: Path = ROOT, timeout: float | None = None) -> None:
    """make, as if no other make had begun this test run."""
    plain = {name: text for name, text in os.environ.items() if name not in OUTER_MAKE}
    subprocess.run(
        ["make", "--silent", *targets], cwd=folder, env=plain, timeout=timeout, check=True
    )


def build_witness(*parts: str) -> None:
    """In this kit: witness, and what else the Makefile builds as witness-PART.

    A lock, since each worker of pytest-xdist comes by here.
    """
    (ROOT / "build").mkdir(exist_ok=True)
    with open(ROOT / "build/lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make("witness", *(f"witness-{part}" for part in parts))


def take_witness(kit: Path) -> None:
    """What is built of witness, for a copy of this kit: make builds there only what changes.

    The copy must have kept the times of its files.
    """
    shutil.copytree(ROOT / "build/witness.o", kit / "build/witness.o")
    shutil.copy2(ROOT / "build/witness", kit / "build/witness")
