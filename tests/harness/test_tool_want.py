"""A compiler that the machine cannot start costs no point; a source that says so gains nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.base.check import Fault
from grader.base.exercise import Exercise
from grader.grading import compile as builds
from grader.grading.intake import Intake, Source
from grader.grading.tool_want import tools_want
from grader.sandbox import Ended

FULL = "gcc: fatal error: cannot execute 'cc1': vfork: Resource temporarily unavailable"
SAID = [
    FULL,
    "gcc: fatal error: cannot execute ‘/usr/lib/gcc/x86_64-linux-gnu/12/cc1’: vfork: Resource"
    " temporarily unavailable",
    "gcc-14: fatal error: vfork: Cannot allocate memory",
    "collect2: fatal error: vfork: Resource temporarily unavailable",
    "make: gcc: Resource temporarily unavailable",
    "make[1]: uname: Resource temporarily unavailable",
    "sh: 1: Cannot fork",
]
OTHER = [
    "compilation terminated.",
    "cc1: out of memory allocating 65536 bytes after a total of 405504 bytes",
    "6-tally/tally.c:3:2: error: #error vfork: Resource temporarily unavailable",
    "tally: fork: Resource temporarily unavailable",
    "ld: gcc: fatal error: vfork: Resource temporarily unavailable",
    FULL + "'",
]
TALLY = Exercise("6-tally", "tally", "tally.c", "tally")
PROGRAM = Ended(0, b"\x7fELF", b"", False, False)
REFUSED = Ended(1, b"", f"{FULL}\ncompilation terminated.\n".encode(), False, False)


@pytest.mark.parametrize("line", SAID)
def test_a_tool_that_could_not_start_another_is_named(line: str) -> None:
    want = tools_want(["something else", line])
    assert want and want.startswith(f"{line.partition(':')[0]} could not start another process")
    assert "; raise" in want or ": raise" in want


@pytest.mark.parametrize("line", OTHER)
def test_other_words_are_other_words(line: str) -> None:
    assert tools_want([line]) is None


def built() -> builds.Built:
    source = Source("tally.c", b"int main(void) { return 0; }\n")
    return builds.build(TALLY, Intake(TALLY.id, source, (), "", ()))


@pytest.fixture
def compiler(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """In place of the compiler: what it answers for the student's source and for the kit's own."""

    def answers(students: list[Ended], own: Ended) -> list[str]:
        asked: list[str] = []

        def call(command: list[str], *_: object) -> Ended:
            asked.append("own" if any("empty.c" in word for word in command) else "student")
            if asked[-1] == "own":
                return own
            return students.pop(0) if len(students) > 1 else students[0]  # the last one stays

        monkeypatch.setattr(builds, "_call", call)
        return asked

    return answers


def test_a_machine_without_room_for_the_compiler_is_a_fault(
    compiler: Callable[..., list[str]]
) -> None:
    asked = compiler([REFUSED], REFUSED)
    with pytest.raises(Fault, match="gcc could not start another process: raise "):
        built()
    assert asked == ["student", "own"]


def test_what_finds_room_later_is_built(compiler: Callable[..., list[str]]) -> None:
    asked = compiler([REFUSED, REFUSED, PROGRAM], PROGRAM)
    assert built().ok and asked.count("own") == 2


def test_a_source_that_says_so_is_believed_no_more_than_the_machine(
    compiler: Callable[..., list[str]]
) -> None:
    asked = compiler([REFUSED], PROGRAM)
    assert not built().ok and asked.count("own") == builds.ATTEMPTS - 1


def test_the_kits_own_program_is_compiled() -> None:
    builds._demand_a_compiler()


def test_a_build_that_works_asks_once(compiler: Callable[..., list[str]]) -> None:
    asked = compiler([PROGRAM], REFUSED)
    assert built().ok and asked == ["student"]
