"""The commit that a cloned repository is at, and its time.

A repository can bring hooks, a configuration and filters that run programs. None of that is read:
refs are read as files, and an object is read by git from a repository of the grader's own that only
borrows the other's objects.
"""

import os
import re
import subprocess
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache
from pathlib import Path

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
REF = re.compile(r"refs/[A-Za-z0-9._/+-]+")
COMMITTER = re.compile(rb"^committer .* (\d{1,12}) ([+-]\d{4})$", re.MULTILINE)
SIZE_LIMIT = 1 << 20
SECONDS = 20


@dataclass(frozen=True)
class Head:
    commit: str = ""
    time: datetime | None = None
    trouble: str = ""


def is_repository(folder: Path) -> bool:
    dot_git = folder / ".git"
    return dot_git.is_dir() and not dot_git.is_symlink()


def head_of(folder: Path) -> Head:
    """Where HEAD is."""
    dot_git = folder / ".git"
    commit = _resolved(dot_git, _text(dot_git / "HEAD"))
    if not commit:
        return Head(trouble="nothing was committed")
    found = COMMITTER.search(_object(dot_git, commit).partition(b"\n\n")[0])
    if not found:
        return Head(commit, trouble=f"{commit[:12]} cannot be read")
    return Head(commit, datetime.fromtimestamp(int(found[1]), timezone.utc))


def _resolved(dot_git: Path, head: str) -> str:
    if COMMIT.fullmatch(head):
        return head
    name = head.removeprefix("ref: ")
    if name == head or not REF.fullmatch(name) or ".." in name:
        return ""
    loose = _text(dot_git / name)
    if COMMIT.fullmatch(loose):
        return loose
    for line in _text(dot_git / "packed-refs").splitlines():
        commit, _, packed = line.partition(" ")
        if packed == name and COMMIT.fullmatch(commit):
            return commit
    return ""


def _text(path: Path) -> str:
    """A small file, never through a link and never waiting."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as stream:
            return stream.read(SIZE_LIMIT).decode("utf-8", "replace").strip()
    except OSError:
        return ""


def _object(dot_git: Path, commit: str) -> bytes:
    """The text of a commit, or nothing where it cannot be had."""
    loose = dot_git / "objects" / commit[:2] / commit[2:]
    try:
        with open(loose, "rb") as stream:
            data = zlib.decompressobj().decompress(stream.read(SIZE_LIMIT), SIZE_LIMIT)
            return data.partition(b"\0")[2]
    except (OSError, zlib.error):
        return _packed_object(dot_git, commit)


def _packed_object(dot_git: Path, commit: str) -> bytes:
    try:
        done = subprocess.run(
            ["git", "cat-file", "commit", commit],
            env=_environment(dot_git / "objects"),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout if done.returncode == 0 else b""


def _environment(objects: Path) -> Mapping[str, str]:
    """Git with an empty repository of our own, and with the student's objects alone."""
    return {
        "PATH": "/usr/bin:/bin",
        "GIT_DIR": _own_repository().name,
        "GIT_OBJECT_DIRECTORY": os.path.abspath(objects),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_TERMINAL_PROMPT": "0",
    }


@cache
def _own_repository() -> "tempfile.TemporaryDirectory[str]":
    """An empty repository: git asks for HEAD, objects and refs."""
    own = tempfile.TemporaryDirectory(prefix="class-git-")
    folder = Path(own.name)
    (folder / "objects").mkdir()
    (folder / "refs").mkdir()
    (folder / "HEAD").write_text("ref: refs/heads/none\n", encoding="ascii")
    return own
