"""The commit that a cloned repository is at, and its time.

A repository can bring hooks, a configuration and filters that run programs. None of that is read:
refs are read as files, and an object is read by git from a repository of the grader's own that only
borrows the other's objects.
"""

import json
import os
import re
import stat
import subprocess
import tempfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from grader.batch.apart import Budget, Failed, apart
from grader.batch.imports import reftable
from grader.batch.imports.files import ENTRIES_LIMIT, File, Listing, Unreadable, moment, shown

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
REF = re.compile(r"refs/[A-Za-z0-9._/+-]+")
COMMITTER = re.compile(rb"^committer .* (\d{1,12}) ([+-]\d{4})$", re.MULTILINE)
SIZE_LIMIT = 1 << 20
COMMITS_LIMIT = 200
LINE_LIMIT = 5000  # commits of a branch that are looked at
MEGABYTE = 1 << 20
BUDGET = Budget(seconds=20, memory=512 * MEGABYTE, answer=MEGABYTE)


@dataclass(frozen=True)
class Head:
    commit: str = ""
    time: datetime | None = None
    trouble: str = ""
    remark: str = ""  # how the time was found, where that is not plain


def is_repository(folder: Path) -> bool:
    try:
        return stat.S_ISDIR(os.stat(folder / ".git", follow_symlinks=False).st_mode)
    except OSError:
        return False


def head_of(folder: Path) -> Head:
    """Where HEAD is, read in a process of its own."""

    def read() -> bytes:
        head = _read_head(folder)
        seconds = head.time.timestamp() if head.time else None
        return json.dumps([head.commit, seconds, head.trouble, head.remark]).encode("ascii")

    _own_repository()  # made here, once, and removed at the end
    try:
        commit, seconds, trouble, remark = json.loads(apart(read, BUDGET, "reading it"))
    except Failed as problem:
        return Head(trouble=str(problem))
    return Head(commit, None if seconds is None else moment(seconds), trouble, remark)


def commit_before(folder: Path, commit: str, when: datetime) -> Head:
    """The last commit up to then, on the line of the branch, read in a process of its own."""

    def read() -> bytes:
        words = ["rev-list", "--first-parent", "--timestamp", f"--max-count={LINE_LIMIT}", commit]
        for line in _git(folder / ".git", words).decode("ascii", "replace").splitlines():
            seconds, _, found = line.partition(" ")
            if seconds.isdigit() and int(seconds) <= when.timestamp() and COMMIT.fullmatch(found):
                return json.dumps([found, int(seconds)]).encode("ascii")
        return json.dumps(["", 0]).encode("ascii")

    _own_repository()
    try:
        found, seconds = json.loads(apart(read, BUDGET, "reading it"))
    except Failed as problem:
        return Head(trouble=str(problem))
    return Head(found, moment(seconds)) if found else Head(trouble="there is no earlier commit")


def files_at(folder: Path, commit: str) -> Listing:
    """The files of a commit; links are not followed, and told."""
    dot_git = folder / ".git"
    files: list[File] = []
    notes: list[str] = []
    entries = _git(dot_git, ["ls-tree", "-r", "-z", "-l", "--full-tree", commit]).split(b"\0")
    for entry in entries[:ENTRIES_LIMIT]:
        about, tab, raw = entry.partition(b"\t")
        words, path = about.decode("ascii", "replace").split(), os.fsdecode(raw)
        if not tab or len(words) != 4 or path.startswith("/") or ".." in path.split("/"):
            continue
        mode, kind, name, size = words
        if kind == "blob" and mode.startswith("100") and COMMIT.fullmatch(name):
            files.append(File(path, int(size), None, _blob_reader(dot_git, name)))
        else:
            notes.append(f"{shown(path)} is no regular file: not read")
    return Listing(tuple(files), tuple(notes[:20]))


def _blob_reader(dot_git: Path, name: str) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        data = _git(dot_git, ["cat-file", "blob", name])
        if not data:
            raise Unreadable("it is empty, too large or damaged")
        return data[:limit]

    return read


