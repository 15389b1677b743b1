"""The files of a submission, wherever they lie: in a folder, in an archive, in one inside another.

A file is a name and a way to read its beginning: nothing is unpacked to the disk, and nothing is
read before it is known to be wanted.
"""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from grader.base.text import cut, visible

ENTRIES_LIMIT = 20_000
DEPTH_LIMIT = 40
NOT_ENTERED = (".git",)
SHOWN = 60
# Who made a file or a commit says when. Beyond this no time is meant, and arithmetic on some fails.
EARLIEST, LATEST = (datetime(year, 1, 1, tzinfo=timezone.utc).timestamp() for year in (1970, 2200))


@dataclass(frozen=True)
class File:
    """A regular file."""

    path: str  # relative, with "/", without ".."
    size: int
    modified: datetime | None
    read: Callable[[int], bytes]  # at most that many bytes; raises Unreadable

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]


class Unreadable(Exception):
    """A file or an archive that cannot be read: why, in a few words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Listing:
    """Files, and what was found beside them that is none."""

    files: tuple[File, ...] = ()
    notes: tuple[str, ...] = ()


def shown(path: str) -> str:
    """A path for a sentence."""
    return cut(visible(path), SHOWN)


def moment(seconds: float) -> datetime | None:
    """A time since 1970 as a file, an archive or a commit says it; None if it cannot be meant."""
    if not EARLIEST <= seconds < LATEST:
        return None
    return datetime.fromtimestamp(seconds, timezone.utc)


def newest_file(listing: Listing) -> datetime | None:
    """When the newest source was changed: the nearest to a time where a platform tells none."""
    times = [f.modified for f in listing.files if f.modified and f.name.endswith((".c", ".h"))]
    newest = max(times, key=in_some_zone, default=None)
    return newest.replace(microsecond=0) if newest else None


def in_some_zone(when: datetime) -> datetime:
    """Comparable: a zip knows no time zone, and what is compared lies beside each other."""
    return when if when.tzinfo else when.replace(tzinfo=timezone.utc)


def folder_listing(root: Path) -> Listing:
    """The regular files below a folder; links are not followed, and told."""
    files: list[File] = []
    notes: list[str] = []
    for entry, relative in _walk(root, "", 0):
        if len(files) == ENTRIES_LIMIT:
            notes.append(f"more than {ENTRIES_LIMIT} files; the rest was not looked at")
            break
        try:
            about = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        if stat.S_ISREG(about.st_mode):
            when = moment(about.st_mtime)
            files.append(File(relative, about.st_size, when, _reader(entry.path)))
        elif stat.S_ISLNK(about.st_mode):
            notes.append(f"{shown(relative)} is a symbolic link: not followed")
        else:
            notes.append(f"{shown(relative)} is no regular file: not read")
    return Listing(tuple(files), tuple(notes[:20]))


def _walk(folder: Path, prefix: str, depth: int) -> Iterator[tuple[os.DirEntry[str], str]]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        relative = f"{prefix}{entry.name}"
        if not entry.is_dir(follow_symlinks=False):
            yield entry, relative
        elif depth < DEPTH_LIMIT and entry.name not in NOT_ENTERED:
            yield from _walk(Path(entry.path), f"{relative}/", depth + 1)


def file_on_disk(path: Path) -> File:
    about = path.stat()
    return File(path.name, about.st_size, moment(about.st_mtime), _reader(str(path)))


def _reader(path: str) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with open(descriptor, "rb") as stream:
                size = os.fstat(stream.fileno()).st_size
                return stream.read(min(limit, size + 1))  # read() makes room for all that it may
        except OSError as error:
            raise Unreadable(error.strerror or "it cannot be read") from None

    return read
