"""The commands that the pages show are run: a page cannot promise what does not work.

A command is a line of a fenced `sh` block that begins with `make` or `grader/`; lines in another
fence (`console`, `text`) are examples of output, or need what a test has not got (a roster)."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.built import build_witness, copy_kit

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    page
    for page in [
        ROOT / "README.md",
        *ROOT.glob(".github/*.md"),
        *ROOT.glob("assignment/**/*.md"),
        *ROOT.glob("grader/**/*.md"),
    ]
    if page.is_file()
)
FENCE = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
# Too long for a test, or a test would run itself: that they exist is all that is asked.
NOT_RUN = {"make test", "make test QUICK=1", "make bench", "make lint"}


def commands(page: Path) -> list[str]:
    blocks = FENCE.findall(page.read_text(encoding="utf-8"))
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith(("make ", "grader/"))]


SHOWN = [(page, command) for page in PAGES for command in commands(page)]


def environment() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if name not in ("MAKEFLAGS", "OUT")}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project as a reader has it, with witness built."""
    build_witness()
    return copy_kit(tmp_path_factory.mktemp("clone") / "kit")


def test_the_readme_shows_how_to_grade_and_to_test() -> None:
    shown = [command for page, command in SHOWN if page.name == "README.md"]
    assert any(command.startswith("make grade") for command in shown)
    assert "make test" in shown


@pytest.mark.parametrize(
    ("page", "command"), SHOWN, ids=[f"{page.relative_to(ROOT)}: {line}" for page, line in SHOWN]
)
def test_a_command_works(page: Path, command: str, clone: Path) -> None:
    words = shlex.split(command)
    if command in NOT_RUN:
        words.append("--dry-run")
    folder = page.parent if words[0] == "make" and page.parent.name != "grader" else ROOT
    where = clone / folder.relative_to(ROOT)
    where = where if (where / "Makefile").is_file() else clone
    done = subprocess.run(
        words, cwd=where, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_help_names_every_target_that_the_pages_use() -> None:
    told = subprocess.run(
        ["make", "help"], cwd=ROOT, env=environment(), capture_output=True, text=True, check=True
    ).stdout
    used = {
        words[1]
        for page, command in SHOWN
        if page.parent == ROOT
        for words in [shlex.split(command)]
        if words[0] == "make"
    }
    assert all(f"make {target} " in told for target in used)


def test_help_has_a_group_for_each_reader() -> None:
    command = ["make", "--no-print-directory", "help"]  # a make within make tells where it is
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    groups: dict[str, set[str]] = {}
    for line in told.stdout.splitlines():
        if line.startswith("For "):
            targets = groups[line] = set()
        elif line:
            targets.add(line.split()[1])
    assert list(groups) == ["For students", "For teachers", "For developers of the kit"]
    students, teachers, developers = groups.values()
    assert students == {"check", "watch", "hint", "show"}
    assert {"grade", "batch", "classroom"} <= teachers and {"test", "lint"} <= developers
    helped = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert sorted(students | teachers | developers) == sorted(helped)
