"""Which line of which file an address belongs to: .debug_line (DWARF 5, 6.2)."""

from __future__ import annotations

from bisect import bisect_right

from grader.lines.elf import Elf
from grader.lines.reader import Damaged, Reader

MOST_STEPS = 500_000  # of all programs together
MOST_FILES = 10_000

Row = tuple[int, str, int]  # address, file, line; line 0 ends a sequence


def rows_of(elf: Elf) -> list[Row]:
    """All rows, by address; what can't be read has none."""
    data = elf.section(".debug_line")
    texts = {0x1F: elf.section(".debug_line_str"), 0x0E: elf.section(".debug_str")}
    reader = Reader(data)
    rows: list[Row] = []
    steps = [MOST_STEPS]
    try:
        while reader.more:
            length = reader.u(4)
            if length >= 0xFFFFFFF0:
                break
            unit = Reader(data, reader.at, reader.at + length)
            reader.take(length)
            rows += _unit(unit, texts, steps)
    except Damaged:
        pass
    return sorted(rows, key=lambda row: (row[0], row[2] != 0))


def row_at(rows: list[Row], address: int) -> tuple[str, int] | None:
    place = bisect_right(rows, address, key=lambda row: row[0])
    if not place or rows[place - 1][2] <= 0:
        return None
    return rows[place - 1][1:]


def _unit(unit: Reader, texts: dict[int, bytes], steps: list[int]) -> list[Row]:
    version = unit.u(2)
    if version not in (2, 3, 4, 5):
        return []
    if version == 5:
        unit.take(2)
    begin = unit.u(4) + unit.at
    least = unit.u(1)
    if version >= 4:
        unit.u(1)
    unit.u(1)
    base, span, first = unit.s(1), unit.u(1), unit.u(1)
    operands = [0, *(unit.u(1) for _ in range(first - 1))]
    if not span:
        raise Damaged("a range of no lines")
    if version == 5:
        _entries(unit, texts)
        files = _entries(unit, texts)
    else:
        files = [""]
        while unit.text():
            pass
        while name := unit.text():
            files.append(name)
            for _ in range(3):
                unit.uleb()
            if len(files) > MOST_FILES:
                raise Damaged("too many files")
    unit.at = begin
    return _program(unit, files, least, base, span, first, operands, steps)


def _entries(unit: Reader, texts: dict[int, bytes]) -> list[str]:
    """The names in a list of folders or files."""
    forms = [(unit.uleb(), unit.uleb()) for _ in range(unit.u(1))]
    count = unit.uleb()
    if count > MOST_FILES:
        raise Damaged("too many files")
    names = []
    for _ in range(count):
        name = ""
        for content, form in forms:
            value = _value(unit, form, texts)
            if content == 1:
                name = value
        names.append(name)
    return names


def _value(unit: Reader, form: int, texts: dict[int, bytes]) -> str:
    if form == 0x08:
        return unit.text()
    if form in texts:
        return Reader(texts[form], unit.u(4)).text()
    if form == 0x0F:
        unit.uleb()
    elif form == 0x09:
        unit.take(unit.uleb())
    elif form in (0x0B, 0x05, 0x06, 0x07, 0x1E):
        unit.take({0x0B: 1, 0x05: 2, 0x06: 4, 0x07: 8, 0x1E: 16}[form])
    else:
        raise Damaged("a form that is not known")
    return ""


def _program(
    unit: Reader,
    files: list[str],
    least: int,
    base: int,
    span: int,
    first: int,
    operands: list[int],
    steps: list[int],
) -> list[Row]:
    rows: list[Row] = []
    address, file, line = 0, 1, 1

    def add(number: int) -> None:
        name = files[file] if 0 <= file < len(files) else ""
        rows.append((address, name.rpartition("/")[2], number))

    while unit.more:
        steps[0] -= 1
        if steps[0] < 0:
            raise Damaged("too many steps")
        code = unit.u(1)
        if code >= first:
            code -= first
            address += code // span * least
            line += base + code % span
            add(line)
        elif code == 0:
            length = unit.uleb()
            after = unit.at + length
            extended = unit.u(1)
            if extended == 1:
                add(0)
                address, file, line = 0, 1, 1
            elif extended == 2:
                address = unit.u(min(length - 1, 8))
            unit.at = after
        elif code == 1:
            add(line)
        elif code == 2:
            address += unit.uleb() * least
        elif code == 3:
            line += unit.sleb()
        elif code == 4:
            file = unit.uleb()
        elif code == 8:
            address += (255 - first) // span * least
        elif code == 9:
            address += unit.u(2)
        else:
            for _ in range(operands[code]):
                unit.uleb()
    return rows
