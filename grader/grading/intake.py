"""Reads a submission into memory, once, trusting nothing about it.

Only regular files directly in the six folders are read, without following links, without waiting
at a FIFO, up to a size limit. Files that are not read are named in a note. After this nothing looks
at the submission's folder again.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.base.exercise import CHECKS, Exercise, exercises, given_headers
from grader.base.text import cut, visible

MEGABYTE = 1024 * 1024
SOURCE_LIMIT = MEGABYTE
EXTRA_FILES_LIMIT = 16
ENTRIES_LIMIT = 1000
GIVEN_FOLDERS = ("build",)  # where the starter's Makefile builds


class BadInput(Exception):
    """The command names something that cannot be graded: one line that says what."""


@dataclass(frozen=True)
class Source:
    """A student's file that is part of the build."""

    name: str
    data: bytes

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace").replace("\r\n", "\n")


@dataclass(frozen=True)
class Intake:
    """What one exercise's folder contains."""

    exercise: str
    own: Source | None  # the student's own file
    extras: tuple[Source, ...]
    trouble: str  # why `own` cannot be compiled, in a sentence; "" if it can
    notes: tuple[str, ...]

    @property
    def content(self) -> bytes:
        """A fingerprint of all files in the build, which decides the random values."""
        digest = hashlib.blake2b(digest_size=32)
        for source in (*((self.own,) if self.own else ()), *self.extras):
            for part in (source.name.encode(), source.data):
                digest.update(len(part).to_bytes(8, "big") + part)
        return digest.digest()

    @property
    def sources(self) -> Mapping[str, str]:
        files = (*((self.own,) if self.own else ()), *self.extras)
        return {source.name: source.text for source in files}


def open_submission(path: str, exercises: Sequence[Exercise]) -> int:
    """A descriptor of the submission's folder; raises BadInput if there is nothing to grade."""
    shown = visible(path)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise BadInput(f"there is no folder {shown}") from None
    except NotADirectoryError:
        raise BadInput(
            f"{shown} is a file: name the folder of the submission, the one that contains"
            f" {exercises[0].id}"
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BadInput(f"cannot read {shown}: {reason}") from None
    try:
        if not any(_exists(descriptor, exercise.id) for exercise in exercises):
            raise BadInput(_nothing_here(path, descriptor, exercises))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def read_exercise(submission: int, exercise: Exercise) -> Intake:
    """What the submission holds for one exercise; `submission` is a descriptor of its folder."""
    try:
        with _opened(submission, exercise.id, os.O_DIRECTORY) as folder:
            return _read_folder(folder, exercise)
    except OSError as error:
        return Intake(exercise.id, None, (), _folder_trouble(submission, exercise, error), ())


def _read_folder(folder: int, exercise: Exercise) -> Intake:
    names, more = _names(folder)
    notes = [f"{exercise.id} has more than {ENTRIES_LIMIT} entries; the rest was ignored"]
    notes = notes if more else []
    own, why_not = _read_source(folder, exercise.source)
    trouble = ""
    if own:
        trouble = _not_c(own)
    elif exercise.source not in names:
        trouble = f"{exercise.id}/{exercise.source} is missing{_near(names, exercise.source)}"
    else:
        trouble = f"{exercise.id}/{exercise.source} was not read: {why_not}"
    extras: list[Source] = []
    for name in names:
        if name == exercise.source or name in given_files() or name in GIVEN_FOLDERS:
            continue
        why_not = _no_extra(name) or (
            f"there are more than {EXTRA_FILES_LIMIT}" if len(extras) == EXTRA_FILES_LIMIT else ""
        )
        if not why_not:
            extra, why_not = _read_source(folder, name)
            why_not = why_not or (_not_c(extra) if extra else "")
            if extra and not why_not:
                extras.append(extra)
        if why_not:
            notes.append(f"{exercise.id}/{cut(visible(name), 60)} is not used: {why_not}")
    return Intake(exercise.id, own if not trouble else None, tuple(extras), trouble, tuple(notes))


def _names(folder: int) -> tuple[list[str], bool]:
    """The names in a folder, in order, and whether there are more."""
    names: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if len(names) == ENTRIES_LIMIT:
                return sorted(names), True
            names.append(entry.name)
    return sorted(names), False


def _read_source(folder: int, name: str) -> tuple[Source | None, str]:
    """The file, or why it was not read."""
    try:
        with _opened(folder, name) as descriptor:
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode):
                return None, f"{_kind(about.st_mode)}, not a regular file"
            data = _read_up_to(descriptor, SOURCE_LIMIT + 1)
    except OSError as error:
        return None, _why_unread(folder, name, error)
    if len(data) > SOURCE_LIMIT:
        size = max(about.st_size, len(data))
        return None, f"it is {_size(size)} in size; the limit is {_size(SOURCE_LIMIT)}"
    return Source(name, data), ""


