"""The standard streams of a command: open from its start, and flushed at its end.

If the caller closed one, the next opened file would get its number, and output meant for the
terminal would go into that file.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

CANNOT = 3


def complete() -> None:
    """Open /dev/null for each standard descriptor that is closed."""
    while (opened := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(opened, True)
    os.close(opened)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)


def run(name: str, load: Callable[[], Callable[[], int]]) -> int:
    """The exit status of a command: `load` imports it, with all streams in their places."""
    try:
        complete()
    except OSError as error:
        if sys.stderr is not None:
            print(f"{name}: {os.devnull} cannot be opened: {error.strerror}", file=sys.stderr)
        return CANNOT
    try:
        status = load()()
    except SystemExit as end:  # of a parser that was asked for help
        status = end.code if isinstance(end.code, int) else 0
    return written_out(name, status)


def written_out(name: str, status: int) -> int:
    """The status, or another one if the output cannot be flushed."""
    try:
        sys.stdout.flush()
    except OSError as error:
        silence(1)
        status = CANNOT
        if not isinstance(error, BrokenPipeError):  # who closed the other side wants no more
            tell(name, f"standard output cannot be written: {error.strerror}")
    try:
        sys.stderr.flush()
    except OSError:
        silence(2)
    return status


def tell(name: str, message: str) -> None:
    """One line on stderr, if that can be written."""
    try:
        print(f"{name}: {message}", file=sys.stderr, flush=True)
    except OSError:
        silence(2)


def silence(descriptor: int) -> None:
    """Discard what Python still buffers for this descriptor: it tries again at its exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)
