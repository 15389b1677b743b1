"""grader/install: says nothing where nothing is missing, installs what is, or says the command."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INSTALL = ROOT / "grader/install"
COMMANDS = "make gcc valgrind bwrap setpriv id sed env sh".split()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A PATH of its own: what the grader needs, and an apt-get that only notes its arguments."""
    for command in COMMANDS:
        found = shutil.which(command)
        assert found, command
        (tmp_path / command).symlink_to(found)
    apt = tmp_path / "apt-get"
    apt.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/asked\nexit ${{APT_STATUS:-0}}\n')
    apt.chmod(0o755)
    return tmp_path


def install(path: Path, *arguments: str, **more: str) -> tuple[int, str, str]:
    done = subprocess.run(
        ["/bin/sh", str(INSTALL), *arguments],
        env={"PATH": str(path), "PYTHON": "/usr/bin/python3", **more},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root installs without sudo")


def test_nothing_missing_is_nothing_said(folder: Path) -> None:
    assert install(folder, "grade") == (0, "", "")


@needs_root
def test_root_installs_exactly_what_is_missing(folder: Path) -> None:
    (folder / "bwrap").unlink()
    status, out, told = install(folder, "grade")
    assert (status, out, told) == (0, "", "install: bubblewrap\n")
    update, asked = (folder / "asked").read_text().splitlines()
    assert update.endswith(" update")
    assert asked.endswith(" install -y --no-install-recommends bubblewrap")


@needs_root
def test_a_failing_apt_get_is_told(folder: Path) -> None:
    (folder / "valgrind").unlink()
    status, _, told = install(folder, "grade", APT_STATUS="100")
    assert status == 3
    assert "apt-get failed" in told.splitlines()[-1]


def test_without_the_right_to_install_the_command_is_said(folder: Path) -> None:
    (folder / "bwrap").unlink()
    (folder / "setpriv").unlink()
    (folder / "id").unlink()
    (folder / "id").write_text("#!/bin/sh\necho 1000\n")
    (folder / "id").chmod(0o755)
    status, out, told = install(folder, "grade")
    assert (status, out, told.count("\n")) == (3, "", 1)
    assert "sudo apt-get update && sudo apt-get install -y bubblewrap util-linux" in told


def test_without_apt_get_the_packages_are_named(folder: Path) -> None:
    (folder / "bwrap").unlink()
    (folder / "apt-get").unlink()
    status, _, told = install(folder, "grade")
    assert status == 3 and told.count("\n") == 1
    assert "bubblewrap" in told


def test_a_missing_python_module_is_its_package(folder: Path) -> None:
    (folder / "apt-get").unlink()
    bare = folder / "python3"
    bare.write_text('#!/bin/sh\nexec /usr/bin/python3 -S "$@"\n')
    bare.chmod(0o755)
    status, _, told = install(folder, "grade", PYTHON=str(bare))
    assert status == 3
    assert "python3-pytest python3-rich python3-jinja2" in told


def test_bad_usage() -> None:
    done = subprocess.run([INSTALL, "all"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "usage: grader/install grade|class|test\n")
