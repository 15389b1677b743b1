"""Reads numbers out of bytes that somebody else wrote: beyond their end there is nothing."""

from __future__ import annotations


class Damaged(ValueError):
    """These tables can't be read."""


class Reader:
    """A place in some bytes, little-endian."""

    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        self.data = data
        self.at = at
        self.end = len(data) if end is None else min(end, len(data))

    @property
    def more(self) -> bool:
        return self.at < self.end

    def take(self, count: int) -> bytes:
        if count < 0 or self.at < 0 or self.at + count > self.end:
            raise Damaged("beyond the end")
        self.at += count
        return self.data[self.at - count : self.at]

    def u(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def s(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little", signed=True)

    def uleb(self) -> int:
        """DWARF 5, 7.6: an unsigned LEB128."""
        value = 0
        for shift in range(0, 70, 7):
            byte = self.u(1)
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise Damaged("a number without an end")

    def sleb(self) -> int:
        begin = self.at
        value = self.uleb()
        bits = 7 * (self.at - begin)
        return value - (1 << bits) if value >> (bits - 1) & 1 else value

    def text(self) -> str:
        end = self.data.find(b"\0", self.at, self.end)
        if end < 0:
            raise Damaged("a text without an end")
        found = self.data[self.at : end]
        self.at = end + 1
        return found.decode("utf-8", "replace")
