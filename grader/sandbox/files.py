"""Where things lie in a sandbox, and how bytes get there without a file on the host."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

MEGABYTE = 1024 * 1024

HOME = "/submission"
PROGRAMS = "/program"
WITNESS = "/witness"
SCRATCH = "/tmp"
PLACES = (HOME, PROGRAMS, WITNESS, SCRATCH)


class Held:
    """Bytes in memory that can be handed to a sandbox as a file, any number of times."""

    def __init__(self, data: bytes, name: str = "file") -> None:
        self.size = len(data)
        self._descriptor = os.memfd_create(name, os.MFD_CLOEXEC)
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]

    def __del__(self) -> None:
        if hasattr(self, "_descriptor"):
            os.close(self._descriptor)

    def open(self) -> int:
        """A new read-only descriptor at the beginning of the bytes; the caller closes it."""
        return os.open(f"/proc/self/fd/{self._descriptor}", os.O_RDONLY | os.O_CLOEXEC)

    def read(self) -> bytes:
        """The bytes."""
        with os.fdopen(self.open(), "rb") as file:
            return file.read()


@dataclass(frozen=True)
class Placed:
    """A file inside the sandbox."""

    path: str
    content: Held
    mode: int = 0o644


def localised(words: Sequence[str], root: str) -> list[str]:
    """The words of a command with the sandbox's places moved below a folder of the host.

    A place is looked for at the beginning of a word, and behind the first = of an option.
    """
    return [_localised(word, root) for word in words]


def _localised(word: str, root: str) -> str:
    option, equals, value = word.partition("=")
    if word.startswith("-") and equals:
        return option + equals + _localised_path(value, root)
    return _localised_path(word, root)


def _localised_path(path: str, root: str) -> str:
    for place in PLACES:
        if path.startswith(place) and path[len(place) : len(place) + 1] in ("", "/", "="):
            return root + path
    return path
