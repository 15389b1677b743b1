"""The solution is clean under the address and undefined behaviour sanitizers."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.patience import patient
from tests.witness.observed import ROOT, alone

SOLUTION = ROOT / "solution"
SANITIZE = "-std=gnu17 -g -Wall -Wextra -Werror -fsanitize=address,undefined".split()
SANITIZE += ["-fno-sanitize-recover=all", f"-I{SOLUTION / '3-segment'}"]
SEGMENT = SOLUTION / "3-segment/segment.c"


def build(folder: Path, *sources: Path, libraries: tuple[str, ...] = ()) -> Path:
    program = folder / "program"
    subprocess.run(["gcc", *SANITIZE, "-o", program, *sources, *libraries], check=True)
    return program


def output(*command: object) -> str:
    done = subprocess.run(
        [*alone(), "sh", "-c", *map(str, command)],
        capture_output=True,
        text=True,
        timeout=patient(60),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("source", "arguments", "expected"),
    [
        ("1-fork-wait/fork_wait.c", "40 2", "child: 42\nparent: 40\n"),
        ("2-sharing/sharing.c", "40 2", "child: 42\nparent: 42\n"),
        ("6-tally/tally.c", "1 -2 3", "total: 14\n"),
        ("6-tally/tally.c", "", "total: 0\n"),
    ],
)
def test_a_program_is_clean(source: str, arguments: str, expected: str, tmp_path: Path) -> None:
    program = build(tmp_path, SOLUTION / source)
    assert output(f"{program} {arguments}") == expected


def test_the_crash_of_read_only_is_the_kernels(tmp_path: Path) -> None:
    program = build(tmp_path, SOLUTION / "5-read-only/read_only.c")
    # The sanitizer must not take the signal away from the child that shall die of it.
    told = output(f"ASAN_OPTIONS=handle_segv=0 {program} 7")
    assert told == "child: 7\nchild killed by signal 11\nparent: 7\n"


def test_the_keeper_is_clean(tmp_path: Path) -> None:
    program = build(tmp_path, SOLUTION / "4-keeper/keeper.c", SEGMENT)
    script = "$0 create 7 9 && $0 write 7 sharing && $0 read 7 && $0 remove 7"
    assert output(script, program) == "value: sharing\n"


def test_the_five_functions_are_clean(tmp_path: Path) -> None:
    tests = SOLUTION / "3-segment/test_segment.c"
    program = build(tmp_path, tests, SEGMENT, libraries=("-lcriterion",))
    output(f"ASAN_OPTIONS=detect_leaks=0:handle_segv=0 {program} --quiet")
