"""The levels without namespaces: a guard between the grader and a command, which ends it whole.

The guard is forked from the grader, stays what it is, and becomes the parent of whatever the
command leaves behind. When the command ends, when it is asked to, or when the grader dies, it ends
all processes that are left, removes objects and files, and gives folder and uid back. A guard that
is itself killed leaves that to the next start.
"""

import ctypes
import os
import resource
import select
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from grader.sandbox import state, uids
from grader.sandbox.cgroup import PROCESSES
from grader.sandbox.starting import Full, started

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 36, 38  # prctl(2)
CLONE_NEWNS = 0x20000  # unshare(2)
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 2, 4, 8, 1 << 14, 1 << 18  # mount(2)
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NOT_STARTED = 127
UNCLEAN = 126
PATIENCE = 15.0
PAUSE = 0.002


@dataclass(frozen=True)
class Order:
    """What a guard is to start."""

    command: Sequence[str]
    environment: Mapping[str, str]
    folder: str  # where it starts
    stdin: int
    run_folder: Path
    lease: uids.Lease | None  # None: the command stays the grader's own user
    as_root: bool  # the command takes the uid on by itself
    held: tuple[int, ...]  # descriptors whose locks say that all this is in use
    inherited: tuple[int, ...]  # descriptors that the command gets


class _Asked(BaseException):
    """A signal told the guard to end its command."""


class Guarded:
    """A guard that runs: see job.Running."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self._status: int | None = None
        self._closed = False
        self.out, out = os.pipe()
        self.err, err = os.pipe()
        grader = os.getpid()
        # The guard starts with its signals blocked: none may come before it listens.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            self.pid = started(os.fork)
            if self.pid == 0:
                _guard(order, out, err, grader)
        except Full:
            os.close(self.out)
            os.close(self.err)
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            os.close(out)
            os.close(err)

    def wait(self) -> int:
        if self._status is None:
            _, status = os.waitpid(self.pid, 0)
            self._status = os.waitstatus_to_exitcode(status)
            if self._status < 0:  # the guard was killed: its work is left to do
                _give_back(self.order)
            for descriptor in self.order.held:
                os.close(descriptor)
        return self._status

    def end(self) -> None:
        if self._status is None:
            os.kill(self.pid, signal.SIGTERM)
            self._wait_patiently()
        if not self._closed:
            self._closed = True
            os.close(self.out)
            os.close(self.err)

    def _wait_patiently(self) -> None:
        guard = os.pidfd_open(self.pid)
        try:
            if not select.select([guard], [], [], PATIENCE)[0]:
                os.kill(self.pid, signal.SIGKILL)
        finally:
            os.close(guard)
        self.wait()


def _guard(order: Order, out: int, err: int, grader: int) -> NoReturn:
    status = UNCLEAN
    try:
        for number in SIGNALS:
            signal.signal(number, _ask)
        os.setsid()
        _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        _prctl(PR_SET_CHILD_SUBREAPER, 1)
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            if os.getppid() == grader:
                status = _run(order, out, err)
        except _Asked:
            pass
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        _end_descendants()
        _give_back(order)
    except BaseException:
        status = UNCLEAN
    finally:
        os._exit(status)


def _ask(number: int, frame: object) -> None:
    raise _Asked


def _run(order: Order, out: int, err: int) -> int:
    """Start the command and wait for its end; what was orphaned is reaped beside."""
    guard = os.getpid()
    try:
        command = started(os.fork)
    except Full as full:
        os.write(err, f"{full}\n".encode("ascii"))
        return NOT_STARTED
    if command == 0:
        _become_command(order, out, err, guard)
    os.close(out)
    os.close(err)
    while True:
        pid, status = os.wait()
        if pid == command:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _become_command(order: Order, out: int, err: int, guard: int) -> NoReturn:
    try:
        os.setsid()
        for source, target in ((order.stdin, 0), (out, 1), (err, 2)):
            os.dup2(source, target)
        _close_all_but(order.inherited)
        for number in range(1, signal.NSIG):
            with suppress(OSError, ValueError):
                signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.umask(0o022)
        limits = {resource.RLIMIT_CORE: 0, resource.RLIMIT_MSGQUEUE: 0, resource.RLIMIT_RTPRIO: 0}
        if order.lease:
            limits[resource.RLIMIT_NPROC] = PROCESSES  # of this uid, where no cgroup is
        for limit, value in limits.items():
            most = _granted(limit, value)
            resource.setrlimit(limit, (most, most))
        if order.lease:
            os.setgroups([0])  # whom hidepid does not concern, also while it has another uid
            _hide_others()
            if not order.as_root:
                uids.become(order.lease.uid)
        _prctl(PR_SET_NO_NEW_PRIVS, 1)
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # after the change of uid, which takes it back
        os.chdir(order.folder)
        if os.getppid() == guard:
            os.execve(order.command[0], list(order.command), dict(order.environment))
    except BaseException as error:
        os.write(2, f"cannot start {order.command[0]}: {error}\n".encode("utf-8", "replace"))
    finally:
        os._exit(NOT_STARTED)


def _hide_others() -> None:
    """Where this root may mount: a /proc that shows a user nothing of another's processes, for what
    is started from here. Elsewhere names and arguments of processes are seen, as ps(1) shows them.
    """
    if _unshare(CLONE_NEWNS) == 0 and _mount(None, b"/", None, MS_REC | MS_PRIVATE, None) == 0:
        _mount(b"proc", b"/proc", b"proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, b"hidepid=2")


def _granted(limit: int, value: int) -> int:
    """The value, or what the system grants where that is less: not each root may raise it."""
    hard = resource.getrlimit(limit)[1]
    return value if hard == resource.RLIM_INFINITY else min(value, hard)


def _close_all_but(kept: Sequence[int]) -> None:
    first = 3
    for descriptor in sorted(kept):
        os.set_inheritable(descriptor, True)
        os.closerange(first, descriptor)
        first = descriptor + 1
    os.closerange(first, 1 << 20)


def _give_back(order: Order) -> None:
    """End what a uid of its own still runs, and give back what the command was lent."""
    if order.lease:
        uids.end_all_of(order.lease.uid)
    state.remove_run_folder(order.run_folder)
    if order.lease:
        uids.release(order.lease)


def _end_descendants() -> None:
    """Kill what descends from this process, as often as something is found: what loses its parent
    becomes a child of the guard.
    """
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = _descendants(os.getpid())
        for pid in found:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        _reap()
        if not found:
            return
        time.sleep(PAUSE)


def _reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _descendants(top: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with suppress(OSError, IndexError, ValueError):
                said = Path("/proc", entry, "stat").read_text(encoding="ascii", errors="replace")
                parent = int(said.rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry))
    found: list[int] = []
    below = [top]
    while below:
        inner = children.get(below.pop(), [])
        found += inner
        below += inner
    return found


_LIBC = ctypes.CDLL(None)
_prctl: Callable[..., int] = _LIBC.prctl
_unshare: Callable[[int], int] = _LIBC.unshare


def _mount(
    source: bytes | None, target: bytes, kind: bytes | None, flags: int, data: bytes | None
) -> int:
    return int(_LIBC.mount(source, target, kind, ctypes.c_ulong(flags), data))
