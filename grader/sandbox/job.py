"""A command that runs in a sandbox: what it writes is read until it ends, or is ended."""

import os
import selectors
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

from grader.sandbox import cgroup
from grader.sandbox.ipc import Segment

READ_SIZE = 65536


class Unavailable(Exception):
    """This machine cannot grade: one line that says what is missing and what mends it."""


@dataclass(frozen=True)
class Ended:
    """How a job ended and what it wrote."""

    status: int  # as subprocess tells it: negative for a signal
    out: bytes
    err: bytes
    late: bool  # ended by the deadline
    flooded: bool  # ended because it wrote more than was allowed


class Running(Protocol):
    """A sandbox that was started."""

    out: int  # descriptors to read from
    err: int

    def wait(self) -> int:
        """The status, once it has ended."""

    def end(self) -> None:
        """Kill all of it, and take its descriptors back; nothing happens a second time."""


# The sandboxes of this process that may still run: an interruption can come before a caller knows
# of the one that it started.
_RUNNING: set["Job"] = set()


def end_all() -> None:
    """End all sandboxes that this process started."""
    for job in list(_RUNNING):
        job.kill()
    cgroup.remove_all()


class Job:
    """A sandbox, running or about to. `finish` waits for it; leaving a `with` block ends it."""

    def __init__(
        self,
        begin: Callable[["Job"], None],
        deadline: float,
        out_limit: int,
        err_limit: int,
        at_once: bool = True,
    ) -> None:
        self.running: Running | None = None  # set by `begin`, where no interruption can come
        self.group: cgroup.Group | None = None  # what bounds its programs in sum
        self.met: tuple[Segment, ...] = ()  # what others had on the machine when it began
        self._begin_with = begin
        self._seconds = deadline
        self._deadline = 0.0
        self._limits = {"out": out_limit, "err": err_limit}
        self._ended: Ended | None = None
        _RUNNING.add(self)
        if at_once:
            self._begin()

    def _begin(self) -> Running:
        try:
            self._begin_with(self)
        except BaseException:
            self.kill()
            raise
        assert self.running is not None
        self._deadline = time.monotonic() + self._seconds
        return self.running

    def finish(self) -> Ended:
        """Read what the job writes until it ends, or end it at its deadline or at its output
        limit.
        """
        if self._ended is None:
            try:
                self._ended = self._read_to_end(self.running or self._begin())
            finally:
                self.kill()
        return self._ended

    def _read_to_end(self, running: Running) -> Ended:
        kept: dict[str, list[bytes]] = {"out": [], "err": []}
        left = dict(self._limits)
        late = flooded = False
        with selectors.DefaultSelector() as selector:
            selector.register(running.out, selectors.EVENT_READ, "out")
            selector.register(running.err, selectors.EVENT_READ, "err")
            while selector.get_map() and not (late or flooded):
                ready = selector.select(max(0.0, self._deadline - time.monotonic()))
                late = not ready
                for key, _ in ready:
                    data = os.read(key.fd, READ_SIZE)
                    if not data:
                        selector.unregister(key.fileobj)
                    kept[key.data].append(data[: left[key.data]])
                    left[key.data] -= len(data)
                    flooded = flooded or left[key.data] < 0
        if late or flooded:
            running.end()
        status = running.wait()
        return Ended(status, b"".join(kept["out"]), b"".join(kept["err"]), late, flooded)

    def kill(self) -> None:
        """End the sandbox and all in it; nothing happens where it has ended."""
        if self.running is not None:
            self.running.end()
        if self.group is not None:
            cgroup.give_back(self.group)
            self.group = None
        _RUNNING.discard(self)

    def __enter__(self) -> "Job":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
