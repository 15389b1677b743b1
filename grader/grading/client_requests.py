"""Can a program talk to valgrind, and so make it silent? That shows in its file.

A client request is 16 bytes of code that no compiler writes by itself ("special instruction
preamble", valgrind.h). Memory that can be written and executed could get them at run time.
"""

import struct
from collections.abc import Iterator

# By the machine's number in an ELF header.
PREAMBLES = {
    62: bytes.fromhex("48c1c703 48c1c70d 48c1c73d 48c1c733"),  # x86-64: rol $3, $13, $61, $51, %rdi
    183: struct.pack("<4I", 0x93CC0D8C, 0x93CC358C, 0x93CCCD8C, 0x93CCF58C),  # arm64: ror x12
}
PT_LOAD, PT_DYNAMIC, PT_GNU_STACK = 1, 2, 0x6474E551
PF_X, PF_W = 1, 2
DT_NULL, DT_TEXTREL, DT_FLAGS, DF_TEXTREL = 0, 22, 30, 4


def why_not_heard(program: bytes) -> str:
    """Why valgrind's silence about a program proves nothing; "" if nothing speaks against it."""
    try:
        return _why_not_heard(program)
    except (struct.error, ValueError):
        return "its program file can't be read"


def _why_not_heard(program: bytes) -> str:
    if program[:6] != b"\x7fELF\x02\x01":
        raise ValueError("not an ELF file of 64 bits")
    preamble = PREAMBLES.get(_number(program, "H", 18))
    if preamble is not None and preamble in program:
        return "it talks to valgrind (a client request)"
    stack = False
    for kind, flags, offset, size in _segments(program):
        stack |= kind == PT_GNU_STACK
        if kind in (PT_LOAD, PT_GNU_STACK) and flags & PF_X and (flags & PF_W):
            return "it has memory that can be written and executed" + (
                " (its stack: pointers to nested functions need that)"
                if kind == PT_GNU_STACK
                else ""
            )
        if kind == PT_DYNAMIC and _changes_its_code(program[offset : offset + size]):
            return "its code is changed when it is loaded"
    return "" if stack else "its stack can be executed"


def _number(program: bytes, form: str, offset: int) -> int:
    (number,) = struct.unpack_from(f"<{form}", program, offset)
    return int(number)


def _segments(program: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Kind, flags, offset and size of each segment: elf(5), Program header."""
    start, size = _number(program, "Q", 32), _number(program, "H", 54)
    for index in range(_number(program, "H", 56)):
        kind, flags, offset, _, _, length = struct.unpack_from(
            "<IIQQQQ", program, start + index * size
        )
        yield kind, flags, offset, length


def _changes_its_code(dynamic: bytes) -> bool:
    """Is the code relocated? elf(5), Dynamic tags."""
    for tag, value in struct.iter_unpack("<qQ", dynamic[: len(dynamic) // 16 * 16]):
        if tag == DT_NULL:
            break
        if tag == DT_TEXTREL or (tag == DT_FLAGS and value & DF_TEXTREL):
            return True
    return False
