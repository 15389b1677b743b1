"""The real commands on a machine that grants too little: no point is lost to it."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.harness.conftest import KIT, copy_sources
from tests.patience import patient

UID = 620_000_000 + os.getpid()  # nobody else's: the kernel counts the processes of a user
WHO = ["setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups"]
for_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
# In an IPC namespace of its own root may change the settings for segments.
SET = 'echo "$2" > /proc/sys/kernel/$1; shift 2; exec "$@"'
# Another's segment, as large as is asked; whoever made it has ended.
FILL = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
libc.shmget.argtypes = [ctypes.c_int, ctypes.c_size_t, ctypes.c_int]
assert libc.shmget(0, int(sys.argv[1]), 0o1600) != -1
os.execv(sys.argv[2], sys.argv[2:])
"""


@pytest.fixture(scope="module")
def kit() -> Iterator[Path]:
    """A copy of the kit that every user may read, wherever this one lies."""
    with tempfile.TemporaryDirectory(prefix="kit-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("grader", "solution", "starter", "assignment"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(KIT / part, folder / part, ignore=ignored)
        (folder / "build").mkdir()
        shutil.copy(KIT / "build" / "witness", folder / "build" / "witness")
        yield folder


class Home:
    """A folder of the user that a test is."""

    def __init__(self, folder: Path, kit: Path) -> None:
        self.folder = folder
        self.kit = kit
        folder.chmod(0o755)

    def own(self) -> None:
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, UID, UID)

    def grade(self, before: Sequence[str], *options: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.kit / "grader" / "grade"), str(self.folder / "submission")]
        results = ["--jobs", "1", "--out", str(self.folder / "results")]
        return called([*before, *command, *results, *options], self.folder)

    @property
    def exercise(self) -> dict[str, Any]:
        report = (self.folder / "results" / "report.json").read_text("utf-8")
        (exercise,) = json.loads(report)["exercises"]
        assert isinstance(exercise, dict)
        return exercise


@pytest.fixture
def home(kit: Path) -> Iterator[Home]:
    with tempfile.TemporaryDirectory(prefix="home-") as name:
        home = Home(Path(name), kit)
        copy_sources("solution", home.folder / "submission")
        home.own()
        yield home


def called(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(folder), "LANG": "C.UTF-8"}
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=folder,
        timeout=patient(240),
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


def bounded(*limits: str) -> list[str]:
    """In front of a command: an ordinary user with these limits."""
    return [*(WHO if os.geteuid() == 0 else []), "prlimit", *limits]


@contextmanager
def busy(count: int) -> Iterator[None]:
    """Other processes of this user."""
    others = [subprocess.Popen([*WHO, "sleep", "600"]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


@pytest.mark.parametrize(
    "limit, said",
    [
        ("--nproc=40", "may have 40 processes at a time, and a run needs 110: raise the hard"),
        ("--nofile=40", "may have 40 open files, and a run needs 64: raise the hard"),
        ("--fsize=2097152", "may have 2048 KB in a file, and a run needs 16384: raise the hard"),
        ("--as=1000000000", "may have 976562 KB of address space, and a run needs 2097152: raise"),
        ("--data=200000000", "may have 195312 KB of memory, and a run needs 262144: raise the"),
    ],
)
def test_a_hard_limit_below_what_a_run_needs_is_told_before(
    limit: str, said: str, home: Home
) -> None:
    done = home.grade(bounded(limit), "--exercise", "6")
    assert done.returncode == 3 and not done.stdout
    assert said in done.stderr and done.stderr.count("\n") == 1


def test_doctor_says_what_grade_would_say(home: Home) -> None:
    doctor = called([*bounded("--nproc=40"), str(home.kit / "grader" / "doctor")], home.folder)
    assert doctor.returncode == 3
    assert "this user may have 40 processes at a time, and a run needs 110" in doctor.stdout
    assert "This machine cannot grade yet" in doctor.stdout


def test_a_soft_limit_costs_nothing(home: Home) -> None:
    done = home.grade(bounded("--nproc=40:4000", "--nofile=30:4000"), "--exercise", "6")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "15 / 15" in done.stdout


@for_root
def test_a_fork_that_the_machine_refuses_costs_no_point(home: Home) -> None:
    """Others of the user leave no room for 64 children."""
    with busy(90):
        done = home.grade(bounded("--nproc=130"), "--exercise", "6")
    assert done.returncode == 3
    assert done.stderr.startswith("grade: not graded: 6-tally: fork failed (EAGAIN) for want of")
    assert "raise ulimit -u (130 now)" in done.stderr and done.stderr.count("\n") == 1
    assert home.exercise["score"] is None
    faulty = [test for test in home.exercise["tests"] if test["fault"]]
    assert faulty and all(
        test["verdict"] == "not-reached" and test["points"] is None for test in faulty
    )
    assert not [test for test in home.exercise["tests"] if test["verdict"] == "failed"]


def with_setting(name: str, value: int) -> list[str]:
    """In front of a command: a machine with this setting, and no segment yet."""
    return ["unshare", "--ipc", "sh", "-c", SET, "sh", name, str(value)]


@for_root
@pytest.mark.parametrize("exercise", ["2", "3", "4"])
def test_a_segment_that_the_machine_refuses_costs_no_point(exercise: str, home: Home) -> None:
    pages = (64 << 20) // resource.getpagesize()
    full = [*with_setting("shmall", pages), "/usr/bin/python3", "-c", FILL, str(64 << 20)]
    full += ["/usr/bin/setpriv", *WHO[1:]]
    done = home.grade(full, "--exercise", exercise, "--isolation", "plain")
    assert done.returncode == 3, done.stdout
    assert "shmget failed (ENOSPC) for want of segments" in done.stderr
    assert f"kernel.shmall ({pages} now)" in done.stderr and done.stderr.count("\n") == 1
    assert home.exercise["score"] is None
    assert not [test for test in home.exercise["tests"] if test["verdict"] == "failed"]


@for_root
@pytest.mark.parametrize("level", ["user", "plain"])
def test_settings_for_segments_below_what_a_run_needs_are_told_before(
    level: str, home: Home
) -> None:
    who = ["/usr/bin/setpriv", *WHO[1:]] if level == "plain" else []
    done = home.grade([*with_setting("shmmni", 1), *who], "--exercise", "2", "--isolation", level)
    assert done.returncode == 3 and not done.stdout
    assert "kernel.shmmni is 1, and a run needs 500: sysctl -w kernel.shmmni=500" in done.stderr


@for_root
def test_a_students_check_names_the_machines_limit(home: Home) -> None:
    """In place of a check that fails."""
    place = home.folder / "work"
    shutil.copytree(KIT / "starter", place)
    copy_sources("solution", place)
    home.own()
    check = [str(home.kit / "grader" / "student"), "check", "6"]
    right = called([*bounded("--nproc=60"), *check], place)
    assert right.returncode == 0, right.stdout + right.stderr
    none = called([*bounded("--nproc=2"), *check], place)
    assert none.returncode == 3 and "does not compile" not in none.stdout
    assert "could not start another process: raise ulimit -u (2 now)" in said_in(none.stdout)
    few = called([*bounded("--nproc=5"), *check], place)
    assert few.returncode == 3 and "could not be checked" in few.stdout
    said = said_in(few.stdout)
    assert "fork failed (EAGAIN) for want of processes" in said
    assert "raise ulimit -u (5 now)" in said and "✗" not in few.stdout


def said_in(text: str) -> str:
    """In one line."""
    return " ".join(text.split())