def _read_head(folder: Path) -> Head:
    dot_git = folder / ".git"
    if (dot_git / reftable.FOLDER).is_dir():
        return _head_in_reftable(dot_git)
    commit = _resolved(dot_git, _text(dot_git / "HEAD"))
    if not commit:
        return Head(trouble="nothing was committed")
    seconds = _seconds(dot_git, commit)
    if seconds is None:
        return Head(commit, trouble=f"{commit[:12]} cannot be read")
    when = moment(seconds)
    return Head(commit, when, "" if when else f"{commit[:12]} has a date that makes no sense")


def _seconds(dot_git: Path, commit: str) -> int | None:
    found = COMMITTER.search(_object(dot_git, commit).partition(b"\n\n")[0])
    return int(found[1]) if found else None


def _head_in_reftable(dot_git: Path) -> Head:
    """HEAD, where git keeps its refs in tables; where these cannot be read, the newest commit."""
    try:
        commit = reftable.head_commit(dot_git, _beginning)
    except (reftable.Damaged, OSError):
        commit = ""
    if COMMIT.fullmatch(commit):
        seconds = _seconds(dot_git, commit)
        when = None if seconds is None else moment(seconds)
        return Head(commit, when, "" if when else f"{commit[:12]} cannot be read")
    times = {one: _seconds(dot_git, one) for one in _commits(dot_git)}
    dated = {one: when for one, seconds in times.items() if seconds and (when := moment(seconds))}
    if not dated:
        return Head(trouble="its refs are in git's reftable format, and hold no commit")
    newest = max(dated, key=lambda one: (dated[one], one))
    note = "its refs (git's reftable format) cannot be read: the newest commit's time is taken"
    return Head(newest, dated[newest], remark=note)


def _commits(dot_git: Path) -> list[str]:
    """All commits that the repository holds; at most COMMITS_LIMIT."""
    words = ["cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)"]
    lines = _git(dot_git, words).decode("ascii", "replace").splitlines()
    found = [line.partition(" ")[2] for line in lines if line.startswith("commit ")]
    return [one for one in found if COMMIT.fullmatch(one)][:COMMITS_LIMIT]


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
    try:
        return _beginning(path).decode("utf-8", "replace").strip()
    except OSError:
        return ""


def _beginning(path: Path) -> bytes:
    """Of a regular file, never through a link and never waiting."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("no regular file")
        return stream.read(SIZE_LIMIT)


def _object(dot_git: Path, commit: str) -> bytes:
    """The text of a commit, or nothing where it cannot be had."""
    loose = dot_git / "objects" / commit[:2] / commit[2:]
    try:
        data = zlib.decompressobj().decompress(_beginning(loose), SIZE_LIMIT)
        return data.partition(b"\0")[2]
    except (OSError, zlib.error):
        return _packed_object(dot_git, commit)


def _packed_object(dot_git: Path, commit: str) -> bytes:
    return _git(dot_git, ["cat-file", "commit", commit])


def _git(dot_git: Path, words: list[str]) -> bytes:
    """What git says of the student's objects; nothing where it fails or says too much."""
    # This process may be killed while git waits at a FIFO: then timeout ends it.
    limited = ["timeout", "--foreground", "--kill-after=1", str(int(BUDGET.seconds))]
    try:
        with subprocess.Popen(
            [*limited, "git", *words],
            env=_environment(dot_git / "objects"),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as git:
            assert git.stdout is not None
            text = git.stdout.read(SIZE_LIMIT + 2)
            if len(text) > SIZE_LIMIT + 1:  # one more than a source may have
                git.kill()
    except OSError:
        return b""
    return text if git.returncode == 0 else b""


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
        # A large pack is looked at through a small window.
        "GIT_CONFIG_COUNT": "3",
        "GIT_CONFIG_KEY_0": "core.packedGitWindowSize",
        "GIT_CONFIG_VALUE_0": "16m",
        "GIT_CONFIG_KEY_1": "core.packedGitLimit",
        "GIT_CONFIG_VALUE_1": "128m",
        "GIT_CONFIG_KEY_2": "core.commitGraph",
        "GIT_CONFIG_VALUE_2": "false",
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
