"""`make test`: runs a program of Criterion tests, and ends it if one of its tests hangs.

A child that a test forks and that returns from the test, instead of calling exit, goes on with
Criterion's own code: then both wait for ever, and what Criterion started outlives it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from grader.practice.exercises import Problem

PR_SET_CHILD_SUBREAPER = 36
SECONDS = 30.0
HANGS = (
    "the tests didn't end within {seconds:g} s: one of them hangs, and was stopped. Does each "
    "child that a test forks call exit? One that returns from the test runs on in Criterion's code"
)


def run_tests(words: Sequence[str]) -> int:
    """The exit status of the tests; a Problem if they hang. No process of theirs is left."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    seconds = float(os.environ.get("TEST_SECONDS") or SECONDS)
    with subprocess.Popen(words, stdin=subprocess.DEVNULL) as tests:
        try:
            status = tests.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise Problem(HANGS.format(seconds=seconds)) from None
        finally:
            tests.poll()
            _end_descendants()
    return status if status >= 0 else 128 - status


def _end_descendants() -> None:
    """Kill the children, and theirs, who become children of this process as their parents go."""
    while children := _children():
        for child in children:
            os.kill(child, signal.SIGKILL)
        for child in children:
            try:
                os.waitpid(child, 0)
            except ChildProcessError:
                pass


def _children() -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            parent = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1]
        except OSError:
            continue
        if int(parent) == os.getpid():
            found.append(int(entry.name))
    return found
