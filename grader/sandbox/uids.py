"""The level `user`: an unprivileged uid for each run, and the end of all that it left."""

import os
import pwd
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.sandbox import ipc, state, trees
from grader.sandbox.job import Unavailable
from grader.sandbox.namespaces import is_mapped
from grader.sandbox.starting import started

COUNT = 64
FIRST = 910_000_000
WORLDS = 100_000
# What systemd documents as unused, for containers that map 65,536 users only.
FIRST_IN_CONTAINER = 60_800
IN_USE = b"in use\n"
PATIENCE = 10.0
PAUSE = 0.002
PUBLIC_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock", "/run/shm")


@dataclass(frozen=True)
class Lease:
    """A uid that nobody else uses while the descriptor is open."""

    uid: int
    descriptor: int


@cache
def first_uid() -> int:
    for first in (FIRST + _world() * COUNT, FIRST_IN_CONTAINER):
        if is_mapped(first) and is_mapped(first + COUNT - 1):
            return first
    raise Unavailable("this container has no unprivileged users for the runs (user namespace map)")


def _world() -> int:
    """A number for this PID namespace: containers that share the host's users keep apart by it, as
    they do not see each other's locks.
    """
    return os.stat("/proc/self/ns/pid").st_ino % WORLDS


def lease() -> Lease:
    """A uid without any process, object or file; what a SIGKILL left under it is ended first."""
    marks = state.marks()
    for number in range(COUNT):
        uid = first_uid() + number
        descriptor = os.open(marks / str(number), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if state.try_lock(descriptor) and _is_free(uid, descriptor):
            os.pwrite(descriptor, IN_USE, 0)
            return Lease(uid, descriptor)
        os.close(descriptor)
    raise Unavailable(f"all {COUNT} uids for runs are in use")


def release(given: Lease) -> None:
    """Give the uid back, where nothing of it is left."""
    os.ftruncate(given.descriptor, 0)


def _is_free(uid: int, descriptor: int) -> bool:
    if os.pread(descriptor, len(IN_USE), 0) == IN_USE:
        end_all_of(uid)
        return True
    with suppress(KeyError):
        pwd.getpwuid(uid)
        return False
    return not any(processes_of(uid))


def sweep() -> None:
    """End what killed graders left under uids that nobody holds any more."""
    marks = state.marks()
    for mark in list(marks.iterdir()):
        descriptor = os.open(mark, os.O_RDWR | os.O_CLOEXEC)
        try:
            if state.try_lock(descriptor) and os.pread(descriptor, len(IN_USE), 0) == IN_USE:
                end_all_of(first_uid() + int(mark.name))
                os.ftruncate(descriptor, 0)
        finally:
            os.close(descriptor)


def processes_of(uid: int) -> Iterator[int]:
    """The processes that run under this uid, also a witness that took it on for a while; one that
    has ended and waits to be reaped runs not.
    """
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            status = Path("/proc", entry, "status").read_text(encoding="ascii", errors="replace")
        except OSError:
            continue
        fields = dict(line.partition(":")[::2] for line in status.splitlines())
        if str(uid) in fields.get("Uid", "").split() and fields.get("State", "").strip()[:1] != "Z":
            yield int(entry)


def end_all_of(uid: int) -> None:
    """Kill every process of this uid, then remove its System V objects and its files."""
    end = time.monotonic() + PATIENCE
    while pids := list(processes_of(uid)):
        _as_user(uid, kill=True)
        for pid in pids:  # a witness, which that user cannot reach
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > end:
            raise Unavailable(f"processes of uid {uid} cannot be ended")
        time.sleep(PAUSE)
    if ipc.is_left_by(uid):
        _as_user(uid, kill=False)
    _remove_files(uid)


def _as_user(uid: int, kill: bool) -> None:
    """As this user, so that kill(-1) reaches its processes alone, all of them at one moment."""
    pid = started(os.fork)
    if pid == 0:
        try:
            become(uid)
            if kill:
                os.kill(-1, signal.SIGKILL)
            else:
                ipc.remove_all_of(uid)
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def become(uid: int) -> None:
    """Be this unprivileged user and nobody else, for good."""
    if not first_uid() <= uid < first_uid() + COUNT:
        raise ValueError(f"{uid} is no uid of a run")
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if os.getresuid() != (uid, uid, uid):
        raise PermissionError("the uid was not changed")


def _remove_files(uid: int) -> None:
    """What this uid left in the folders that everybody may write."""
    for public in PUBLIC_FOLDERS:
        try:
            above = os.open(public, trees.FOLDER)
        except OSError:
            continue
        try:
            with os.scandir(above) as entries:
                names = [entry.name for entry in entries if _owner(entry) == uid]
            for name in names:
                trees.remove_entry(above, name)
        finally:
            os.close(above)


def _owner(entry: "os.DirEntry[str]") -> int:
    try:
        return entry.stat(follow_symlinks=False).st_uid
    except OSError:
        return -1
