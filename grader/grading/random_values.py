"""Random inputs: values that no program can predict, and that the same seed repeats.

A value depends only on the seed, the content of the submission, the exercise and a label, never on
the order of the draws, so that one exercise graded by itself gets the values of the full grade, and
a changed submission gets different ones.
"""

import hashlib
from collections.abc import Container, Sequence
from typing import TypeVar

T = TypeVar("T")
Whole = int  # inside the class `int` is the method

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
LESSON_KEY = 24601  # the key of the stubs: never drawn, so that a fixed key shows


class Draw:
    """A stream of values for one label."""

    def __init__(self, secret: bytes, label: str) -> None:
        self._key = secret
        self._label = label.encode("utf-8", "surrogateescape")
        self._count = 0

    def _word(self) -> Whole:
        """64 random bits."""
        message = self._label + b"\0" + str(self._count).encode()
        self._count += 1
        digest = hashlib.blake2b(message, digest_size=8, key=self._key).digest()
        return Whole.from_bytes(digest, "big")

    def int(self, low: Whole, high: Whole, but: Container[Whole] = ()) -> Whole:
        """A whole number from low to high, both included, but none of those."""
        if all(value in but for value in range(low, high + 1)):
            raise ValueError(f"nothing to draw between {low} and {high}")
        while True:
            value = low + self._word() % (high - low + 1)
            if value not in but:
                return value

    def choice(self, values: Sequence[T]) -> T:
        return values[self.int(0, len(values) - 1)]

    def distinct(self, count: Whole, low: Whole, high: Whole) -> list[Whole]:
        """`count` different whole numbers from low to high, in random order."""
        if count > high - low + 1:
            raise ValueError(f"there are no {count} different numbers between {low} and {high}")
        drawn: list[Whole] = []
        while len(drawn) < count:
            value = self.int(low, high)
            if value not in drawn:
                drawn.append(value)
        return drawn

    def key(self) -> Whole:
        """A key for a segment: positive, and not the lesson's own."""
        value = self.int(100_000, 2_000_000_000)
        return value if value != LESSON_KEY else value + 1

    def text(self, length: Whole) -> str:
        """`length` letters."""
        return "".join(self.choice(LETTERS) for _ in range(length))


def secret_of(seed: int, content: bytes, exercise: str) -> bytes:
    """The key of all draws of one exercise of one submission."""
    digest = hashlib.blake2b(digest_size=32, key=str(seed).encode()[:64])
    for part in (content, exercise.encode()):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()
