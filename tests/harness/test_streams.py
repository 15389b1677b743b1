"""The standard streams of each command: closed by the caller, full, or without a reader."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.classroom.conftest import lay
from tests.harness.conftest import KIT
from tests.patience import patient

CLOSED = [(0,), (1,), (2,), (0, 1, 2)]
COMMANDS = ["grade", "class", "doctor", "check", "show"]


@pytest.fixture(name="words")
def words_fixture(submission: Path, tmp_path: Path) -> Callable[[str], list[str]]:
    """What to type, by the command's name; its results go to the test's folder."""

    def words(name: str) -> list[str]:
        if name in ("check", "show"):
            lay(KIT / "solution", lay(KIT / "starter", tmp_path / "student"))
            return [str(KIT / "grader" / "student"), name, "1"]
        command = [str(KIT / "grader" / name)]
        if name == "grade":
            command += [str(submission), "--exercise", "1", "--out", str(tmp_path / "out")]
        if name == "class":
            members = tmp_path / "class"
            members.mkdir()
            submission.rename(members / "ada")
            command += ["grade", str(members), "--exercise", "1", "--out", str(tmp_path / "out")]
        return command

    return words


def closing(descriptors: tuple[int, ...]) -> Callable[[], None]:
    def apply() -> None:
        for descriptor in descriptors:
            os.close(descriptor)

    return apply


def folder_of(name: str, tmp_path: Path) -> Path:
    return tmp_path / "student" if name in ("check", "show") else tmp_path


@pytest.mark.parametrize("closed", CLOSED, ids=str)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_closed_stream_changes_nothing(
    name: str, closed: tuple[int, ...], words: Callable[[str], list[str]], tmp_path: Path
) -> None:
    command = words(name)
    done = subprocess.run(
        command,
        cwd=folder_of(name, tmp_path),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=closing(closed),
        timeout=patient(240),
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert bool(done.stdout) == (1 not in closed)
    if name == "grade":
        assert '"score": 15' in (tmp_path / "out" / "report.json").read_text("utf-8")


@pytest.mark.parametrize("name", ["grade", "doctor", "check", "show"])
def test_a_full_output_is_one_line(
    name: str, words: Callable[[str], list[str]], tmp_path: Path
) -> None:
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run(
            words(name),
            cwd=folder_of(name, tmp_path),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=patient(240),
        )
    said = "standard output cannot be written: No space left on device"
    assert (done.returncode, done.stderr) == (3, f"{name}: {said}\n")
    if name == "grade":  # the report is not lost with its summary
        assert '"score": 15' in (tmp_path / "out" / "report.json").read_text("utf-8")


@pytest.mark.parametrize("name", ["grade", "class"])
def test_help_into_a_full_output_is_one_line(name: str) -> None:
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run(
            [KIT / "grader" / name, "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 3 and len(done.stderr.splitlines()) == 1
    assert "standard output cannot be written" in done.stderr


def test_a_full_stderr_changes_no_status(tmp_path: Path) -> None:
    with open("/dev/full", "w", encoding="ascii") as full:
        for command in (["grade", "no-such-folder"], ["doctor", "--fast"], ["student", "grade"]):
            done = subprocess.run(
                [KIT / "grader" / command[0], *command[1:]], cwd=tmp_path, stderr=full, check=False
            )
            assert done.returncode == 2, command


def test_a_reader_that_leaves_gets_the_report_all_the_same(
    words: Callable[[str], list[str]], tmp_path: Path
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            words("grade"), stdout=writer, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (3, "")
    assert (tmp_path / "out" / "report.json").exists()
