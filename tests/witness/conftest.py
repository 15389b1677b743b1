"""Builds what the tests run, once, and sees to it that no test leaves a segment on the machine."""

from __future__ import annotations

import fcntl
import os
import subprocess

import pytest
from tests.witness.observed import ROOT


@pytest.fixture(scope="session", autouse=True)
def built() -> None:
    """witness and the small programs; a lock, since each worker of pytest-xdist comes by here."""
    (ROOT / "build").mkdir(exist_ok=True)
    with open(ROOT / "build/lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(
            ["make", "--silent", "witness", "witness-asan", "witness-programs", "witness-units"],
            cwd=ROOT,
            env={name: text for name, text in os.environ.items() if name != "MAKEFLAGS"},
            check=True,
        )
