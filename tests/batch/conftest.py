"""What the tests of the class's grading share: small classes, and the real command."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.patience import patient

KIT = Path(__file__).resolve().parents[2]
CLASS = KIT / "grader" / "class"
RIGHT = (KIT / "solution" / "1-fork-wait" / "fork_wait.c").read_text("utf-8")
STUB = (KIT / "starter" / "1-fork-wait" / "fork_wait.c").read_text("utf-8")
WRONG = KIT / "tests" / "submissions" / "wrong"
NO_WAIT = (WRONG / "1-no-wait" / "1-fork-wait" / "fork_wait.c").read_text("utf-8")
BROKEN = "int main(\n"
SOURCE = "1-fork-wait/fork_wait.c"
FAST = ["--exercise", "1", "--seed", "7"]

Files = Mapping[str, str]


def lay(folder: Path, files: Files) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Called:
    """How one call of the command ended."""

    status: int
    stdout: str
    stderr: str
    out: Path

    @property
    def gradebook(self) -> dict[str, dict[str, str]]:
        text = (self.out / "gradebook.csv").read_text("utf-8")
        return {row["student"]: row for row in csv.DictReader(io.StringIO(text))}


Call = Callable[..., Called]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """Calls grader/class grade; the results go to a folder of the test's own."""

    def run(submissions: Path, *arguments: object, out: Path | None = None) -> Called:
        results = out or tmp_path / "out"
        done = subprocess.run(
            [CLASS, "grade", submissions, "--out", results, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env=dict(os.environ),
            timeout=patient(240),
        )
        assert "Traceback" not in done.stdout + done.stderr
        return Called(done.returncode, done.stdout, done.stderr, results)

    return run


@pytest.fixture
def fast_policy(tmp_path: Path) -> Path:
    """A policy without valgrind, which takes longest."""
    return lay(tmp_path, {"fast.toml": "[checks]\nvalgrind = false\n"}) / "fast.toml"


@pytest.fixture
def small_class(tmp_path: Path) -> Path:
    """Three students: right, without a wait, and a file that does not compile."""
    texts = {"ada": RIGHT, "bob": NO_WAIT, "cem": BROKEN}
    return lay(tmp_path / "class", {f"{name}/{SOURCE}": text for name, text in texts.items()})


def copy_of(folder: Path, target: Path) -> Path:
    shutil.copytree(folder, target, dirs_exist_ok=True)
    return target
