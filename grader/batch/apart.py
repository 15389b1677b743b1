"""Runs a piece of work in a process of its own, within a budget: where it comes to grief, that
process alone does. What students wrote is read like this, one submission at a time.
"""

import ctypes
import os
import resource
import select
import signal
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from grader.base import signals, trouble
from grader.base.check import Fault
from grader.base.text import visible
from grader.batch.imports.files import Unreadable
from grader.grading.intake import BadInput
from grader.sandbox.job import Unavailable
from grader.sandbox.starting import Full, started

PR_SET_PDEATHSIG = 1  # prctl(2)
READ_SIZE = 1 << 16
MEGABYTE = 1024 * 1024
HEAD = struct.Struct(">cQ")  # of an answer: its kind, and how long it is
DONE, CANNOT = b"=", b"!"
# What is answered where there is no memory left to put a sentence together.
NO_MEMORY, TOO_DEEP = b"memory", b"depth"
OUT_OF_MEMORY = HEAD.pack(CANNOT, len(NO_MEMORY)) + NO_MEMORY
REASON_LENGTH = 4000


@dataclass(frozen=True)
class Budget:
    """What all of the work may use."""

    seconds: float
    memory: int  # bytes, beyond what the process has when it begins
    answer: int = 64 * MEGABYTE  # bytes that it may hand over
    file: int = 4 * MEGABYTE  # bytes of a file that it may write


class Failed(Exception):
    """The work was not done: why, in a sentence that names no process."""


def apart(work: Callable[[], bytes], budget: Budget, what: str) -> bytes:
    """What `work` returns; raises Failed, whatever happens in it. `what` is the work in a sentence:
    "reading it".
    """
    reader, writer = os.pipe()
    parent = os.getpid()
    # With its signals blocked, the process cannot take one for its parent's before it listens.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals.SIGNALS)
    try:
        pid = started(os.fork)
        if pid == 0:
            _work(work, budget, writer, parent)
    except Full:
        os.close(reader)
        raise
    finally:
        os.close(writer)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    status = 0
    try:
        said = _heard(reader, budget, what)
    finally:
        status = _ended(pid)
        os.close(reader)
    return _answer(said, status, budget, what)


def _heard(reader: int, budget: Budget, what: str) -> bytes:
    """All that is answered until the process has gone."""
    end = time.monotonic() + budget.seconds
    parts: list[bytes] = []
    left = budget.answer + HEAD.size
    while select.select([reader], [], [], max(0.0, end - time.monotonic()))[0]:
        data = os.read(reader, READ_SIZE)
        if not data:
            return b"".join(parts)
        left -= len(data)
        if left < 0:
            raise Failed(f"{what} gives more than {budget.answer // MEGABYTE} MB")
        parts.append(data)
    raise Failed(f"{what} takes more than {budget.seconds:.0f} s")


def _ended(pid: int) -> int:
    """End the process with all that it started, and say how it ended."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)  # before it made a group of its own
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _answer(said: bytes, status: int, budget: Budget, what: str) -> bytes:
    kind, length = HEAD.unpack_from(said) if len(said) >= HEAD.size else (b"", 0)
    words = said[HEAD.size :]
    if len(words) != length or kind not in (DONE, CANNOT):  # none, or cut off
        how = f"signal {-status}" if status < 0 else f"status {status}"
        raise Failed(f"{what} ended its process ({how})")
    if kind == DONE:
        return words
    if words == NO_MEMORY:
        raise Failed(f"{what} takes more than {budget.memory // MEGABYTE} MB of memory")
    if words == TOO_DEEP:
        raise Failed(f"{what} meets something that is nested too deeply")
    raise Failed(words[:REASON_LENGTH].decode("utf-8", "replace"))


# ---- in the process of its own


def _work(work: Callable[[], bytes], budget: Budget, writer: int, parent: int) -> NoReturn:
    try:
        os.setpgid(0, 0)
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        for number in signals.SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signals.SIGNALS)
        if os.getppid() == parent:
            _be_silent()
            _bound(budget)
            try:
                _answer_all(writer, *_said(work))
            except MemoryError:  # also where an answer is put together
                os.write(writer, OUT_OF_MEMORY)
    finally:
        os._exit(0)


def _answer_all(writer: int, kind: bytes, words: bytes) -> None:
    for part in (HEAD.pack(kind, len(words)), words):
        left = memoryview(part)
        while left:
            left = left[os.write(writer, left) :]


def _said(work: Callable[[], bytes]) -> tuple[bytes, bytes]:
    """The answer; nothing that `work` meets leaves this process."""
    try:
        return DONE, work()
    except MemoryError:
        return CANNOT, NO_MEMORY
    except RecursionError:
        return CANNOT, TOO_DEEP
    except (Failed, Unreadable, BadInput, Unavailable, Fault) as problem:
        return CANNOT, visible(str(problem)).encode()
    except Exception as error:
        return CANNOT, visible(f"internal error: {trouble.told(error)}").encode()


def _be_silent() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1) if trouble.is_shown() else (0, 1, 2):
        os.dup2(null, descriptor)


def _bound(budget: Budget) -> None:
    """Limits that hold also for what the process starts, like git."""
    has = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    bounds = {
        resource.RLIMIT_AS: has * resource.getpagesize() + budget.memory,
        resource.RLIMIT_CPU: int(budget.seconds) + 1,
        resource.RLIMIT_FSIZE: budget.file,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in bounds.items():
        hard = resource.getrlimit(limit)[1]
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (most, most))
