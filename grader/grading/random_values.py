"""Random inputs: values that no program can predict, and that the same seed repeats.

A seed is a number, which a student may see, and a secret half, which no student does: a program can
read its own sources, and would know all values from the number alone. Who gives a number by hand
has chosen to be repeatable: then there is no secret half.

A value depends only on the seed, the content of the submission, the exercise and a label, never on
the order of the draws, so that one exercise graded by itself gets the values of the full grade, and
a changed submission gets different ones.
"""

import hashlib
import re
import secrets
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
Whole = int  # inside the class `int` is the method

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
LESSON_KEY = 24601  # the key of the stubs: never drawn, so that a fixed key shows


NUMBERS = 2**32
SECRET_BYTES = 16
WHOLE_SEED = re.compile(r"([0-9]{1,60})(?:\.([0-9a-f]{32}))?")


@dataclass(frozen=True)
class Seed:
    """What all random values of a grade follow from."""

    number: int
    secret: str = ""  # hexadecimal digits; "" where the number alone decides

    def __str__(self) -> str:
        return f"{self.number}.{self.secret}" if self.secret else str(self.number)

    @staticmethod
    def read(text: str) -> "Seed":
        """A seed as `--seed` takes it and as a TA's report shows it; ValueError for all else."""
        found = WHOLE_SEED.fullmatch(text)
        if not found:
            raise ValueError(f"no seed: {text}")
        return Seed(int(found[1]), found[2] or "")

    @staticmethod
    def new() -> "Seed":
        return Seed(secrets.randbelow(NUMBERS), new_secret())


def new_secret() -> str:
    return secrets.token_hex(SECRET_BYTES)


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


def secret_of(seed: int, content: bytes, exercise: str, secret: str = "") -> bytes:
    """The key of all draws of one exercise of one submission."""
    digest = hashlib.blake2b(digest_size=32, key=str(seed).encode()[:64])
    parts = (content, exercise.encode(), *((secret.encode(),) if secret else ()))
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()
