"""Starts processes on a machine that may be full for a moment: a fork bomb beside ends soon."""

import resource
import time
from collections.abc import Callable
from typing import TypeVar

from grader.sandbox.job import Unavailable

PATIENCE = 10.0
PAUSE = 0.01

_Started = TypeVar("_Started")


class Full(Unavailable):
    """No room for another process: no lower level would find any."""


def started(start: Callable[[], _Started], patience: float = PATIENCE) -> _Started:
    """What `start` returns: os.fork, or a call of Popen. EAGAIN (fork(2): a limit on processes was
    met) is asked again for `patience` seconds, then Full says what to do.
    """
    end = time.monotonic() + patience
    while True:
        try:
            return start()
        except BlockingIOError:
            if time.monotonic() > end:
                raise Full(_full()) from None
        time.sleep(PAUSE)


def _full() -> str:
    most = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    limit = "" if most == resource.RLIM_INFINITY else f" (the limit is {most})"
    return (
        f"no further process can be started{limit}: end some of this user's processes,"
        " or raise the limit with ulimit -u"
    )
