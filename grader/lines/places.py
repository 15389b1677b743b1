"""The lines of a run's events: a stack that witness copied, unwound."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.facts.records import Run
from grader.lines.elf import Elf
from grader.lines.reader import Damaged
from grader.lines.table import Row, row_at, rows_of
from grader.lines.unwind import Unwinder

MOST_BYTES = 64 << 20  # of a file
MOST_FRAMES = 64
SYSTEM = ("/usr/lib", "/lib")  # whose tables are those of this machine's own libraries
STACK = {62: 7, 183: 31}  # the number of the stack pointer, by machine
AT_EXIT = ("exit", "quick_exit")  # they write what was printed long before


@dataclass(frozen=True)
class Frame:
    """A function of the student's that was at work, and where."""

    function: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class _Map:
    start: int
    end: int
    offset: int
    path: str


class _File:
    """A file of code, with all that is known of it."""

    def __init__(self, data: bytes, own: bool) -> None:
        self.elf = Elf(data)
        self.unwinder = Unwinder(self.elf)
        self.rows: list[Row] = rows_of(self.elf) if own else []


class Lines:
    """Of one program. `names` are the student's files, which alone have lines."""

    _libraries: dict[str, _File | None] = {}

    def __init__(self, program: Callable[[], bytes], names: Collection[str]) -> None:
        self._program = program
        self._names = names
        self._own: _File | None = None
        self._read = False

    def of_run(self, run: Run) -> dict[int, str]:
        """The line of each event of a run that has one, by its seq."""
        known = self.of(run.stacks, run.command[0] if run.command else "")
        lines = {seq: str(frames[0]) for seq, frames in known.items() if frames}
        for call in run.all_calls:
            if call.began in lines:  # it never returned
                lines.setdefault(call.seq, lines[call.began])
        return lines

    def of(self, stacks: Sequence[Any], command: str) -> dict[int, tuple[Frame, ...]]:
        """For each event, by its seq, the student's functions at work, the innermost first."""
        found: dict[int, tuple[Frame, ...]] = {}
        maps: list[_Map] = []
        base = command.rpartition("/")[2]
        for entry in stacks:
            try:
                if isinstance(entry, dict):
                    maps = [_Map(*map_) for map_ in entry["maps"]]
                else:
                    found[entry[0]] = tuple(self._frames(entry, maps, base))
            except (Damaged, LookupError, TypeError, ValueError, OSError, RecursionError):
                continue
        return found

    def _frames(self, entry: Sequence[Any], maps: Sequence[_Map], base: str) -> Iterator[Frame]:
        _, pc, sp, kept, copied = entry
        registers = dict(zip(kept[::2], kept[1::2]))
        words = {sp + at: word for at, word in zip(copied[::2], copied[1::2])}
        exact = True  # of the innermost frame and of one that a signal came to
        for _ in range(MOST_FRAMES):
            where = self._where(pc if exact else pc - 1, maps, base)
            if where is None:
                return
            file, address = where
            registers.setdefault(STACK.get(file.elf.machine, 7), sp)
            row = row_at(file.rows, address)
            if row and row[0] in self._names:
                yield Frame(file.elf.function_at(address), *row)
            elif file.elf.function_at(address) in AT_EXIT:
                return
            above = file.unwinder.caller(address, registers, words)
            if above is None:
                return
            pc, registers, exact = above

    def _where(self, pc: int, maps: Sequence[_Map], base: str) -> tuple[_File, int] | None:
        for place in maps:
            if place.start <= pc < place.end:
                file = self._file(place.path, base)
                address = file.elf.address_of(pc - place.start + place.offset) if file else None
                return None if file is None or address is None else (file, address)
        return None

    def _file(self, path: str, base: str) -> _File | None:
        if path.startswith(SYSTEM):
            if path not in self._libraries:
                self._libraries[path] = _file_of(lambda: _bytes_of(Path(path)), own=False)
            return self._libraries[path]
        if path.removesuffix(" (deleted)").rpartition("/")[2] != base:
            return None
        if not self._read:
            self._read = True
            self._own = _file_of(self._program, own=True)
        return self._own


def _file_of(read: Callable[[], bytes], own: bool) -> _File | None:
    try:
        data = read()
        return _File(data, own) if len(data) <= MOST_BYTES else None
    except (OSError, Damaged):
        return None


def _bytes_of(path: Path) -> bytes:
    """Of a regular file; no device is read, nor what never ends."""
    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        raise Damaged("no library")
    with path.open("rb") as file:
        return file.read(MOST_BYTES)
