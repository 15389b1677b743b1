"""witness is built once, in this kit: other tests take what is built, also for copies of it."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NEVER_COPIED = ("build", "results", ".git", "__pycache__", ".hypothesis")
WITNESS = ("witness", "witness.o")
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


def copy_kit(to: Path, *left_out: str, built: tuple[str, ...] = WITNESS) -> Path:
    """A copy of this kit with what is built of witness, so that make builds only what changes.

    Of `build` it has nothing else: a root of another machine may lie there, devices and all.
    """
    ignored = shutil.ignore_patterns(*NEVER_COPIED, *left_out)
    shutil.copytree(ROOT, to, ignore=ignored, symlinks=True)
    take_built(to, built)
    return to


def take_built(kit: Path, built: tuple[str, ...] = WITNESS) -> None:
    """For a copy of this kit that has kept the times of its files."""
    (kit / "build").mkdir(exist_ok=True)
    for name in built:
        part = ROOT / "build" / name
        if part.is_dir():
            shutil.copytree(part, kit / "build" / name)
        elif part.exists():
            shutil.copy2(part, kit / "build" / name)
