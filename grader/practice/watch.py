"""Waits until a student saves a file.

inotify(7) through ctypes: Python doesn't have it, and a package would be one more thing to install
on every student's machine. If the folder is on another system's disk (a Windows mount in WSL, some
mounts of containers), the kernel reports nothing; so the files are also checked once a second.
"""

from __future__ import annotations

import ctypes
import os
import select
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.practice.exercises import ExerciseFolder

IN_CLOSE_WRITE, IN_MOVED_TO, IN_DELETE = 0x8, 0x80, 0x200
SECONDS = 1.0
SETTLE_MS = 20  # an editor writes a file in several steps

State = dict[Path, tuple[int, int]]


def saves(every: Sequence[ExerciseFolder]) -> Iterator[list[ExerciseFolder]]:
    """Yields the exercises whose files changed, each time some did; never ends. A file saved after
    this call counts, even before the first item is requested.
    """
    return _saves(every, _inotify(every), _state(every))


def _saves(
    every: Sequence[ExerciseFolder], descriptor: int | None, seen: State
) -> Iterator[list[ExerciseFolder]]:
    try:
        while True:
            _wait(descriptor)
            now = _state(every)
            changed = {path.parent for path, _ in now.items() ^ seen.items()}
            seen = now
            if changed:
                yield [place for place in every if place.folder in changed]
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _inotify(every: Sequence[ExerciseFolder]) -> int | None:
    """A descriptor that is readable after a change, or None if the system has no more."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor: int = libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
    if descriptor < 0:
        return None
    for place in every:
        mask = IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE
        libc.inotify_add_watch(descriptor, os.fsencode(place.folder), mask)
    return descriptor


def _wait(descriptor: int | None) -> None:
    """Wait until inotify reports a change, but at most a second."""
    watched = [] if descriptor is None else [descriptor]
    while select.select(watched, [], [], SECONDS)[0] and descriptor is not None:
        os.read(descriptor, 65536)
        if not select.select(watched, [], [], SETTLE_MS / 1000)[0]:
            return


def _state(every: Sequence[ExerciseFolder]) -> State:
    """Time and size of each file that counts."""
    found: State = {}
    for place in every:
        try:
            with os.scandir(place.folder) as entries:
                for entry in entries:
                    if entry.name.endswith((".c", ".h", ".py")) and entry.is_file():
                        about = entry.stat()
                        found[Path(entry.path)] = (about.st_mtime_ns, about.st_size)
        except OSError:
            continue
    return found
