"""A mistake of the grader's own is one line that names its place; --debug shows the traceback."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.harness.conftest import KIT
from tests.patience import patient

TRACEBACK = "Traceback (most recent call last)"
# A statement that is run, and what it belongs to, by file.
BROKEN = {
    "grader/formats/terminal.py": "def render(",  # in the command itself
    "grader/grading/grade_exercise.py": "def grade(",  # in the process of an exercise
    "grader/judge/fork_wait.py": "def parent_waits(",  # in a hidden test
}


@pytest.fixture(name="kit")
def kit_fixture(tmp_path: Path) -> Path:
    """A copy that can be broken."""
    kit = tmp_path / "kit"
    for name in ("grader", "starter", "solution", "assignment"):
        shutil.copytree(
            KIT / name,
            kit / name,
            symlinks=True,
            ignore=shutil.ignore_patterns("__pycache__", "build"),
        )
    (kit / "build").mkdir()
    shutil.copy(KIT / "build" / "witness", kit / "build" / "witness")
    return kit


def break_in(kit: Path, file: str) -> None:
    """The function begins with a mistake."""
    path = kit / file
    head, function, rest = path.read_text("utf-8").partition(BROKEN[file])
    assert function, f"{file} has no {BROKEN[file]}"
    signature, colon, body = rest.partition(":\n")
    mistake = '    raise RuntimeError("broken on purpose")\n'
    path.write_text(f"{head}{function}{signature}{colon}{mistake}{body}", "utf-8")


def graded(kit: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [kit / "grader" / words[0], *words[1:]],
        capture_output=True,
        text=True,
        check=False,
        timeout=patient(120),
        cwd=kit,
    )


@pytest.mark.parametrize("file", BROKEN)
def test_a_mistake_of_the_graders_own_names_its_file_and_folder(kit: Path, file: str) -> None:
    break_in(kit, file)
    words = ("grade", "solution", "--exercise", "1", "--out", kit / "out")
    done = graded(kit, *words)
    (line,) = done.stderr.splitlines()
    assert done.returncode == 3
    assert f"RuntimeError: broken on purpose ({file}:" in line
    shown = graded(kit, *words, "--debug")
    assert shown.returncode == 3
    assert TRACEBACK in shown.stderr and f'{kit / file}", line' in shown.stderr
    assert shown.stderr.splitlines()[-1] == line


def test_a_class_shows_it_too(kit: Path) -> None:
    file = "grader/grading/grade_exercise.py"
    break_in(kit, file)
    shutil.copytree(kit / "solution", kit / "class" / "ada")
    words = ("class", "grade", kit / "class", "--exercise", "1", "--out", kit / "out", "--quiet")
    done = graded(kit, *words)
    assert done.returncode == 3 and TRACEBACK not in done.stderr + done.stdout
    assert TRACEBACK in graded(kit, *words, "--debug").stderr
