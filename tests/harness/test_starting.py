"""A process is started as soon as there is room for it, and its want is one clear line."""

import subprocess

import pytest

from grader.sandbox.files import Held
from grader.sandbox.ladder import Search
from grader.sandbox.starting import Full, started

# As a user who may have one process, which runs already (fork(2): root is not bound).
ALONE = """
import os, resource
from grader.sandbox.starting import Full, started
if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid(60_799, 60_799, 60_799)
    os.setresuid(60_799, 60_799, 60_799)
resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
try:
    started(os.fork, patience=0.05)
    print("started")
except Full as full:
    print(full)
"""


def test_no_room_is_waited_for_and_then_said() -> None:
    done = subprocess.run(
        ["/usr/bin/python3", "-c", ALONE], capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        "no further process can be started (the limit is 1): end some of this user's processes,"
        " or raise the limit with ulimit -u\n"
    )


def test_what_finds_room_later_is_started() -> None:
    outcomes: list[int | Exception] = [BlockingIOError(), BlockingIOError(), 4711]

    def start() -> int:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    assert started(start) == 4711


def test_a_full_machine_is_no_reason_for_a_lower_level(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise Full("no room")

    monkeypatch.setattr("grader.sandbox.start", full)
    with pytest.raises(Full):
        Search(None, Held(b"", "witness"))
