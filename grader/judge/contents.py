"""What a segment contains, and who put it there."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from grader.base.check import Cause
from grader.facts.records import Content, Run
from grader.judge import codes
from grader.judge.finding import Finding
from grader.judge.narrate import bytes_of, story, why_stopped

LEAST_DIGITS = 4  # fewer may be there by chance
POINTER = 8  # bytes
# The upper half of an address, where Linux puts a program (5555...) and its stack and libraries
# (7fff...), on x86-64 and then on arm64. No two numbers next to each other look so: those that are
# drawn are smaller, their squares larger.
ADDRESSES = ((0x5500, 0x5700), (0x7E00, 0x8000), (0xAA00, 0xAB00), (0xFE00, 0x10000))
PAGE = 4096
MOST_POKES = 8
UNMISTAKABLE = 2**16  # a smaller number may be the end of a larger one and the zeros after it
LARGEST_EXACT = 2**24  # a float holds every int up to here
EXTENDED_BIAS = 16383  # of the exponent of a long double, which has 64 bits of mantissa


@lru_cache(maxsize=256)
def patterns(value: int) -> tuple[bytes, ...]:
    """The value as a C program may store it: int, long, float, double, long double."""
    stored = [struct.pack("<d", value)]
    for code, limit in (("<q", 2**63), ("<i", 2**31)):
        if -limit <= value < limit:
            stored.insert(0, struct.pack(code, value))
    if abs(value) <= LARGEST_EXACT:
        stored.append(struct.pack("<f", value))
    if 0 < abs(value) < 2**64:
        stored.append(_extended(value))
    return tuple(stored)


def _extended(value: int) -> bytes:
    """The ten bytes of a long double on x86-64 (System V ABI, 3.1.2)."""
    bits = abs(value).bit_length()
    sign = 0x8000 if value < 0 else 0
    return struct.pack("<QH", abs(value) << (64 - bits), sign | (EXTENDED_BIAS + bits - 1))


def places(run: Run, content: Content, value: int) -> Iterator[tuple[int, int]]:
    """Where the segment held the value at that moment: (offset, width).

    A place that C would not align, as in a packed struct, counts only if there is no aligned one
    and the value cannot be part of another number. The whole page is searched, even past the end
    of the segment.
    """
    first = content.data.ljust(PAGE, b"\0")
    aligned: list[tuple[int, int]] = []
    others: list[tuple[int, int]] = []
    for at, piece in ((0, first), *content.further):
        for pattern in patterns(value):
            offset = piece.find(pattern)
            while offset != -1:
                spot = (at + offset, len(pattern))
                (others if offset % 4 else aligned).append(spot)
                offset = piece.find(pattern, offset + 1)
    yield from aligned or (others if abs(value) >= UNMISTAKABLE else ())


def as_text(run: Run, value: int) -> bool:
    """Was this value in a segment as its digits, not as a number?"""
    digits = str(value).encode()
    found = (piece for content in run.contents() for piece in _pieces(content))
    return len(digits) >= LEAST_DIGITS and any(digits in piece for piece in found)


def pointer_author(run: Run) -> int | None:
    """Who put an address of its own memory into a segment, if anybody did."""
    for content in run.contents():
        for start, length in content.changed if content.author else ():
            first, last = start - start % POINTER, start + length
            for at in range(first, last, POINTER):
                word = int.from_bytes(
                    content.data[at : at + POINTER].ljust(POINTER, b"\0"), "little"
                )
                if any(low <= word >> 32 < high for low, high in ADDRESSES):
                    return content.author
    return None


def _pieces(content: Content) -> Iterator[bytes]:
    yield content.data
    yield from (piece for _, piece in content.further)


def behind_the_end(run: Run, values: Sequence[int]) -> Finding | None:
    """One of these values was stored, but never inside the requested size: the system hands out
    whole pages, so it seems to work.
    """
    sizes = {segment.number: segment.size for segment in run.segments}
    if all(_end(content) <= sizes[content.segment] for content in run.contents()):
        return None
    return next(filter(None, (_only_behind(run, sizes, value) for value in values)), None)


def _only_behind(run: Run, sizes: Mapping[int, int], value: int) -> Finding | None:
    behind = None
    for content in run.contents():
        size = sizes[content.segment]
        for offset, width in places(run, content, value):
            if offset + width <= size:
                return None
            behind = behind or (offset, size)
    if behind is None:
        return None
    offset, size = behind
    return Finding(
        f"{value} is stored at byte {offset} of a segment that was created with "
        f"{bytes_of(size)}: past its end.",
        expected="a segment that is large enough for what is stored in it",
        seen=f"byte {offset} of {size}",
        evidence=story(run),
        hint="The system hands out whole pages, so nothing breaks yet; request what you need.",
        cause=Cause(codes.BEHIND_THE_END),
    )


def _end(content: Content) -> int:
    """The offset after the last byte that is not zero."""
    return max([len(content.data)] + [at + len(piece) for at, piece in content.further])


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
    """Where this value was when it was last seen: (segment, offset), or None."""
    for content in reversed(run.contents()):
        for offset, _ in places(run, content, value):
            return content.segment, offset
    return None


def authors_of(run: Run, value: int) -> tuple[int, ...]:
    """The processes that put this value into a segment, in order of their numbers."""
    return tuple(p.number for p in run.processes if wrote(run, p.number, value) is not None)


def pokes(run: Run, poke: tuple[int, int, int], children: int = 1) -> list[tuple[int, int, int]]:
    """The poke at the wait for this child; and for as many more as the program had processes too
    many, since nobody knows beforehand which of them stores the value.
    """
    number, old, new = poke
    more = max(len(run.others) + len(run.helpers) - children, 0)
    return [(number + late, old, new) for late in range(min(more, MOST_POKES) + 1)]


def pokes_before(run: Run, poke: tuple[int, int, int]) -> list[tuple[int, int, int]]:
    """The poke before this child begins; and before each later process too, as in `pokes`."""
    return [(-number, old, new) for number, old, new in pokes(run, poke)]


def was_poked_late(run: Run) -> bool:
    """Did witness change the value after the child, before the parent read it?"""
    asked = run.options.get("poke")
    late = isinstance(asked, list) and all(child > 0 for child, *_ in asked)
    return late and was_poked(run)


def was_poked(run: Run) -> bool:
    """Did witness change the value, at every place that held it?"""
    done = [poke for poke in run.pokes if poke.found]
    return bool(done) and all(poke.changed == poke.found for poke in done)


def why_not_poked_before(run: Run) -> str:
    """Why it can't be shown that the child reads the segment."""
    if any(poke.found for poke in run.pokes):
        return (
            "the segment could not be changed before the child began, so nothing shows it reads it"
        )
    return (
        "the segment didn't hold the value as a number before the child began, so nothing shows "
        "that the child reads it from there"
    )


def why_not_poked(run: Run) -> str:
    """Why it can't be shown that the parent reads the segment: the value couldn't be changed."""
    if not run.pokes:
        ended = "" if run.verdict == "ended" else f" {why_stopped(run)}"
        return f"the parent never learned that its child had ended, so it can't be tested.{ended}"
    if any(poke.found for poke in run.pokes):
        return "the segment was gone when the parent had waited, so it can't be read any more"
    return (
        "the segment didn't hold the value as a number when the parent had waited, so nothing "
        "shows that it is read from there"
    )
