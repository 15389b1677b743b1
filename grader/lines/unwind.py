"""From one frame of the stack to the one that called it: .eh_frame (DWARF 5, 6.4; LSB 10.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.lines.elf import EM_AARCH64, PT_GNU_EH_FRAME, Elf
from grader.lines.reader import Damaged, Reader

MOST_STEPS = 2000  # of one function's table
STANDARD = (1, 0x1B, 0x03, 0x3B)  # of .eh_frame_hdr, as every linker writes it
SAME = "same"

Rule = int | str  # saved at this distance from the CFA, or SAME


@dataclass(frozen=True)
class Rules:
    """Where a function keeps what belongs to its caller, at one place in its code."""

    register: int  # the CFA is this register and an offset
    offset: int
    saved: Mapping[int, Rule] = field(default_factory=dict)
    return_register: int = 16
    is_signal: bool = False


@dataclass(frozen=True)
class Cie:
    code: int
    data: int
    return_register: int
    encoding: int
    augmented: bool
    is_signal: bool
    begin: int
    end: int


class Unwinder:
    """The tables of one file."""

    def __init__(self, elf: Elf) -> None:
        self._elf = elf
        self._stack = 31 if elf.machine == EM_AARCH64 else 7
        self._known: dict[int, Rules | None] = {}

    def rules_at(self, address: int) -> Rules | None:
        if address not in self._known:
            try:
                self._known[address] = self._rules(address)
            except Damaged:
                self._known[address] = None
        return self._known[address]

    def caller(
        self, address: int, registers: Mapping[int, int], words: Mapping[int, int]
    ) -> tuple[int, dict[int, int], bool] | None:
        """Its return address, its registers and whether it is a signal's; None if unknown."""
        rules = self.rules_at(address)
        if rules is None or rules.register not in registers:
            return None
        cfa = registers[rules.register] + rules.offset
        above = dict(registers)
        for register, rule in rules.saved.items():
            if isinstance(rule, int):
                above.pop(register, None)
                if cfa + rule in words:
                    above[register] = words[cfa + rule]
            elif rule != SAME:
                above.pop(register, None)
        back = above.get(rules.return_register)
        if back is None or cfa <= registers.get(self._stack, 0) and not self._leaf(rules):
            return None
        above[self._stack] = cfa
        return back, above, rules.is_signal

    def _leaf(self, rules: Rules) -> bool:
        return rules.return_register not in rules.saved

    def _rules(self, address: int) -> Rules | None:
        found = self._entry(address)
        if found is None:
            return None
        reader = Reader(self._elf.data, self._elf.offset_of(found))
        length = reader.u(4)
        if length in (0, 0xFFFFFFFF):
            return None
        reader.end = min(reader.end, reader.at + length)
        here = reader.at
        cie = self._cie(here - reader.u(4))
        start = self._pointer(reader, cie.encoding, found + 8)
        size = self._pointer(reader, cie.encoding & 0x0F, 0)
        if not start <= address < start + size:
            return None
        if cie.augmented:
            reader.take(reader.uleb())
        table = _Table(cie, self._elf.machine)
        table.run(Reader(self._elf.data, cie.begin, cie.end), 2**64)
        table.initial = dict(table.saved)
        table.run(reader, address - start)
        return table.rules()

    def _entry(self, address: int) -> int | None:
        """The address of the entry of the function around this one, by the sorted table."""
        for kind, offset, begin, size in self._elf.segments:
            if kind == PT_GNU_EH_FRAME:
                break
        else:
            return None
        reader = Reader(self._elf.data, offset, offset + size)
        if tuple(reader.take(4)) != STANDARD:
            return None
        reader.take(4)
        low, high = 0, reader.u(4)
        if high > size // 8:
            return None
        while low < high:
            middle = (low + high) // 2
            if begin + Reader(self._elf.data, reader.at + 8 * middle).s(4) <= address:
                low = middle + 1
            else:
                high = middle
        return begin + Reader(self._elf.data, reader.at + 8 * low - 4).s(4) if low else None

    def _cie(self, offset: int) -> Cie:
        reader = Reader(self._elf.data, offset)
        reader.end = min(reader.end, reader.u(4) + reader.at)
        if reader.u(4) != 0:
            raise Damaged("no CIE")
        version, augmentation = reader.u(1), reader.text()
        code, data = reader.uleb(), reader.sleb()
        register = reader.u(1) if version == 1 else reader.uleb()
        encoding = 0
        end = reader.at
        if augmentation[:1] == "z":
            length = reader.uleb()
            end = reader.at + length
            for letter in augmentation[1:]:
                if letter == "R":
                    encoding = reader.u(1)
                elif letter == "P":
                    self._pointer(reader, reader.u(1) & 0x0F, 0)
                elif letter == "L":
                    reader.u(1)
        signal = "S" in augmentation
        return Cie(
            code,
            data,
            register,
            encoding,
            end != reader.at or augmentation[:1] == "z",
            signal,
            end,
            reader.end,
        )

    @staticmethod
    def _pointer(reader: Reader, encoding: int, here: int) -> int:
        form = encoding & 0x0F
        if form in (0x00, 0x04, 0x0C):
            value = reader.s(8) if form == 0x0C else reader.u(8)
        elif form in (0x03, 0x0B):
            value = reader.s(4) if form == 0x0B else reader.u(4)
        else:
            raise Damaged("a pointer in another form")
        return value + here if encoding & 0x70 == 0x10 else value


