"""What is needed of an ELF file (elf(5)): its segments, its sections and its functions."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from grader.lines.reader import Damaged, Reader

MOST_HEADERS = 4096
MOST_SYMBOLS = 100_000
PT_LOAD, PT_GNU_EH_FRAME = 1, 0x6474E550
SHT_SYMTAB, SHT_NOBITS, SHT_DYNSYM = 2, 8, 11
STT_FUNC = 2
EM_AARCH64 = 183

Segment = tuple[int, int, int, int]  # type, offset, address, size in the file


class Elf:
    """A 64-bit little-endian ELF file."""

    def __init__(self, data: bytes) -> None:
        if data[:6] != b"\x7fELF\2\1":
            raise Damaged("no 64-bit ELF file")
        self.data = data
        self.machine = Reader(data, 18).u(2)
        self.segments = self._segments()

    def _segments(self) -> list[Segment]:
        offset, size = Reader(self.data, 32).u(8), Reader(self.data, 54).u(2)
        found = []
        for index in range(min(Reader(self.data, 56).u(2), MOST_HEADERS)):
            header = Reader(self.data, offset + index * size)
            kind, _, start, address = header.u(4), header.u(4), header.u(8), header.u(8)
            header.u(8)
            found.append((kind, start, address, header.u(8)))
        return found

    def address_of(self, offset: int) -> int | None:
        """The address that a place in the file is loaded at."""
        for kind, start, address, size in self.segments:
            if kind == PT_LOAD and start <= offset < start + size:
                return offset - start + address
        return None

    def offset_of(self, address: int) -> int:
        for kind, start, begin, size in self.segments:
            if kind == PT_LOAD and begin <= address < begin + size:
                return address - begin + start
        raise Damaged("an address that is not loaded")

    @cached_property
    def sections(self) -> list[tuple[str, int, int, int, int]]:
        """Name, type, offset, size, and the section that it is linked to."""
        offset, size = Reader(self.data, 40).u(8), Reader(self.data, 58).u(2)
        count, names = Reader(self.data, 60).u(2), Reader(self.data, 62).u(2)
        raw = []
        for index in range(min(count, MOST_HEADERS)):
            header = Reader(self.data, offset + index * size)
            name, kind = header.u(4), header.u(4)
            header.take(16)
            raw.append((name, kind, header.u(8), header.u(8), header.u(4)))
        if names >= len(raw):
            raise Damaged("no names of sections")
        at = raw[names][2]
        return [(Reader(self.data, at + entry[0]).text(), *entry[1:]) for entry in raw]

    def section(self, name: str) -> bytes:
        for found, kind, offset, size, _ in self.sections:
            if found == name and kind != SHT_NOBITS:
                return Reader(self.data, offset).take(size)
        return b""

    @cached_property
    def functions(self) -> list[tuple[int, int, str]]:
        """Start, end and name of each, by start; none if the table is damaged."""
        try:
            return self._functions()
        except Damaged:
            return []

    def _functions(self) -> list[tuple[int, int, str]]:
        found = set()
        left = MOST_SYMBOLS
        for _, kind, offset, size, link in self.sections:
            if kind not in (SHT_SYMTAB, SHT_DYNSYM) or link >= len(self.sections):
                continue
            texts = self.sections[link][2]
            count = min(size // 24, left)
            left -= count
            for index in range(count):
                symbol = Reader(self.data, offset + 24 * index)
                name, info, _, _ = symbol.u(4), symbol.u(1), symbol.u(1), symbol.u(2)
                start, length = symbol.u(8), symbol.u(8)
                if info & 15 == STT_FUNC and length:
                    found.add((start, start + length, texts + name))
        return [(a, b, Reader(self.data, at).text()) for a, b, at in sorted(found)]

    def function_at(self, address: int) -> str:
        """The function that this address is in, or ""."""
        place = bisect_right(self.functions, (address, 2**64, ""))
        if place and address < self.functions[place - 1][1]:
            return self.functions[place - 1][2]
        return ""
