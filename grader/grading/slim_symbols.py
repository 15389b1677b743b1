"""The debug files of the C library without their lines: valgrind starts in two thirds of the time.

valgrind needs the names in them (it replaces functions of the dynamic linker by name), and reads
lines and types with them, which nobody asks for: what counts is the student's own file. So a
sandbox shows valgrind copies in which those sections have no name. elf(5), and valgrind's manual on
where it looks for debug files.
"""

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from grader.sandbox import Held, Placed

DEBUG_FILES = Path("/usr/lib/debug/.build-id")
LIBRARIES = ("ld-linux", "libc.so", "libm.so")
ELF64_LITTLE = b"\x7fELF\x02\x01"
SECTIONS_AT, SECTIONS = (0x28, "<Q"), (0x3A, "<HHH")  # e_shoff; e_shentsize, e_shnum, e_shstrndx
SECTION = "<IIQQQQ"  # sh_name, sh_type, sh_flags, sh_addr, sh_offset, sh_size
NOTE = "<III"  # the sizes of name and description, and the type
BUILD_ID = b".note.gnu.build-id"
LINES = b".debug_"


@cache
def slim_symbols() -> tuple[Placed, ...]:
    """Copies that lie over the debug files of this machine; none where it has other ones."""
    try:
        return tuple(_copies())
    except (OSError, struct.error, ValueError):
        return ()  # valgrind reads the whole files, as anywhere else


def _copies() -> Iterator[Placed]:
    for library in _libraries():
        path = _debug_file(library.read_bytes())
        if path.is_file():
            yield Placed(str(path), Held(without_lines(path.read_bytes()), path.name))


def _libraries() -> list[Path]:
    """Those of this process: a student's program is linked with the same ones."""
    words = Path("/proc/self/maps").read_text(encoding="utf-8").split()
    paths = {word for word in words if word.startswith("/")}
    return sorted(Path(path) for path in paths if Path(path).name.startswith(LIBRARIES))


def _debug_file(elf: bytes) -> Path:
    for _, name, offset, _ in sections(elf):
        if name == BUILD_ID:
            name_size, size, _ = struct.unpack_from(NOTE, elf, offset)
            start = offset + struct.calcsize(NOTE) + name_size
            digits = elf[start : start + size].hex()
            return DEBUG_FILES / digits[:2] / f"{digits[2:]}.debug"
    raise ValueError("no build id")


def without_lines(elf: bytes) -> bytes:
    """The same file; the sections of lines and types have lost their names, so none is found."""
    slim = bytearray(elf)
    for header, name, _, _ in sections(elf):
        if name.startswith(LINES):
            struct.pack_into("<I", slim, header, 0)
    return bytes(slim)


def sections(elf: bytes) -> Iterator[tuple[int, bytes, int, int]]:
    """Of each section: where its header is, its name, where it is, and its size in bytes.

    Raises struct.error or ValueError for what is no little-endian ELF of 64 bits.
    """
    if not elf.startswith(ELF64_LITTLE):
        raise ValueError("no little-endian ELF of 64 bits")
    (table,) = struct.unpack_from(SECTIONS_AT[1], elf, SECTIONS_AT[0])
    step, count, names_index = struct.unpack_from(SECTIONS[1], elf, SECTIONS[0])
    names = struct.unpack_from(SECTION, elf, table + step * names_index)[4]
    for header in range(table, table + step * count, step):
        name_at, _, _, _, offset, size = struct.unpack_from(SECTION, elf, header)
        start = names + name_at
        yield header, elf[start : elf.index(b"\0", start)], offset, size
