"""Clones whose refs are in git's reftable format: their time is known, too."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.imports.arrived import Arrived
from grader.batch.imports.reftable import Damaged, refs_in
from grader.batch.imports.top import open_top
from grader.batch.lms import read_download
from tests.batch.downloads import repository

FORK = {"1-fork-wait/fork_wait.c": b"int one;\n"}
LATE = "2026-11-25T10:00:00+00:00"


def number(value: int) -> bytes:
    """As git writes one: seven bits a byte."""
    data = bytes([value & 0x7F])
    while value := value >> 7:
        value -= 1
        data = bytes([0x80 | (value & 0x7F)]) + data
    return data


def table(refs: dict[str, str], block_size: int = 4096, shared: bool = True) -> bytes:
    """A reftable of version 1 with one block of refs, by git's own documentation."""
    records, before = b"", b""
    for name, value in sorted(refs.items()):
        raw = name.encode()
        same = 0
        while shared and same < min(len(raw), len(before)) and raw[same] == before[same]:
            same += 1
        kind = 0 if not value else 3 if value.startswith("ref: ") else 1
        rest = raw[same:]
        records += number(same) + number(len(rest) << 3 | kind) + rest + number(0)
        if kind == 3:
            target = value.removeprefix("ref: ").encode()
            records += number(len(target)) + target
        elif kind == 1:
            records += bytes.fromhex(value)
        before = raw
    header = b"REFT\x01" + block_size.to_bytes(3, "big") + bytes(16)
    length = len(header) + 4 + len(records) + 3 + 2
    block = b"r" + length.to_bytes(3, "big") + records + (28).to_bytes(3, "big") + b"\0\1"
    data = header + block
    return data + bytes(block_size - len(data) if block_size else 0) + header + bytes(44)


def to_reftable(folder: Path, *tables: bytes) -> None:
    """Make a clone look as newer versions of git leave it."""
    git = folder / ".git"
    shutil.rmtree(git / "refs" / "heads")
    shutil.rmtree(git / "logs", ignore_errors=True)
    (git / "refs" / "heads").write_text("this repository uses the reftable format\n")
    (git / "HEAD").write_text("ref: refs/heads/.invalid\n")
    (git / "reftable").mkdir()
    names = [f"0x{number:012}-x.ref" for number, _ in enumerate(tables)]
    for name, data in zip(names, tables):
        (git / "reftable" / name).write_bytes(data)
    (git / "reftable" / "tables.list").write_text("".join(f"{name}\n" for name in names))


def only(path: Path) -> Arrived:
    _, (one,) = read_download(open_top(path))
    return one


@pytest.mark.parametrize("block_size", [0, 4096])
def test_head_is_followed_through_the_tables(tmp_path: Path, block_size: int) -> None:
    folder = tmp_path / "clones" / "ann"
    commit = repository(folder, FORK, LATE)
    older = {"HEAD": "ref: refs/heads/main", "refs/heads/main": "1" * 40, "refs/tags/v1": ""}
    newer = {"refs/heads/main": commit, "refs/heads/maintenance": "2" * 40}
    to_reftable(folder, table(older, block_size), table(newer, block_size))
    one = only(tmp_path / "clones")
    assert (one.commit, one.notes) == (commit, ())
    assert one.submitted is not None and one.submitted.isoformat() == LATE


@pytest.mark.parametrize("tables", [[], [b"REFT\x01"], [b"?" * 100]])
def test_where_the_tables_cannot_be_read_the_newest_commit_s_time_is_taken(
    tmp_path: Path, tables: list[bytes]
) -> None:
    folder = tmp_path / "clones" / "ann"
    commit = repository(folder, FORK, LATE)
    to_reftable(folder, *tables)
    one = only(tmp_path / "clones")
    assert one.commit == commit
    assert one.submitted is not None and one.submitted.isoformat() == LATE
    assert "the newest commit's time is taken" in one.notes[0]


def test_a_clone_without_a_commit_has_no_time(tmp_path: Path) -> None:
    folder = tmp_path / "clones" / "ann"
    repository(folder, FORK, LATE)
    to_reftable(folder)
    shutil.rmtree(folder / ".git" / "objects")
    (folder / ".git" / "objects").mkdir()
    one = only(tmp_path / "clones")
    assert one.submitted is None and "hold no commit" in one.notes[0]


@given(st.binary(max_size=200), st.integers(0, 400))
def test_any_bytes_are_refs_or_damaged(noise: bytes, place: int) -> None:
    good = table({"HEAD": "ref: refs/heads/main", "refs/heads/main": "1" * 40}, 0)
    for data in (noise, good[:place] + noise, good[:place] + noise + good[place + len(noise) :]):
        try:
            refs_in(data)
        except Damaged:
            pass
