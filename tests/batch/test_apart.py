"""A process of its own for a piece of work: what comes out, and that nothing else does."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.batch.apart import MEGABYTE, Budget, Failed, apart

SMALL = Budget(seconds=5, memory=64 * MEGABYTE, answer=MEGABYTE, file=MEGABYTE)


def doing(work: Callable[[], object]) -> Callable[[], bytes]:
    def done() -> bytes:
        work()
        return b"done"

    return done


def recurse() -> None:
    recurse()


def test_what_the_work_returns_comes_back() -> None:
    assert apart(lambda: b"\0=!" * 1000, SMALL, "it") == b"\0=!" * 1000
    assert apart(lambda: b"", SMALL, "it") == b""


@pytest.mark.parametrize(
    ("work", "why"),
    [
        (doing(lambda: bytes(80 * MEGABYTE)), "it takes more than 64 MB of memory"),
        (doing(lambda: [bytes(MEGABYTE) for _ in range(1000)]), "more than 64 MB of memory"),
        (doing(recurse), "nested too deeply"),
        (lambda: bytes(2 * MEGABYTE), "it gives more than 1 MB"),
        (doing(lambda: 1 / 0), "internal error: ZeroDivisionError"),
        (doing(lambda: os._exit(0)), "it ended its process"),
        (doing(lambda: os.kill(os.getpid(), signal.SIGKILL)), r"ended its process \(signal 9\)"),
    ],
    ids=["memory", "memory bit by bit", "depth", "answer", "error", "exit", "killed"],
)
def test_what_the_work_meets_is_told_in_a_sentence(work: Callable[[], bytes], why: str) -> None:
    with pytest.raises(Failed, match=why):
        apart(work, SMALL, "it")


def test_work_that_never_ends_is_ended_with_what_it_started() -> None:
    reader, writer = os.pipe()

    def work() -> bytes:
        subprocess.Popen(["sleep", "1000"], stdout=writer, pass_fds=[writer])
        time.sleep(1000)
        return b""

    with pytest.raises(Failed, match="it takes more than 1 s"):
        apart(work, Budget(seconds=1, memory=64 * MEGABYTE), "it")
    os.close(writer)
    assert os.read(reader, 1) == b"", "sleep still runs"
    os.close(reader)


def test_a_large_file_is_not_written(tmp_path: Path) -> None:
    def work() -> bytes:
        (tmp_path / "large").write_bytes(bytes(2 * MEGABYTE))
        return b""

    with pytest.raises(Failed):
        apart(work, SMALL, "it")


def test_no_descriptor_and_no_process_is_left() -> None:
    before = os.listdir("/proc/self/fd")
    for work in (lambda: b"x", doing(recurse)):
        try:
            apart(work, SMALL, "it")
        except Failed:
            pass
    assert os.listdir("/proc/self/fd") == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
