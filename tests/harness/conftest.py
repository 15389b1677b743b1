"""What the tests of the harness share: a copy of the solution to spoil, and the real command."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.grading.catalogue import catalogue
from tests.patience import patient

KIT = Path(__file__).resolve().parents[2]
GRADE = KIT / "grader" / "grade"
SOURCES = [f"{entry.exercise.id}/{entry.exercise.source}" for entry in catalogue()]
ALL_POINTS = "{0} / {0}".format(sum(entry.points for entry in catalogue()))


@dataclass(frozen=True)
class Graded:
    """How one call of the command ended."""

    status: int
    stdout: str
    stderr: str
    out: Path

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads((self.out / "report.json").read_text("utf-8"))
        return report

    @property
    def exercise(self) -> dict[str, Any]:
        """The only exercise of the report."""
        (exercise,) = self.report["exercises"]
        assert isinstance(exercise, dict)
        return exercise


def copy_sources(kit_folder: str, target: Path) -> Path:
    for source in SOURCES:
        (target / source).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(KIT / kit_folder / source, target / source)
    return target


@pytest.fixture
def submission(tmp_path: Path) -> Path:
    """A copy of the solution."""
    return copy_sources("solution", tmp_path / "submission")


Grade = Callable[..., Graded]


@pytest.fixture
def grade(tmp_path: Path) -> Grade:
    """Calls grader/grade; the results go to a folder of the test's own."""

    def call(*arguments: object, out: Path | None = None, **more: Any) -> Graded:
        results = out or tmp_path / "results"
        environment = {**os.environ, **more.pop("env", {})}
        done = subprocess.run(
            [GRADE, *map(str, arguments), "--out", results],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env=environment,
            timeout=patient(240),
            **more,
        )
        assert "Traceback" not in done.stdout + done.stderr
        return Graded(done.returncode, done.stdout, done.stderr, results)

    return call
