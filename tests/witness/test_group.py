"""A command begins in the cgroup that the caller made, and what the kernel ends there for want of
memory is the verdict. Files stand for the kernel's: any that can be written takes a process in.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.witness.observed import PATIENCE, WITNESS, Observed

ENDS_ITSELF = "kill -KILL $$"


class Files:
    """What a caller with a group hands down."""

    def __init__(self, folder: Path, kills: str) -> None:
        self.entered = [folder / "memory", folder / "pids"]
        self.kills = folder / "kills"
        self.kills.write_text(kills, "ascii")
        self.descriptors = [os.open(path, os.O_WRONLY | os.O_CREAT) for path in self.entered]
        self.descriptors.append(os.open(self.kills, os.O_RDONLY))

    def watch(self, script: str, *options: str) -> Observed:
        done = run_with(":".join(map(str, self.descriptors)), script, self.descriptors, *options)
        assert done.returncode == 0, done.stderr
        return Observed(json.loads(done.stdout))

    def close(self) -> None:
        for descriptor in self.descriptors:
            os.close(descriptor)


def run_with(
    said: str, script: str, descriptors: list[int], *options: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [WITNESS, *options, "--", "/bin/sh", "-c", script],
        env={"PATH": "/usr/bin:/bin", "WITNESS_CGROUP": said},
        pass_fds=descriptors,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


@pytest.fixture(params=["oom_kill_disable 0\nunder_oom 0\noom_kill 3\n", "low 0\noom_kill 3\n"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> "Files":
    """As version 1 writes it, and as version 2 does."""
    made = Files(tmp_path, request.param)
    request.addfinalizer(made.close)
    return made


def test_the_command_enters_each_hierarchy_once(files: Files) -> None:
    run = files.watch("(:); exit 0")
    assert run["verdict"] == "ended" and len(run.processes) == 2
    assert [path.read_text("ascii") for path in files.entered] == ["0", "0"]


def test_the_command_sees_nothing_of_it(files: Files) -> None:
    assert "CGROUP" not in files.watch("env").stdout
    assert set(files.watch("ls /proc/self/fd").stdout.split()) <= {"0", "1", "2", "3"}


def test_what_the_kernel_ended_for_want_of_memory_ends_the_run(files: Files) -> None:
    """The end comes before the count: whenever witness looks, it finds one who ended by itself."""
    counts, fifo = f"echo oom_kill 4 >{files.kills}", files.kills.with_name("fifo")
    os.mkfifo(fifo)  # nobody writes to it: who opens it waits for good
    run = files.watch(f"cat {fifo} & sh -c '{ENDS_ITSELF}'; {counts}; exec cat {fifo}")
    assert run["verdict"] == "memory" and "together" in run["detail"]
    assert sorted(each["end"] for each in run.processes) == ["killed", "killed", "signal"]


def test_who_was_the_last_to_be_ended_for_want_of_memory_is_no_end_of_its_own(files: Files) -> None:
    run = files.watch(f"echo oom_kill 4 >{files.kills}; {ENDS_ITSELF}")
    assert run["verdict"] == "memory"


def test_another_kill_is_none_of_memory(files: Files) -> None:
    assert files.watch(ENDS_ITSELF)["verdict"] == "ended"


def test_a_group_that_cannot_be_entered_is_a_fault(files: Files) -> None:
    """No facts: the command did not begin, and the line on stderr says why."""
    cannot_be_written = files.descriptors[2]
    os.dup2(cannot_be_written, files.descriptors[1])
    done = run_with(":".join(map(str, files.descriptors)), "exit 0", files.descriptors)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == "witness: cannot enter the cgroup of '/bin/sh': Bad file descriptor\n"


@pytest.mark.parametrize("said", ["", "x", "1", "1:x", "1:2:", "77:1", "1:1:1:1", "-1:1"])
def test_what_is_no_group_is_refused(said: str) -> None:
    done = run_with(said, "exit 0", [])
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("witness: WITNESS_CGROUP: ") and done.stderr.count("\n") == 1
