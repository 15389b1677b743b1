"""Builds what the tests run, once, and sees to it that no test leaves a segment on the machine."""

from __future__ import annotations

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.witness import reachable
from tests.witness.observed import ROOT

PARTS = ("asan", "programs", "units", "late")


@pytest.fixture(scope="session", autouse=True)
def built() -> None:
    """witness and the small programs; a lock, since each worker of pytest-xdist comes by here."""
    (ROOT / "build").mkdir(exist_ok=True)
    with open(ROOT / "build/lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(
            ["make", "--silent", "witness", *(f"witness-{part}" for part in PARTS)],
            cwd=ROOT,
            env={name: text for name, text in os.environ.items() if name != "MAKEFLAGS"},
            check=True,
        )
    reachable.fill()


@pytest.fixture(name="open_folder")
def folder_for_all() -> Iterator[Path]:
    """Unlike tmp_path, another user may go in."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder
