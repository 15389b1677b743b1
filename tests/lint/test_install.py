"""grader/install: says nothing where nothing is missing, installs what is, or says the command."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.setup import needs

ROOT = Path(__file__).resolve().parents[2]
PARTS = """install __init__.py base/__init__.py base/kit.py
    setup/__init__.py setup/installer.py setup/needs.py setup/needs.txt""".split()
COMMANDS = "make gcc bwrap setpriv git id sed env sh stat mkdir mv cat".split()
RELEASES = {
    "debian-12": ("debian", "12", "Debian GNU/Linux 12 (bookworm)"),
    "debian-13": ("debian", "13", "Debian GNU/Linux 13 (trixie)"),
    "sid": ("debian", "", "Debian GNU/Linux forky/sid"),
    "ubuntu-24.04": ("ubuntu", "24.04", "Ubuntu 24.04 LTS"),
    "ubuntu-26.04": ("ubuntu", "26.04", "Ubuntu 26.04 LTS"),
}
APT_GET = """#!/bin/sh
# Notes what it is asked for; what it installs comes from the shelf.
cd {machine} && echo "$@" >>asked
case "$*" in *" install "*) ;; *) exit 0 ;; esac
for package; do
    [ ! -e "fails/$package" ] || {{ echo "E: $package is broken"; exit 100; }}
done
for package; do
    [ ! -d "shelf/$package" ] || mv "shelf/$package"/* path/
    [ ! -d "shelf/$package" ] || mv "shelf/$package" installed/
done
"""
APT_CACHE = """#!/bin/sh
cd {machine} && shift
for package; do
    if [ -d "installed/$package" ]; then there=1.0; else there='(none)'; fi
    [ -d "shelf/$package" ] || [ "$there" = 1.0 ] || continue
    printf '%s:\\n  Installed: %s\\n  Candidate: 1.0\\n' "$package" "$there"
done
"""
needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root installs without sudo")


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    told: list[str]
    asked: list[str]  # of apt-get


@dataclass(frozen=True)
class Machine:
    """A PATH of its own with a copy of the kit: what is not there can be had of a made-up apt."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "path"

    @property
    def table(self) -> Path:
        return self.folder / "kit/grader/setup/needs.txt"

    def script(self, name: str, text: str) -> Path:
        file = self.path / name
        file.unlink(missing_ok=True)  # never through a link to the real one
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)
        return file

    def lacks(self, *commands: str, package: str = "", in_archive: bool = True) -> None:
        """Takes commands away; a package of the archive brings them back."""
        shelf = self.folder / "shelf" / (package or commands[0])
        shelf.mkdir()
        for command in commands:
            (self.path / command).rename(shelf / command)
        if not in_archive:
            shutil.rmtree(shelf)

    def fails_to_install(self, package: str) -> None:
        (self.folder / "fails" / package).touch()

    def row(self, old: str, new: str) -> None:
        text = self.table.read_text("utf-8")
        assert text.count(old) == 1
        self.table.write_text(text.replace(old, new), "utf-8")

    def ordinary_user(self) -> None:
        """As the installer sees it: a program that says so is in the way of the real answer."""
        file = self.folder / "kit/grader/setup/installer.py"
        text = file.read_text("utf-8")
        assert text.count("os.geteuid() == 0") == 1
        file.write_text(text.replace("os.geteuid() == 0", "os.geteuid() < 0"), "utf-8")
        self.script("id", "echo 1000")

    def install(self, *arguments: str, **more: str) -> Done:
        log = self.folder / "asked"
        log.unlink(missing_ok=True)
        done = subprocess.run(
            ["/bin/sh", self.folder / "kit/grader/install", *arguments],
            env={"PATH": str(self.path), "PYTHON": "/usr/bin/python3", **more},
            capture_output=True,
            text=True,
            check=False,
        )
        asked = log.read_text().splitlines() if log.exists() else []
        return Done(done.returncode, done.stdout, done.stderr.splitlines(), asked)


def machine_of(folder: Path, release: str = "debian-12") -> Machine:
    for name in ("path", "shelf", "installed", "fails", "kit/grader/base", "kit/grader/setup"):
        (folder / name).mkdir(parents=True)
    machine = Machine(folder)
    for command in COMMANDS:
        found = shutil.which(command)
        assert found, command
        (machine.path / command).symlink_to(found)
    for command in ("sim_c", "valgrind"):
        machine.script(command, "")
    for name, text in (("apt-get", APT_GET), ("apt-cache", APT_CACHE)):
        (machine.path / name).write_text(text.format(machine=folder))
        (machine.path / name).chmod(0o755)
    for part in PARTS:
        shutil.copy(ROOT / "grader" / part, folder / "kit/grader" / part)
    own, version, pretty = RELEASES[release]
    said = f'PRETTY_NAME="{pretty}"\nID={own}\nVERSION_ID="{version}"\nID_LIKE=debian\n'
    (folder / "os-release").write_text(said)
    needs = folder / "kit/grader/setup/needs.py"
    text = needs.read_text("utf-8")
    assert text.count('"/etc/os-release"') == 1
    needs.write_text(text.replace('"/etc/os-release"', f'"{folder}/os-release"'), "utf-8")
    return machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return machine_of(tmp_path / "machine")


def packages(asked: Iterable[str]) -> list[list[str]]:
    """What apt-get was asked to install, call by call."""
    mark = " install -y --no-install-recommends "
    return [line.partition(mark)[2].split() for line in asked if mark in line]


# ---- nothing is missing


def test_nothing_missing_is_nothing_said(machine: Machine) -> None:
    assert machine.install("grade") == Done(0, "", [], [])


def test_the_second_call_runs_no_python(machine: Machine) -> None:
    python = machine.script(
        "python3", 'echo called >>"${0%/*}/../calls"; exec /usr/bin/python3 "$@"'
    )
    assert machine.install("grade", PYTHON=str(python)) == Done(0, "", [], [])
    calls = machine.folder / "calls"
    assert calls.exists()
    calls.unlink()
    assert machine.install("grade", PYTHON=str(python)) == Done(0, "", [], [])
    assert not calls.exists()


@needs_root
def test_what_goes_away_after_a_look_is_missed(machine: Machine) -> None:
    assert machine.install("grade").status == 0
    machine.lacks("bwrap", package="bubblewrap")
    assert machine.install("grade").told == ["install: bubblewrap"]


@needs_root
def test_a_changed_table_is_looked_at_anew(machine: Machine) -> None:
    assert machine.install("grade").status == 0
    machine.row("module rich   ", "module no_rich")
    (machine.folder / "shelf/python3-rich").mkdir()
    assert packages(machine.install("grade").asked) == [["python3-rich"]]


def test_a_folder_that_cannot_be_written_is_no_obstacle(machine: Machine) -> None:
    (machine.folder / "kit/build").write_text("no folder")
    assert machine.install("grade") == Done(0, "", [], [])
    assert machine.install("grade") == Done(0, "", [], [])


# ---- something is


@needs_root
def test_root_installs_exactly_what_is_missing(machine: Machine) -> None:
    machine.lacks("bwrap", package="bubblewrap")
    done = machine.install("grade")
    assert (done.status, done.out, done.told) == (0, "", ["install: bubblewrap"])
    update, asked = done.asked
    assert update.endswith(" update")
    assert asked.endswith(" install -y --no-install-recommends bubblewrap")
    assert machine.install("grade") == Done(0, "", [], [])


@needs_root
def test_a_failing_apt_get_is_told(machine: Machine) -> None:
    machine.lacks("setpriv", package="util-linux")
    machine.fails_to_install("util-linux")
    done = machine.install("grade")
    assert done.status == 3
    assert done.told[-2:] == [
        "E: util-linux is broken",
        "install: apt-get failed; what it said stands above",
    ]


def test_without_the_right_to_install_the_command_is_said(machine: Machine) -> None:
    machine.lacks("bwrap", package="bubblewrap")
    machine.lacks("setpriv", package="util-linux")
    machine.ordinary_user()
    done = machine.install("grade")
    command = "sudo apt-get update && sudo apt-get install -y bubblewrap util-linux"
    assert (done.status, done.told) == (3, [f"install: please run: {command}"])
    assert done.asked == []


def test_without_apt_get_the_packages_are_named(machine: Machine) -> None:
    machine.lacks("bwrap", package="bubblewrap")
    (machine.path / "apt-get").unlink()
    done = machine.install("grade")
    assert done.status == 3 and len(done.told) == 1
    assert "here is no apt-get: bubblewrap" in done.told[0]


@needs_root
def test_a_program_that_is_there_and_does_not_work_is_missing(machine: Machine) -> None:
    machine.script("valgrind", "exit 1")
    for package in ("valgrind", "libc6-dbg"):
        (machine.folder / "shelf" / package).mkdir()
    done = machine.install("grade")
    assert packages(done.asked) == [["valgrind", "libc6-dbg"]]
    assert done.status == 3
    assert done.told[-1] == "install: installed, and does not work: valgrind"
    assert machine.install("grade").asked == []


def test_a_missing_python_module_is_its_package(machine: Machine) -> None:
    (machine.path / "apt-get").unlink()
    bare = machine.script("python3", 'exec /usr/bin/python3 -S "$@"')
    done = machine.install("grade", PYTHON=str(bare))
    assert done.status == 3
    assert "python3-pytest python3-rich python3-jinja2" in done.told[0]


def test_a_module_that_cannot_be_imported_is_missing(machine: Machine) -> None:
    (machine.path / "apt-get").unlink()
    (machine.folder / "kit/rich.py").write_text("raise ImportError('half installed')\n")
    done = machine.install("grade")
    assert done.status == 3 and done.told[0].endswith("no apt-get: python3-rich")


def test_without_python_all_that_is_needed_is_named(machine: Machine) -> None:
    machine.ordinary_user()
    done = machine.install("grade", PYTHON=str(machine.path / "python3"))
    assert done.status == 3 and len(done.told) == 1
    _, _, named = done.told[0].partition("sudo apt-get install -y ")
    assert set(named.split()) == set(needs.packages(needs.table().needed("grade")))


@needs_root
def test_without_python_it_is_installed_first(machine: Machine) -> None:
    python = machine.script("python3", 'exec /usr/bin/python3 "$@"')
    machine.lacks("python3")
    machine.lacks("bwrap", package="bubblewrap")
    done = machine.install("grade", PYTHON=str(python))
    assert (done.status, done.told) == (0, ["install: python3", "install: bubblewrap"])


@pytest.mark.parametrize("arguments", [(), ("all",), ("grade", "test")])
def test_bad_usage(machine: Machine, arguments: tuple[str, ...]) -> None:
    done = machine.install(*arguments)
    assert done.status == 2
    assert done.told[0].startswith("usage: grader/install check|grade|class|test|")


# ---- what is wished for


@needs_root
def test_what_the_distribution_lacks_keeps_nothing_else_away(tmp_path: Path) -> None:
    """similarity-tester is not in Debian 13."""
    machine = machine_of(tmp_path / "machine", "debian-13")
    machine.lacks("sim_c", package="similarity-tester", in_archive=False)
    machine.lacks("bwrap", package="bubblewrap")
    done = machine.install("class")
    assert done.status == 0 and packages(done.asked) == [["bubblewrap"]]
    assert done.told == [
        "install: bubblewrap",
        "install: left out: the search for code that is alike: Debian GNU/Linux 13 (trixie) has"
        ' no package for sim_c: see grader/batch/README.md, "Who is alike"',
    ]
    assert machine.install("class") == Done(0, "", [], [])


@needs_root
@pytest.mark.parametrize("release", ["debian-12", "sid", "ubuntu-24.04", "ubuntu-26.04"])
def test_what_the_distribution_has_is_installed(release: str, tmp_path: Path) -> None:
    machine = machine_of(tmp_path / "machine", release)
    machine.lacks("sim_c", package="similarity-tester")
    done = machine.install("class")
    assert (done.status, done.told) == (0, ["install: similarity-tester"])


@needs_root
def test_a_wish_that_no_candidate_fulfils_is_left_out_though_the_table_names_it(
    machine: Machine,
) -> None:
    machine.lacks("sim_c", package="similarity-tester", in_archive=False)
    done = machine.install("class")
    assert done.status == 0 and packages(done.asked) == []
    assert done.told == [
        "install: left out: the search for code that is alike: Debian GNU/Linux 12 (bookworm) has"
        ' no package for sim_c: see grader/batch/README.md, "Who is alike"'
    ]
    assert machine.install("class") == Done(0, "", [], [])


@needs_root
def test_a_wish_that_breaks_apt_takes_nothing_with_it(machine: Machine) -> None:
    machine.lacks("sim_c", package="similarity-tester")
    machine.lacks("bwrap", package="bubblewrap")
    machine.fails_to_install("similarity-tester")
    done = machine.install("class")
    assert done.status == 0 and ["bubblewrap"] in packages(done.asked)
    assert done.told[-1].startswith("install: left out: the search for code that is alike: ")
    assert done.told[-1].endswith("sudo apt-get install -y similarity-tester")
    assert machine.install("class") == Done(0, "", [], [])


@needs_root
def test_what_is_needed_and_cannot_be_had_is_one_line(machine: Machine) -> None:
    machine.lacks("setpriv", package="util-linux", in_archive=False)
    machine.lacks("bwrap", package="bubblewrap")
    done = machine.install("grade")
    assert done.status == 3 and packages(done.asked) == [["bubblewrap"]]
    assert done.told == [
        "install: bubblewrap",
        "install: needed, and Debian GNU/Linux 12 (bookworm) has no package for setpriv",
    ]


def test_a_wish_stops_nobody_who_may_not_install(machine: Machine) -> None:
    machine.lacks("sim_c", package="similarity-tester")
    machine.ordinary_user()
    done = machine.install("class")
    assert done.status == 0
    assert done.told == [
        "install: left out: the search for code that is alike: "
        "sudo apt-get update && sudo apt-get install -y similarity-tester"
    ]
    assert machine.install("class") == Done(0, "", [], [])


def test_a_wish_stops_nobody_where_there_is_no_apt(machine: Machine) -> None:
    machine.lacks("sim_c", package="similarity-tester")
    (machine.path / "apt-get").unlink()
    (machine.path / "apt-cache").unlink()
    done = machine.install("class")
    assert done.status == 0 and len(done.told) == 1
    assert done.told[0].endswith(": these are packages of Debian: similarity-tester")


def test_what_apt_does_not_have_is_not_asked_of_an_administrator(machine: Machine) -> None:
    machine.lacks("sim_c", package="similarity-tester", in_archive=False)
    machine.lacks("bwrap", package="bubblewrap")
    machine.ordinary_user()
    done = machine.install("class")
    command = "sudo apt-get update && sudo apt-get install -y bubblewrap"
    assert (done.status, done.told) == (3, [f"install: please run: {command}"])


@needs_root
@pytest.mark.parametrize("release", ["ubuntu-24.04", "ubuntu-26.04"])
def test_on_ubuntu_nobody_asks_for_a_browser_that_is_a_snap(release: str, tmp_path: Path) -> None:
    machine = machine_of(tmp_path / "machine", release)
    for package in ("chromium", "chromium-driver", "strace"):
        (machine.folder / "shelf" / package).mkdir()
    done = machine.install("test")
    assert done.status == 0
    assert not {"chromium", "chromium-driver", "chromium-browser"} & set(*packages(done.asked))
    (line,) = [line for line in done.told if "browser" in line]
    assert "google-chrome" in line
    assert machine.install("test") == Done(0, "", [], [])


@needs_root
def test_on_debian_a_browser_is_asked_for_with_its_driver(machine: Machine) -> None:
    for package in ("chromium", "chromium-driver"):
        (machine.folder / "shelf" / package).mkdir()
    (asked,) = packages(machine.install("test").asked)
    assert {"chromium", "chromium-driver"} <= set(asked)
    assert machine.install("test") == Done(0, "", [], [])


# ---- for a student's checks


def test_the_checks_need_a_compiler_make_and_python_alone(machine: Machine) -> None:
    for command in ("valgrind", "bwrap", "setpriv", "git", "sim_c", "apt-get"):
        (machine.path / command).unlink()
    bare = machine.script("python3", 'exec /usr/bin/python3 -S "$@"')
    assert machine.install("check", PYTHON=str(bare)) == Done(0, "", [], [])


def test_without_criterion_the_checks_of_a_segment_alone_are_left_out(machine: Machine) -> None:
    machine.row("criterion | file /usr/include/", "criterion | file /nowhere/")
    machine.ordinary_user()
    done = machine.install("check")
    assert done.status == 0 and done.asked == []
    assert done.told == [
        "install: left out: the public unit tests: "
        "sudo apt-get update && sudo apt-get install -y libcriterion-dev"
    ]
    assert machine.install("check") == Done(0, "", [], [])


def test_another_compiler_will_do_for_the_checks(machine: Machine) -> None:
    (machine.path / "gcc").rename(machine.path / "clang")
    (machine.path / "apt-get").unlink()
    assert machine.install("check", CC="clang").status == 0
    assert machine.install("check").status == 3
