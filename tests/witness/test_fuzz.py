"""What witness parses stands made-up bytes; a fuzzer that finds no planted fault proves nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.witness.observed import ROOT

FUZZ = ROOT / "tests/witness/fuzz"
WITNESS = ROOT / "grader/witness"
SANITIZERS = "-fsanitize=fuzzer,address,undefined"
RUNS = "20000"
# A check that stands in the code, and without it a fault that bytes can reach.
PLANTED = {
    "options": (
        "options.c",
        "high < 0 ? -1 : hex_digit(from[2])",
        "hex_digit(from[2])",
        "heap-buffer-overflow",
    ),
    "proc_text": (
        "proc_text.c",
        "end == NULL || end[1] != ' ' || end[2] == '\\0'",
        "end == NULL || end[2] == '\\0'",
        "heap-buffer-overflow",
    ),
}


pytestmark = pytest.mark.needs("fuzzer")


def fuzz(fuzzer: Path) -> subprocess.CompletedProcess[str]:
    """The same inputs each time."""
    return subprocess.run(
        [FUZZ / "run", RUNS, fuzzer],
        env={**os.environ, "SEED": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def build(name: str, folder: Path, sources: list[Path]) -> Path:
    fuzzer = folder / name
    # -iquote: witness has a limits.h of its own, as the system has.
    include = f"-iquote{WITNESS}"
    flags = ["-std=gnu17", "-O1", "-g", SANITIZERS, "-fno-sanitize-recover=all", include]
    parts = [str(source) for source in (FUZZ / f"{name}.c", *sources)]
    subprocess.run(["clang", *flags, "-o", str(fuzzer), *parts], check=True)
    return fuzzer


@pytest.mark.parametrize("name", ["options", "proc_text"])
def test_made_up_bytes_find_nothing(name: str, tmp_path: Path) -> None:
    parts = {"options": ["options.c", "help.c"], "proc_text": ["proc_text.c"]}[name]
    done = fuzz(build(name, tmp_path, [WITNESS / part for part in parts]))
    assert done.returncode == 0, done.stdout
    assert done.stdout == f"{name}: {RUNS} inputs, nothing found\n"


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_fault_is_found(planted: str, tmp_path: Path) -> None:
    file, check, without, said = PLANTED[planted]
    source = (WITNESS / file).read_text(encoding="ascii")
    assert source.count(check) == 1
    broken = tmp_path / file
    broken.write_text(source.replace(check, without), encoding="ascii")
    name = "proc_text" if file == "proc_text.c" else "options"
    others = [] if name == "proc_text" else [WITNESS / "help.c"]
    done = fuzz(build(name, tmp_path, [broken, *others]))
    assert done.returncode == 1
    assert said in done.stdout
