"""Ctrl-C, SIGTERM and SIGHUP: all mean KeyboardInterrupt, but not between starting a process and
remembering it.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _State:
    """What the handler knows; one per process, as signals are."""

    held = False
    pending = False


def listen() -> None:
    """From now on these signals raise KeyboardInterrupt."""
    _State.held = _State.pending = False  # a fork may have been made inside of a block
    for number in SIGNALS:
        signal.signal(number, _handle)


def ignore() -> None:
    """From now on these signals do nothing: the rest must be finished."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def held_back() -> Iterator[None]:
    """A signal inside the block is raised at its end."""
    _State.held = True
    try:
        yield
    finally:
        _State.held = False
    if _State.pending:
        _State.pending = False
        raise KeyboardInterrupt


def _handle(number: int, frame: FrameType | None) -> None:
    if _State.held:
        _State.pending = True
    else:
        raise KeyboardInterrupt
