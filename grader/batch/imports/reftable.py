"""The refs of a repository that keeps them in git's reftable format: blocks of names and object
ids, in files that `tables.list` lists, the oldest first. (Git's reftable documentation describes
it; only what leads to HEAD is read.)
"""

from collections.abc import Callable
from pathlib import Path

FOLDER = "reftable"
LIST = "tables.list"
MAGIC = b"REFT"
HEADERS = {1: 24, 2: 28}  # bytes, by version
SHA256 = b"s256"
DELETED, ONE, PEELED, SYMBOLIC = range(4)
TABLES_LIMIT = 64
LINKS_LIMIT = 5
Refs = dict[str, str]  # "ref: <name>" where it is symbolic, "" where it was deleted
Read = Callable[[Path], bytes]


class Damaged(Exception):
    """The bytes are no reftable."""


def head_commit(dot_git: Path, read: Read) -> str:
    """The commit that HEAD is at; "" where there is none. Raises Damaged and OSError."""
    refs: Refs = {}
    folder = dot_git / FOLDER
    names = read(folder / LIST).decode("ascii", "replace").split()
    for name in names[:TABLES_LIMIT]:
        if "/" in name or name.startswith("."):
            raise Damaged
        refs.update(refs_in(read(folder / name)))
    value = refs.get("HEAD", "")
    for _ in range(LINKS_LIMIT):
        if not value.startswith("ref: "):
            return value
        value = refs.get(value.removeprefix("ref: "), "")
    return ""


def refs_in(data: bytes) -> Refs:
    """The refs of one table."""
    if data[:4] != MAGIC or len(data) < 24 or data[4] not in HEADERS:
        raise Damaged
    begin = HEADERS[data[4]]
    size = 32 if data[4] == 2 and data[24:28] == SHA256 else 20
    block_size = int.from_bytes(data[5:8], "big")
    refs: Refs = {}
    block = 0
    while data[begin : begin + 1] == b"r":
        end = block + int.from_bytes(data[begin + 1 : begin + 4], "big")  # from the block's start
        if not begin + 6 <= end <= len(data):
            raise Damaged
        restarts = int.from_bytes(data[end - 2 : end], "big")
        refs.update(_records(data, begin + 4, end - 2 - 3 * restarts, size))
        block = block + block_size if block_size else end
        begin = block
    return refs


def _records(data: bytes, at: int, end: int, size: int) -> Refs:
    refs: Refs = {}
    name = b""
    while at < end:
        shared, at = _number(data, at)
        kind, at = _number(data, at)
        length, kind = kind >> 3, kind & 7
        name = name[:shared] + data[at : at + length]
        _, at = _number(data, at + length)  # when it was written
        value = ""
        if kind in (ONE, PEELED):
            value, at = data[at : at + size].hex(), at + size * kind
        elif kind == SYMBOLIC:
            count, at = _number(data, at)
            value, at = f"ref: {data[at : at + count].decode('utf-8', 'replace')}", at + count
        elif kind != DELETED:
            raise Damaged
        refs[name.decode("utf-8", "replace")] = value
    if at != end:
        raise Damaged
    return refs


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, as in git's packs; and what follows it."""
    try:
        value = data[at] & 0x7F
        while data[at] & 0x80:
            at += 1
            value = ((value + 1) << 7) | (data[at] & 0x7F)
    except IndexError:
        raise Damaged from None
    return value, at + 1
