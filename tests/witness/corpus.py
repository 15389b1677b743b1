"""The programs of the corpus, each with a command that makes it do what its exercise asks."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.corpus.case import Case
from tests.witness import reachable
from tests.witness.observed import ROOT

FOLDER = reachable.place() / "corpus"
COMPILER = ["gcc", "-std=gnu17", "-g", "-w", "-pthread", f"-I{ROOT / 'starter/3-segment'}"]
PARTS = {
    "3-segment": [str(ROOT / "grader/hidden/3_segment_driver.c")],
    "4-keeper": [str(ROOT / "solution/3-segment/segment.c")],
}
# More than one command is a small script, whose shell is watched as well.
SCRIPTS = {
    "1-fork-wait": "{p} 40 2",
    "2-sharing": "{p} 40 2",
    "3-segment": (
        "{p} token create 24601 64; {p} token access 24601; {p} token attach 24601 7;"
        " {p} token attach_read_only 24601; {p} token detach 24601; {p} token remove 24601;"
        " {p} token remove 24601"
    ),
    "4-keeper": (
        "{p} create 24601 16; {p} create 24601 16; {p} write 24601 text; {p} read 24601;"
        " {p} write 24601 much-too-long-a-text; {p} remove 24601; {p} read 24601"
    ),
    "5-read-only": "{p} 42",
    "6-tally": "{p} 3 4 5",
}


@dataclass(frozen=True)
class Built:
    command: tuple[str, ...]


def build(case: Case) -> Built | None:
    """None where it does not compile: then there is nothing to run."""
    program = FOLDER / case.name
    program.parent.mkdir(parents=True, exist_ok=True)
    folder = case.folder / case.exercise
    every = [str(file) for file in sorted(folder.glob("*.c"))]
    own = str(folder / (case.exercise[2:].replace("-", "_") + ".c"))
    # A file beside that does not compile, or has a main of its own, is left out.
    if not any(
        compile_to(program, [*files, *PARTS.get(case.exercise, [])]) for files in (every, [own])
    ):
        return None
    script = SCRIPTS[case.exercise].format(p=shlex.quote(str(program)))
    return Built(("sh", "-c", script) if ";" in script else tuple(shlex.split(script)))


def compile_to(program: Path, sources: list[str]) -> bool:
    command = [*COMPILER, "-o", str(program), *sources]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
