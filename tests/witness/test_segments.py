"""The life of each segment, and what is left of the run on the machine."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.witness.observed import program, watch

LIBC = ctypes.CDLL(None, use_errno=True)
IPC_CREAT, IPC_RMID, IPC_PRIVATE = 0o1000, 0, 0


def ids_on_this_machine() -> set[int]:
    table = Path("/proc/sysvipc/shm").read_text(encoding="ascii").splitlines()[1:]
    return {int(line.split()[1]) for line in table}


@pytest.fixture
def segment_of_another() -> Iterator[int]:
    """A segment that the run did not create."""
    identifier = LIBC.shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0o666)
    assert identifier != -1, os.strerror(ctypes.get_errno())
    yield identifier
    LIBC.shmctl(identifier, IPC_RMID, None)


@pytest.mark.parametrize("mode", ["0", "0400", "0200", "0600", "0644"])
def test_the_owner_may_use_a_segment_of_any_mode_where_that_is_asked(mode: str) -> None:
    run = watch(program("segment_mode", mode), "--owner-mode")
    assert run.stdout == "found\n"
    assert run.segment()["mode"] == int(mode, 8) | 0o600
    assert run.call("shmget", created=True)["flags"] == IPC_CREAT | int(mode, 8)


def test_a_mode_is_left_alone_otherwise() -> None:
    assert watch(program("segment_mode", "0400")).segment()["mode"] == 0o400


def test_the_life_of_a_segment() -> None:
    run = watch(program("segment_life", 4711))
    segment = run.segment()
    assert (segment["key"], segment["size"], segment["mode"]) == (4711, 4, 0o600)
    assert (segment["creator"], segment["removed_by"]) == (1, 1)
    assert not segment["left"] and not segment["preexisting"]
    assert segment["created"] < segment["removed"]
    assert run["leftovers"]["segments"] == []


def test_create_and_access_are_told_apart() -> None:
    run = watch(program("segment_life", 4711))
    create, access = run.calls("shmget")
    assert (create["process"], create["created"], create["key"], create["size"]) == (
        1,
        True,
        4711,
        4,
    )
    assert create["flags"] == 0o3600
    assert (access["process"], access["created"], access["size"], access["flags"]) == (
        2,
        False,
        0,
        0,
    )
    assert create["segment"] == access["segment"] == run.segment()["number"]
    assert create["result"] == access["result"] == run.segment()["id"]


def test_attachments_and_detachments_have_process_and_flags() -> None:
    run = watch(program("segment_life"))
    child, parent = run.calls("shmat", ok=True)
    assert (child["process"], child["flags"]) == (2, 0)
    assert (parent["process"], parent["flags"]) == (1, 0o10000)
    gone = run.calls("shmdt", ok=True)
    assert [(each["process"], each["address"]) for each in gone] == [
        (2, child["result"]),
        (1, parent["result"]),
    ]
    assert all(each["segment"] == run.segment()["number"] for each in gone)


def test_failed_calls_have_their_error() -> None:
    run = watch(program("segment_errors"))
    assert [each["error"] for each in run.calls("shmget", ok=False)] == [
        "ENOENT",
        "EEXIST",
        "EINVAL",
    ]
    assert run.call("shmat")["error"] == "EINVAL"
    assert run.call("shmdt")["error"] == "EINVAL"
    assert [(each["command"], each["error"]) for each in run.calls("shmctl")] == [
        ("IPC_RMID", "EINVAL"),
        ("IPC_STAT", None),
        ("IPC_RMID", None),
    ]
    assert len(run["segments"]) == 1


def test_a_segment_that_is_left_is_told_and_removed() -> None:
    before = ids_on_this_machine()
    run = watch(program("segment_left", 0), prefix=())
    segment = run.segment()
    assert segment["left"] and segment["removed"] is None
    assert segment["mode"] == 0o640
    assert run["leftovers"]["segments"] == [segment["number"]]
    assert ids_on_this_machine() == before


def test_a_segment_of_another_stays_untouched(segment_of_another: int) -> None:
    run = watch(program("segment_left", 0), prefix=())
    assert segment_of_another in ids_on_this_machine()
    assert segment_of_another not in [each["id"] for each in run["segments"] if each["creator"]]


def test_the_first_segment_is_not_zero() -> None:
    assert watch(program("segment_first")).stdout != "id: 0\n"


@pytest.mark.parametrize("what", ["semaphore", "queue"])
def test_other_ipc_that_is_left_is_counted(what: str) -> None:
    left = watch(program("leaves", what))["leftovers"]
    assert left["semaphores"] == (what == "semaphore")
    assert left["message_queues"] == (what == "queue")


def test_a_run_that_leaves_nothing_says_so(tmp_path: Path) -> None:
    left = watch(program("segment_life"), cwd=tmp_path)["leftovers"]
    assert left == {
        "segments": [],
        "processes": [],
        "semaphores": 0,
        "message_queues": 0,
        "objects": [],
        "posix_shm": [],
        "posix_queues": [],
        "files": [],
    }


def test_an_untidy_end_leaves_nothing_on_the_machine() -> None:
    run = watch(program("shares_then_fails"), "--linger", 20)
    assert run.process(1)["signal"] == 6
    assert run["leftovers"]["segments"] == [1] and run["leftovers"]["processes"] == [2]
