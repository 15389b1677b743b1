"""`make machines`: what it refuses, and how it says so."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.machines import __main__ as command, host, machine
from tests.machines.root import reason


def test_who_is_not_root_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert command.main([]) == 3
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert told.err.startswith("machines: only root can ") and "sudo make machines" in told.err


def test_what_is_missing_is_one_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "mmdebstrap" else name)
    monkeypatch.setattr(host, "TABLES", Path("/nowhere"))
    assert command.main([]) == 3
    told = capsys.readouterr().err
    assert told == (
        "machines: please run: apt-get update && apt-get install -y mmdebstrap distro-info-data\n"
    )


@pytest.mark.parametrize("words", [["--users", "nobody"], ["--steps", "grad"], ["--more"]])
def test_bad_usage_ends_with_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(words)
    assert ended.value.code == 2


def test_a_release_that_nobody_has_is_not_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(host, "check", lambda: None)
    monkeypatch.setattr(command, "BUILD", tmp_path)
    monkeypatch.setattr(command, "KIT", tmp_path)
    monkeypatch.setattr(host, "TABLES", tmp_path)
    (tmp_path / "debian.csv").write_text("series\nbookworm\n")
    assert command.main(["--releases", "wobbly", "--users", "root", "--steps", "grade"]) == 0
    assert "not run: no release of Debian or Ubuntu is named wobbly" in capsys.readouterr().out
    assert "| grade | not run |" in (tmp_path / "table.md").read_text()


def test_what_apt_says_is_the_reason() -> None:
    log = (
        "I: running apt-get update...\n"
        "Err:1 http://mirror.example wobbly Release\n  404  Not Found\n"
        "E: The repository 'http://mirror.example wobbly Release' does not have a Release file.\n"
        "E: apt-get update failed\n"
    )
    assert reason(log).endswith("does not have a Release file.")
    assert reason("E: apt-get update failed\n") == "E: apt-get update failed"
    assert reason("") == "no reason is given"


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    for pid in (ended.pid, os.getpid(), os.getppid()):
        (tmp_path / f"live-{pid}-x").mkdir()
    machine.sweep(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == [f"live-{os.getppid()}-x"]
