"""One run of a student's program as the witness is asked for it: its arguments and the world it runs in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

Argument = str | int

NO_LIMITS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class Command:
    """Arguments of the exercise's program, and the witness's options for this run."""

    args: tuple[str, ...]
    stdout: str = "terminal"
    schedule: str = "none"
    fail: tuple[str, ...] = ()
    poke: tuple[tuple[int, int, int], ...] = ()  # (child, old, new)
    signal: tuple[int, int] | None = None  # (old, new)
    content: bool = False
    traced: bool = True
    limits: tuple[tuple[str, int], ...] = ()
    linger: int | None = None

    def words(self, program: str) -> list[str]:
        """The words of this command in a series of the witness."""
        words = [f"--stdout={self.stdout}", f"--schedule={self.schedule}"]
        words += [f"--fail={fault}" for fault in self.fail]
        words += [f"--poke={child}:{old}:{new}" for child, old, new in self.poke]
        if self.signal is not None:
            words.append(f"--signal={self.signal[0]}:{self.signal[1]}")
        if self.content:
            words.append("--content")
        if not self.traced:
            words.append("--untraced")
        words += [f"--limit={name}={value}" for name, value in self.limits]
        if self.linger is not None:
            words.append(f"--linger={self.linger}")
        return [*words, "--", program, *self.args]


def command(
    *args: Argument,
    stdout: str = "terminal",
    schedule: str = "none",
    fail: str | Sequence[str] = (),
    poke: Sequence[tuple[int, int, int]] = (),
    signal: tuple[int, int] | None = None,
    content: bool = False,
    traced: bool = True,
    limits: Mapping[str, int] = NO_LIMITS,
    linger: int | None = None,
) -> Command:
    """A Command from plain values: `command("create", key, 64, fail="shmget:ENOSPC")`."""
    return Command(
        args=tuple(str(arg) for arg in args),
        stdout=stdout,
        schedule=schedule,
        fail=(fail,) if isinstance(fail, str) else tuple(fail),
        poke=tuple(poke),
        signal=signal,
        content=content,
        traced=traced,
        limits=tuple(sorted((name.replace("_", "-"), value) for name, value in limits.items())),
        linger=linger,
    )


def percent_encoded(word: str) -> str:
    """A word as the witness's series reads it: an empty word is a lone %."""
    if not word:
        return "%"
    plain = b"!\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~"
    encoded = []
    for byte in word.encode("utf-8", "surrogateescape"):
        alphanumeric = chr(byte).isalnum() and byte < 128
        encoded.append(chr(byte) if alphanumeric or byte in plain else f"%{byte:02X}")
    return "".join(encoded)


def series_text(words: Sequence[Sequence[str]]) -> str:
    """The series of some commands, one a line."""
    return "".join(" ".join(percent_encoded(word) for word in line) + "\n" for line in words)