def _read_up_to(descriptor: int, limit: int) -> bytes:
    parts: list[bytes] = []
    while limit > 0 and (part := os.read(descriptor, limit)):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


def _why_unread(folder: int, name: str, error: OSError) -> str:
    try:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except OSError:
        return f"it cannot be read: {error.strerror}"
    if stat.S_ISREG(mode):
        return f"it cannot be read: {error.strerror}"
    return f"{_kind(mode)}, not a regular file"


def _kind(mode: int) -> str:
    kinds = {
        stat.S_IFDIR: "it is a folder",
        stat.S_IFLNK: "it is a symbolic link",
        stat.S_IFIFO: "it is a FIFO",
        stat.S_IFSOCK: "it is a socket",
        stat.S_IFCHR: "it is a device",
        stat.S_IFBLK: "it is a device",
    }
    return kinds.get(stat.S_IFMT(mode), "it is a special file")


def _not_c(source: Source) -> str:
    """Why this cannot be C text, or ""."""
    if source.data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return f"{source.name} is saved as UTF-16: save it as UTF-8"
    if b"\0" in source.data:
        return f"{source.name} isn't a text file: it contains null bytes"
    if not source.data.strip():
        return f"{source.name} is empty" if source.name.endswith(".c") else ""
    return ""


def _no_extra(name: str) -> str:
    """Why a file with this name is not part of the build, or ""."""
    if not name.endswith((".c", ".h")):
        return "only .c and .h files are"
    if visible(name) != name or "�" in name or name.startswith((".", "-")):
        return "its name isn't printable, or starts with . or -"
    if len(name.encode("utf-8", "surrogateescape")) > 200:
        return "its name is too long"
    if any((folder / name).exists() for folder in _system_includes()):
        return "it has the name of a system header"
    return ""


@cache
def _system_includes() -> tuple[Path, ...]:
    """Where the compiler finds the headers of the system and its own."""
    return (
        Path("/usr/include"),
        *Path("/usr/lib/gcc").glob("*/*/include"),
        *Path("/usr/include").glob("*-linux-gnu"),
    )


@cache
def given_files() -> frozenset[str]:
    """The names of what the starter gives whole: the grader has its own."""
    tests = {exercise.unit_tests for exercise in exercises() if exercise.unit_tests}
    return frozenset({"Makefile", CHECKS, *tests, *(header.name for header in given_headers())})


def _near(names: Sequence[str], wanted: str) -> str:
    plain = re.sub(r"[-_ ]", "", wanted).lower()
    for name in names:
        if re.sub(r"[-_ ]", "", name).lower() == plain:
            return f" (there is {visible(name)}: rename it)"
    sources = [name for name in names if name.endswith(".c") and name not in given_files()]
    return f" (there is {cut(visible(sources[0]), 60)}: rename it)" if len(sources) == 1 else ""


def _folder_trouble(submission: int, exercise: Exercise, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{exercise.id}/{exercise.source} is missing: there is no folder {exercise.id}"
    reason = _why_unread(submission, exercise.id, error).replace("a regular file", "a folder")
    return f"{exercise.id} was not read: {reason}"


def _nothing_here(path: str, descriptor: int, exercises: Sequence[Exercise]) -> str:
    shown = visible(path)
    names, _ = _names(descriptor)
    if not names:
        return f"{shown} is empty: nothing to grade"
    for exercise in exercises:
        if exercise.source in names:
            return f"{shown} contains {exercise.source}: name the folder above it"
    for name in names:
        inner = os.path.join(path, name)
        if any(os.path.isdir(os.path.join(inner, exercise.id)) for exercise in exercises):
            return f"{shown} contains no exercise, but {visible(inner)} does: name that folder"
    wanted = exercises[0]
    several = "" if len(exercises) == 1 else ", and so on"
    return f"{shown} contains no exercise: expected {wanted.id}/{wanted.source}{several}"


def _exists(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return False
    return True


def _size(size: int) -> str:
    return f"{size / MEGABYTE:.0f} MB" if size >= MEGABYTE else f"{size} bytes"


@contextmanager
def _opened(folder: int, name: str, more: int = 0) -> Iterator[int]:
    """An entry of a folder, never through a link, never waiting for a FIFO's writer."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY | more
    descriptor = os.open(name, flags, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