class _Table:
    """Runs the instructions of a table up to a place."""

    def __init__(self, cie: Cie, machine: int) -> None:
        self._cie = cie
        self._machine = machine
        self._cfa: tuple[int, int] | None = None
        self._kept: list[tuple[tuple[int, int] | None, dict[int, Rule]]] = []
        self.saved: dict[int, Rule] = {}
        self.initial: dict[int, Rule] = {}

    def rules(self) -> Rules | None:
        if self._cfa is None:
            return None
        return Rules(*self._cfa, self.saved, self._cie.return_register, self._cie.is_signal)

    def run(self, reader: Reader, until: int) -> None:
        place = 0
        for _ in range(MOST_STEPS):
            if not reader.more:
                return
            byte = reader.u(1)
            high, low = byte & 0xC0, byte & 0x3F
            if high == 0x40:
                place += low * self._cie.code
            elif high == 0x80:
                self.saved[low] = reader.uleb() * self._cie.data
            elif high == 0xC0:
                self._restore(low)
            elif low in (0x02, 0x03, 0x04):
                place += reader.u(1 << (low - 2)) * self._cie.code
            else:
                self._other(low, reader)
            if place > until:
                return
        raise Damaged("too many steps")

    def _restore(self, register: int) -> None:
        self.saved.pop(register, None)
        if register in self.initial:
            self.saved[register] = self.initial[register]

    def _other(self, code: int, reader: Reader) -> None:
        data = self._cie.data
        if code in (0x00, 0x2D):  # nop; AArch64: whether the return address is signed
            return
        if code == 0x05:
            register = reader.uleb()
            self.saved[register] = reader.uleb() * data
        elif code == 0x06:
            self._restore(reader.uleb())
        elif code in (0x07, 0x08):  # undefined, same value
            self.saved[reader.uleb()] = SAME if code == 0x08 else "undefined"
        elif code == 0x09:
            self.saved[reader.uleb()] = "elsewhere"
            reader.uleb()
        elif code == 0x0A:
            self._kept.append((self._cfa, dict(self.saved)))
        elif code == 0x0B:
            if not self._kept:
                raise Damaged("nothing to restore")
            self._cfa, self.saved = self._kept.pop()
        elif code == 0x0C:
            register = reader.uleb()
            self._cfa = (register, reader.uleb())
        elif code == 0x0D:
            self._cfa = (reader.uleb(), self._cfa[1] if self._cfa else 0)
        elif code == 0x0E:
            self._cfa = (self._cfa[0] if self._cfa else 0, reader.uleb())
        elif code == 0x0F:  # by an expression: not told
            self._cfa = None
            reader.take(reader.uleb())
        elif code in (0x10, 0x16):
            self.saved[reader.uleb()] = "expression"
            reader.take(reader.uleb())
        elif code == 0x11:
            register = reader.uleb()
            self.saved[register] = reader.sleb() * data
        elif code == 0x12:
            register = reader.uleb()
            self._cfa = (register, reader.sleb() * data)
        elif code == 0x13:
            self._cfa = (self._cfa[0] if self._cfa else 0, reader.sleb() * data)
        elif code == 0x2E:
            reader.uleb()
        else:
            raise Damaged("an instruction that is not known")
