"""What `make lint` and `.ci/run` promise, tried with stand-ins: no linter is needed here."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.lint.linting import ROOT, lint

FORMATTERS = [
    ("black", "black, {}.1.0 (compiled: yes)", 23, "python_files"),
    ("clang-format", "Debian clang-format version {}.0.6", 14, "c_files"),
    ("clang-format", "Ubuntu clang-format version {}.1.3 (1ubuntu1)", 14, "c_files"),
]


def stand_in(folder: Path, name: str, script: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)


def path(folder: Path) -> str:
    return f"{folder}:{os.environ['PATH']}"


@pytest.mark.parametrize(("tool", "says", "newest", "variable"), FORMATTERS)
@pytest.mark.parametrize("newer", [0, 1])
def test_the_older_release_of_a_formatter_decides(
    tool: str, says: str, newest: int, variable: str, newer: int, tmp_path: Path
) -> None:
    version = says.format(newest + newer)
    stand_in(
        tmp_path, tool, f'[ "$1" = --version ] && echo "{version}" || {{ echo ugly; exit 1; }}'
    )
    status, said = lint(f"lint-{tool}", f"{variable}=x", "h_files=", PATH=path(tmp_path))
    if newer:
        assert status == 0 and said.count("\n") == 1
        assert said.startswith(
            f"lint: lint-{tool} is left to {tool} {newest}: {tool} {newest + 1}."
        )
    else:
        assert status == 2 and "ugly\n" in said
        assert f"lint: lint-{tool} complains, see above" in said


def test_a_formatter_that_does_not_say_its_version_is_asked(tmp_path: Path) -> None:
    stand_in(tmp_path, "black", "exit 1")
    assert lint("lint-black", "python_files=x", PATH=path(tmp_path))[0] == 2


def test_each_linter_that_complains_is_named_and_the_others_run(tmp_path: Path) -> None:
    for name in ("cc", "black", "cppcheck"):
        stand_in(tmp_path, name, "echo bad; exit 1")
    for name in ("clang-tidy", "clang-format", "flake8", "mypy"):
        stand_in(tmp_path, name, f"echo {name} ran")
    for name in ("grader", "starter", "solution", "assignment"):
        (tmp_path / name).mkdir()
    stand_in(tmp_path / "grader", "install", "exit 0")
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "grader/witness", tmp_path / "grader/witness")
    status, said = lint(
        "lint", "CC=cc", "CROSS_CC=true", "PYTHON=true", folder=tmp_path, PATH=path(tmp_path)
    )
    assert status == 2
    named = {line.split()[1] for line in said.splitlines() if line.endswith("complains, see above")}
    asks_black = {"lint-black", "lint-new-exercise"}
    assert named == {"lint-gcc", "lint-hardened", "lint-cppcheck", *asks_black}
    assert "clang-tidy ran" in said and "flake8 ran" in said and "mypy ran" in said


@pytest.mark.parametrize(
    ("lint_ends", "test_ends", "expected"), [(0, 0, 0), (2, 0, 2), (0, 3, 3), (2, 3, 2)]
)
def test_continuous_integration_runs_both_and_the_tests_come_last(
    lint_ends: int, test_ends: int, expected: int, tmp_path: Path
) -> None:
    script = f'echo "ran $*"; [ "$1" = lint ] && exit {lint_ends}; exit {test_ends}'
    stand_in(tmp_path, "make", script)
    done = subprocess.run(
        [ROOT / ".ci/run"],
        env={"PATH": path(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (expected, "ran lint\nran test\n")
