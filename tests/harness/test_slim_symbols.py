"""What valgrind is shown of the C library's debug files."""

import struct
from pathlib import Path

import pytest

from grader.grading.slim_symbols import sections, slim_symbols, without_lines
from grader.sandbox import Placed


def the_copies() -> tuple[Placed, ...]:
    copies = slim_symbols()
    if not copies:
        pytest.skip("no debug files of the C library here: apt-get install libc6-dbg")
    return copies


def content(placed: Placed) -> bytes:
    with open(placed.content.open(), "rb") as file:
        return file.read()


def test_a_copy_has_the_names_and_no_lines() -> None:
    for placed in the_copies():
        whole = Path(placed.path).read_bytes()
        slim = content(placed)
        assert any(name.startswith(b".debug_") for _, name, _, _ in sections(whole)), placed.path
        shown = {name: slim[at : at + size] for _, name, at, size in sections(slim)}
        assert not any(name.startswith(b".debug_") for name in shown)
        for _, name, at, size in sections(whole):
            if name in (b".symtab", b".strtab", b".note.gnu.build-id"):
                assert shown[name] == whole[at : at + size], (placed.path, name)


def test_the_dynamic_linker_is_among_them() -> None:
    """Without its names valgrind does not start."""
    opened = [without_lines(Path(placed.path).read_bytes()) for placed in the_copies()]
    assert any(b"_dl_runtime_resolve" in data for data in opened)


@pytest.mark.parametrize("data", [b"", b"#!/bin/sh\n", b"\x7fELF\x02\x01", b"\x7fELF\x01\x01" * 90])
def test_what_is_no_elf_file_is_refused(data: bytes) -> None:
    with pytest.raises((ValueError, struct.error)):
        list(sections(data))
