"""A machine that is entered for real, with a root of five programs: nothing of it is left."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.machines.machine import KIT, NAMESPACES
from tests.patience import patient

PROGRAMS = ("sh", "env", "cat", "sleep", "umount")
FOLDERS = ("dev", "proc", "sys", "run", "tmp", "srv", "var/cache/apt/archives")
PATIENCE = patient(60)
DRIVER = """
import signal
import sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job inherits it as ignored
from tests.machines import machine
from tests.machines.table import Machine
live, build = map(Path, sys.argv[1:])
sys.exit(machine._enter(live, Machine("none", "root"), build, ["a", "b"], True))
"""


def may_make_namespaces() -> bool:
    words = ["unshare", *NAMESPACES, "--fork", "true"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("unshare") is None or not may_make_namespaces(),
    reason="only root, outside of a closed container, can make a machine",
)


@pytest.fixture(name="live")
def live_fixture(tmp_path: Path) -> Path:
    """A root with a shell, and what these programs are linked with."""
    root = tmp_path / "live"
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True)
    for name in PROGRAMS:
        program = Path(shutil.which(name) or "").resolve()
        told = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        for library in re.findall(r"(/\S+) \(0x", told):
            target = root / library.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, target)
        (root / "usr/bin").mkdir(parents=True, exist_ok=True)
        shutil.copy(program, root / "usr/bin" / name)
    (root / "bin").symlink_to("usr/bin")
    return root


def inside(live: Path, script: str) -> None:
    (live / "srv/inside").write_text("#!/bin/sh\n" + script)
    (live / "srv/inside").chmod(0o755)


def start(live: Path) -> subprocess.Popen[bytes]:
    build = live.parent / "build"
    return subprocess.Popen([sys.executable, "-B", "-c", DRIVER, live, build], cwd=KIT)


def test_a_machine_is_a_world_of_its_own(live: Path) -> None:
    inside(
        live,
        'echo "$$ $# $* $WHOLE" >/srv/told; cat /proc/self/mounts >/srv/mounts; '
        "cat /proc/sys/kernel/hostname >/srv/name; : >/dev/null && : >/dev/shm/x && exit 7",
    )
    assert start(live).wait(PATIENCE) == 7
    assert (live / "srv/told").read_text() == "1 3 root a b 1\n"
    assert (live / "srv/name").read_text() == "machine\n"
    mounts = [line.split()[1:4] for line in (live / "srv/mounts").read_text().splitlines()]
    seen = {where: (kind, options) for where, kind, options in mounts}
    assert seen["/sys"][0] == "sysfs" and seen["/sys"][1].startswith("ro,")
    assert {"/", "/proc", "/dev", "/dev/pts", "/dev/shm", "/run", "/tmp"} <= set(seen)
    assert str(live) not in Path("/proc/self/mounts").read_text()


@pytest.fixture(name="running")
def running_fixture(live: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A machine at work, and a descriptor of its first process."""
    os.mkfifo(live / "srv/ready")
    inside(live, "sleep 1000 & echo ready >/srv/ready; sleep 1000")
    driver = start(live)
    try:
        # Opened for both, so that a machine that never comes up keeps nobody waiting.
        ready = os.open(live / "srv/ready", os.O_RDWR)
        assert select.select([ready], [], [], PATIENCE)[0]
        first = descendants(driver.pid)[1]
        yield driver, os.pidfd_open(first)
    finally:
        driver.kill()
        driver.wait()


def descendants(pid: int) -> list[int]:
    """Child, grandchild: the one that waits for the machine, and the machine's first process."""
    found = []
    for _ in range(2):
        pid = int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
        found.append(pid)
    return found


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_machine_ends_with_who_made_it(
    number: signal.Signals, running: tuple[subprocess.Popen[bytes], int], live: Path
) -> None:
    driver, first = running
    assert not select.select([first], [], [], 0)[0]
    driver.send_signal(number)
    assert driver.wait(PATIENCE) != 0
    assert select.select([first], [], [], PATIENCE)[0], "its first process still runs"
    assert str(live) not in Path("/proc/self/mounts").read_text()
    shutil.rmtree(live)
