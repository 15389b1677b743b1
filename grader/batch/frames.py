"""Messages between the class's coordinator and its workers: JSON and bytes, with their lengths."""

import json
import struct
from dataclasses import dataclass, field
from typing import Any, BinaryIO

LENGTHS = struct.Struct(">II")
LIMIT = 1 << 30


class Ended(Exception):
    """The other side has gone."""


@dataclass
class Reader:
    """Puts messages together from what arrives in pieces."""

    kept: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> list[tuple[dict[str, Any], bytes]]:
        self.kept += data
        messages = []
        while (message := self._next()) is not None:
            messages.append(message)
        return messages

    def _next(self) -> tuple[dict[str, Any], bytes] | None:
        if len(self.kept) < LENGTHS.size:
            return None
        head, body = LENGTHS.unpack_from(self.kept)
        if head + body > LIMIT:
            raise Ended("a message that makes no sense")
        end = LENGTHS.size + head + body
        if len(self.kept) < end:
            return None
        said = json.loads(bytes(self.kept[LENGTHS.size : LENGTHS.size + head]))
        data = bytes(self.kept[LENGTHS.size + head : end])
        del self.kept[:end]
        return said, data


def framed(said: dict[str, Any], data: bytes = b"") -> bytes:
    head = json.dumps(said).encode("ascii")
    return LENGTHS.pack(len(head), len(data)) + head + data


def read(stream: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """The next message of a stream; raises Ended at its end."""
    head, body = LENGTHS.unpack(_exactly(stream, LENGTHS.size))
    return json.loads(_exactly(stream, head)), _exactly(stream, body)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise Ended("the other side has gone")
    return data
