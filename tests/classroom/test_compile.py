"""What the compiler says at home: gcc's words or clang's, in English, whoever compiles."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from grader.practice.trial import building_environment
from tests.classroom.conftest import TRY, Try, plain_environment


def program(folder: Path, name: str, script: str) -> str:
    """A PATH on which this name is a script."""
    folder.mkdir()
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def test_the_compiler_speaks_english_in_every_locale(
    finished: Path, tmp_path: Path, attempt: Try
) -> None:
    script = 'echo "speaks <$LC_ALL> <$LANGUAGE>" >&2; exec /usr/bin/gcc "$@"'
    path = program(tmp_path / "programs", "gcc", script)
    said = attempt(finished, "check", 1, PATH=path, LC_ALL="de_DE.UTF-8", LANGUAGE="de")
    assert said.status == 0 and "speaks <C.UTF-8> <>" in said.stdout


def make_check(folder: Path, *words: str) -> str:
    return subprocess.run(
        ["make", "check", "EX=1", f"TRY={TRY}", *words],
        cwd=folder,
        env=plain_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    ).stdout


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_a_missing_semicolon_is_told_by_the_students_compiler(
    compiler: str, finished: Path
) -> None:
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    source = finished / "1-fork-wait" / "fork_wait.c"
    lines = source.read_text().splitlines()
    number = next(n for n, line in enumerate(lines) if line.startswith("    ") and line[-1] == ";")
    lines[number] = lines[number].removesuffix(";")
    source.write_text("\n".join(lines) + "\n")
    said = make_check(finished, f"CC={compiler}")
    assert "does not compile" in said and "make: ***" not in said
    assert "1-fork-wait/fork_wait.c:" in said and "error: expected" in said


def test_check_builds_with_the_compiler_that_make_was_given(finished: Path) -> None:
    said = make_check(finished, "CC=echo called >&2; gcc")
    assert "called" in said and "5 of 5 checks" in said


@pytest.mark.parametrize(
    "flags, kept",
    [
        (None, None),
        ("", None),
        ("ks -j2 --jobserver-auth=3,4", None),
        (" -- CC=clang", "-- CC=clang"),
        ("ks -j2 --jobserver-auth=3,4 -- ARGS=5\\ --\\ 3 CC=clang", "-- ARGS=5\\ --\\ 3 CC=clang"),
    ],
)
def test_of_an_outer_make_the_variables_are_kept(flags: str | None, kept: str | None) -> None:
    around = {"MAKELEVEL": "1", **({"MAKEFLAGS": flags} if flags is not None else {})}
    wanted = {"LC_ALL": "C.UTF-8", **({"MAKEFLAGS": kept} if kept else {})}
    assert building_environment(around) == wanted
