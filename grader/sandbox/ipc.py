"""System V objects of the machine: whose they are, and the removal of those of one user."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

IPC_RMID = 0
TABLES = Path("/proc/sysvipc")  # proc(5)


@dataclass(frozen=True)
class Segment:
    """A shared memory segment as /proc/sysvipc/shm lists it."""

    key: int
    id: int
    uid: int
    creator: int  # a pid


def segments() -> tuple[Segment, ...]:
    """All segments of this IPC namespace."""
    return tuple(
        Segment(int(row["key"]), int(row["shmid"]), int(row["uid"]), int(row["cpid"]))
        for row in _rows("shm")
    )


def remove_all_of(uid: int) -> None:
    """Remove all segments, semaphores and queues that this user made; called as that user."""
    libc = ctypes.CDLL(None)
    for row in _rows("shm"):
        if uid in (int(row["uid"]), int(row["cuid"])):
            libc.shmctl(int(row["shmid"]), IPC_RMID, None)
    for row in _rows("sem"):
        if uid in (int(row["uid"]), int(row["cuid"])):
            libc.semctl(int(row["semid"]), 0, IPC_RMID, None)
    for row in _rows("msg"):
        if uid in (int(row["uid"]), int(row["cuid"])):
            libc.msgctl(int(row["msqid"]), IPC_RMID, None)


def is_left_by(uid: int) -> bool:
    """Does an object exist that this user made?"""
    return any(
        uid in (int(row["uid"]), int(row["cuid"]))
        for table in ("shm", "sem", "msg")
        for row in _rows(table)
    )


def _rows(table: str) -> Iterator[dict[str, str]]:
    """The lines of a table, each by the names in its first line; none without System V IPC."""
    try:
        lines = (TABLES / table).read_text(encoding="ascii").splitlines()
    except OSError:
        return
    names = lines[0].split() if lines else []
    for line in lines[1:]:
        yield dict(zip(names, line.split()))
