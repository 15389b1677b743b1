"""What lies in a segment, and who put it there."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from grader.facts import Content, Run

PAGE = 4096
LARGEST_EXACT = 2**24  # a float holds every int up to here


def patterns(value: int) -> tuple[bytes, ...]:
    """The value as a C program may store it: int, long, float, double."""
    stored = [struct.pack("<d", value)]
    for code, limit in (("<q", 2**63), ("<i", 2**31)):
        if -limit <= value < limit:
            stored.insert(0, struct.pack(code, value))
    if abs(value) <= LARGEST_EXACT:
        stored.append(struct.pack("<f", value))
    return tuple(stored)


def places(run: Run, content: Content, value: int) -> Iterator[tuple[int, int]]:
    """Where the segment held the value then: (offset, width), at the places where C aligns it."""
    size = max(run.segment(content.segment).size, len(content.data))
    first = content.data.ljust(min(size, PAGE), b"\0")
    for at, piece in ((0, first), *content.further):
        for pattern in patterns(value):
            offset = piece.find(pattern)
            while offset != -1:
                if offset % 4 == 0:
                    yield at + offset, len(pattern)
                offset = piece.find(pattern, offset + 1)


def wrote(run: Run, process: int, value: int) -> tuple[int, int] | None:
    """Where this process put the value into a segment: (segment, offset), or None."""
    for content in run.contents():
        if content.author is None or run.owner(content.author) != process:
            continue
        for offset, width in places(run, content, value):
            if touches(content.changed, offset, width):
                return content.segment, offset
    return None


def touches(changed: Sequence[tuple[int, int]], offset: int, width: int) -> bool:
    """Does a changed range overlap this place?"""
    return any(start < offset + width and offset < start + length for start, length in changed)


def held(run: Run, value: int) -> bool:
    """Did a segment hold this value at any moment that witness saw?"""
    return any(True for content in run.contents() for _ in places(run, content, value))


def last_place(run: Run, value: int) -> tuple[int, int] | None:
    """Where this value stood when it was seen last: (segment, offset), or None."""
    for content in reversed(run.contents()):
        for offset, _ in places(run, content, value):
            return content.segment, offset
    return None


def authors_of(run: Run, value: int) -> tuple[int, ...]:
    """The processes that put this value into a segment, in order of their numbers."""
    return tuple(p.number for p in run.processes if wrote(run, p.number, value) is not None)


def was_poked(run: Run) -> bool:
    """Did witness find the one place that held the value, and change it?"""
    return any(poke.found == 1 and poke.segment is not None for poke in run.pokes)
