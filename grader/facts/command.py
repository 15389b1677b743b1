"""One run of a student's program as the witness is asked for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

Argument = str | int

NO_LIMITS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class Command:
    """Arguments of the exercise's program, and the witness's options for this run.

    `command` makes one, and says what an option is if nobody asks for it.
    """

    args: tuple[str, ...]
    stdout: str
    schedule: str
    fail: tuple[str, ...]
    poke: tuple[tuple[int, int, int], ...]  # (child, old, new)
    signal: tuple[int, int] | None  # (old, new)
    core: bool  # a wait tells of a core dump
    owner_mode: bool  # the owner may read and write, whatever mode is asked for
    content: bool
    id_zero: bool  # the first segment may have the id 0
    past_end: bool  # what follows a segment on its last page is not zero
    first_pid: int | None  # process ids are at least that large
    traced: bool
    limits: tuple[tuple[str, int], ...]
    linger: int | None
    explore: int  # so many orders of its processes are tried; 0: the one of the schedule

    def options(self) -> list[tuple[str, ...]]:
        """The witness's options of this run, each with its value."""
        options: list[tuple[str, ...]] = []
        if self.stdout != "pipe":
            options.append(("--stdout", self.stdout))
        if self.schedule != "none":
            options.append(("--schedule", self.schedule))
        options += [("--fail", fault) for fault in self.fail]
        options += [("--poke", f"{child}:{old}:{new}") for child, old, new in self.poke]
        if self.signal is not None:
            options.append(("--signal", f"{self.signal[0]}:{self.signal[1]}"))
        if self.core:
            options.append(("--core",))
        if self.owner_mode:
            options.append(("--owner-mode",))
        if self.content:
            options.append(("--content",))
        if self.id_zero:
            options.append(("--id-zero",))
        if self.past_end:
            options.append(("--past-end",))
        if self.first_pid is not None:
            options.append(("--first-pid", str(self.first_pid)))
        if not self.traced:
            options.append(("--untraced",))
        options += [("--limit", f"{name}={value}") for name, value in self.limits]
        if self.linger is not None:
            options.append(("--linger", str(self.linger)))
        if self.explore:
            options.append(("--explore", str(self.explore)))
        return options

    def words(self, program: str) -> list[str]:
        """The words of this command in a series of the witness."""
        options = [word for option in self.options() for word in option]
        return [*options, "--", program, *self.args]


def command(
    *args: Argument,
    stdout: str = "terminal",
    schedule: str = "none",
    fail: str | Sequence[str] = (),
    poke: Sequence[tuple[int, int, int]] = (),
    signal: tuple[int, int] | None = None,
    core: bool = False,
    owner_mode: bool = False,
    content: bool = False,
    id_zero: bool = False,
    past_end: bool = False,
    first_pid: int | None = None,
    traced: bool = True,
    limits: Mapping[str, int] = NO_LIMITS,
    linger: int | None = None,
    explore: int = 0,
) -> Command:
    """A Command from plain values: `command("create", key, 64, fail="shmget:ENOSPC")`."""
    return Command(
        args=tuple(str(arg) for arg in args),
        stdout=stdout,
        schedule=schedule,
        fail=(fail,) if isinstance(fail, str) else tuple(fail),
        poke=tuple(poke),
        signal=signal,
        core=core,
        owner_mode=owner_mode,
        content=content,
        id_zero=id_zero,
        past_end=past_end,
        first_pid=first_pid,
        traced=traced,
        limits=tuple(sorted((name.replace("_", "-"), value) for name, value in limits.items())),
        linger=linger,
        explore=explore,
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
