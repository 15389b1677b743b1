"""A program that can talk to valgrind is found by its file; an ordinary one is not."""

import struct
import subprocess
from pathlib import Path

import pytest

from grader.grading.client_requests import PREAMBLES, why_not_heard
from tests.harness.conftest import KIT

MAIN = "int main(void) { %s return 0; }\n"
REQUEST = 'asm volatile("rol $3,%rdi; rol $13,%rdi; rol $61,%rdi; rol $51,%rdi; xchg %rbx,%rbx");'
NESTED = "int n = 1; int f(void) { return n; } int (*volatile p)(void) = f; p();"


def built(folder: Path, code: str, *options: str) -> bytes:
    (folder / "x.c").write_text(code, encoding="utf-8")
    subprocess.run(["gcc", *options, "-o", "x", "x.c"], cwd=folder, check=True, capture_output=True)
    return (folder / "x").read_bytes()


@pytest.mark.parametrize("options", [(), ("-g", "-lm"), ("-static",), ("-no-pie",)])
def test_an_ordinary_program_is_believed(tmp_path: Path, options: tuple[str, ...]) -> None:
    assert why_not_heard(built(tmp_path, MAIN % "", *options)) == ""


def test_the_systems_programs_and_libraries_are_believed() -> None:
    for name in ("/bin/ls", "/bin/sh", "/usr/bin/python3", "/usr/bin/gcc"):
        assert why_not_heard(Path(name).read_bytes()) == ""
    assert why_not_heard((KIT / "build" / "witness").read_bytes()) == ""


@pytest.mark.skipif(
    "62" != str(struct.unpack_from("<H", Path("/bin/sh").read_bytes(), 18)[0]), reason="x86-64"
)
def test_a_client_request_is_found(tmp_path: Path) -> None:
    assert "talks to valgrind" in why_not_heard(built(tmp_path, MAIN % REQUEST))


def test_the_code_of_a_request_is_found_for_each_machine(tmp_path: Path) -> None:
    program = built(tmp_path, MAIN % "")
    for machine, preamble in PREAMBLES.items():
        other = program[:18] + struct.pack("<H", machine) + program[20:] + b"x" + preamble
        assert "talks to valgrind" in why_not_heard(other)


@pytest.mark.parametrize(
    ("code", "options"),
    [
        (MAIN % NESTED, ()),
        (MAIN % "", ("-z", "execstack")),
        ('__attribute__((section(".x,\\"awx\\",@progbits#"))) char x[9] = {1};\n' + MAIN % "", ()),
    ],
    ids=["nested function", "execstack", "a section of its own"],
)
def test_memory_to_write_and_execute_is_found(
    tmp_path: Path, code: str, options: tuple[str, ...]
) -> None:
    assert "written and executed" in why_not_heard(built(tmp_path, code, *options))


def test_code_that_the_loader_changes_is_found(tmp_path: Path) -> None:
    code = 'asm(".text; .quad main");\n' + MAIN % ""
    assert "changed" in why_not_heard(built(tmp_path, code, "-Wl,-z,notext"))


@pytest.mark.parametrize("cut", [0, 10, 63, 64, 200])
def test_what_is_no_program_is_not_believed(tmp_path: Path, cut: int) -> None:
    assert why_not_heard(built(tmp_path, MAIN % "")[:cut]) != ""
