"""What the TA named, seen from above: the names at its top, and what lies under each.

A downloaded zip and the folder that it was unpacked to look the same from here.
"""

import errno
import io
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from grader.base.text import visible
from grader.batch.imports.archives import zip_listing
from grader.batch.imports.files import File, Listing, Unreadable, file_on_disk, folder_listing
from grader.grading.intake import BadInput

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer


@dataclass(frozen=True)
class Entry:
    name: str
    is_folder: bool


class Top(Protocol):
    """A download."""

    @property
    def name(self) -> str:
        """How it is called, for a person."""

    def entries(self) -> Sequence[Entry]:
        """What is at its top, in order; links and odd things are not there."""

    def file(self, name: str) -> File:
        """One of the files at its top."""

    def under(self, name: str) -> Listing:
        """The files in one of the folders at its top, relative to that."""

    def folder(self, name: str) -> Path | None:
        """The folder of this name as one on this disk, where it is one."""

    def below(self, name: str) -> "Top":
        """One of the folders at its top, as a download of its own."""


class DiskTop:
    """A folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with os.scandir(path) as found:
            entries = [
                Entry(entry.name, entry.is_dir(follow_symlinks=False))
                for entry in found
                if entry.is_dir(follow_symlinks=False) or entry.is_file(follow_symlinks=False)
            ]
        self._entries = sorted(entries, key=lambda entry: entry.name)

    @property
    def name(self) -> str:
        return visible(os.fspath(self.path))

    def entries(self) -> Sequence[Entry]:
        return self._entries

    def file(self, name: str) -> File:
        return file_on_disk(self.path / name)

    def under(self, name: str) -> Listing:
        return folder_listing(self.path / name)

    def folder(self, name: str) -> Path | None:
        return self.path / name

    def below(self, name: str) -> "DiskTop":
        return DiskTop(self.path / name)


class ZipTop:
    """A zip that a platform made."""

    def __init__(self, name: str, listing: Listing) -> None:
        self._name = name
        self._files: dict[str, File] = {}
        self._folders: dict[str, list[File]] = {}
        for file in listing.files:
            top, slash, rest = file.path.partition("/")
            if slash:
                self._folders.setdefault(top, []).append(replace(file, path=rest))
            else:
                self._files[top] = file

    @property
    def name(self) -> str:
        return self._name

    def entries(self) -> Sequence[Entry]:
        entries = [Entry(name, False) for name in self._files]
        entries += [Entry(name, True) for name in self._folders]
        return sorted(entries, key=lambda entry: entry.name)

    def file(self, name: str) -> File:
        return self._files[name]

    def under(self, name: str) -> Listing:
        return Listing(tuple(self._folders[name]))

    def folder(self, name: str) -> Path | None:
        return None

    def below(self, name: str) -> "ZipTop":
        return ZipTop(f"{self._name}/{visible(name)}", self.under(name))


class OwnPlace(io.RawIOBase):
    """A file that is read at a place that it remembers itself: each submission is read by a process
    of its own, and those share what the kernel remembers.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        count = os.preadv(self._descriptor, [buffer], self._place)
        self._place += count
        return count

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        size = os.fstat(self._descriptor).st_size
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: size}[whence]
        if start + offset < 0:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        self._place = start + offset
        return self._place

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()


def open_top(path: Path) -> Top:
    """The download at a path; raises BadInput where there is none that can be read."""
    shown = visible(os.fspath(path))
    try:
        if path.is_dir():
            return DiskTop(path)
        with open(path, "rb") as stream:
            if not zipfile.is_zipfile(stream):
                raise BadInput(
                    f"{shown} is no folder and no zip: name the folder of the submissions, or the"
                    " zip that the platform gave"
                )
        # Stays open as long as its files are wanted.
        stream = io.BufferedReader(OwnPlace(os.open(path, os.O_RDONLY | os.O_CLOEXEC)))
        return ZipTop(visible(path.name), zip_listing(stream, whole_class=True))
    except FileNotFoundError:
        raise BadInput(f"there is no {shown}") from None
    except Unreadable as problem:
        raise BadInput(f"{shown}: {problem.reason}") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BadInput(f"cannot read {shown}: {reason}") from None
