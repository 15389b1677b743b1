"""What the tests of the classroom share: a student's folder, and the command that checks it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

KIT = Path(__file__).resolve().parents[2]
TRY = KIT / "grader" / "student"
WRONG = KIT / "tests" / "submissions" / "wrong"


@dataclass(frozen=True)
class Said:
    """How one call ended."""

    status: int
    stdout: str
    stderr: str


Try = Callable[..., Said]


def plain_environment(**more: str) -> dict[str, str]:
    """The environment without what this test run's own make and pytest put there."""
    left_out = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "OUT", "EX", "NO_COLOR")
    return {n: text for n, text in os.environ.items() if n not in left_out} | more


@pytest.fixture(name="attempt")
def attempt_fixture() -> Try:
    """Calls grader/student in a folder."""

    def attempt(folder: Path, *words: object, **environment: str) -> Said:
        done = subprocess.run(
            [TRY, *map(str, words)],
            cwd=folder,
            env=plain_environment(**environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    return attempt


def lay(source: Path, target: Path) -> Path:
    ignored = shutil.ignore_patterns("build", "__pycache__")
    # Copies are new files, as make sees them, whatever the age of the originals.
    shutil.copytree(source, target, ignore=ignored, dirs_exist_ok=True, copy_function=shutil.copy)
    return target


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    return lay(KIT / "starter", tmp_path / "student")


@pytest.fixture
def finished(tmp_path: Path, starter: Path) -> Path:
    """The starter with everything written."""
    return lay(KIT / "solution", starter)


def spoil(folder: Path, case: str) -> Path:
    """A folder with the files of a wrong submission of the corpus in it."""
    for path in (WRONG / case).iterdir():
        if path.is_dir():
            shutil.copytree(path, folder / path.name, dirs_exist_ok=True, copy_function=shutil.copy)
    return folder
