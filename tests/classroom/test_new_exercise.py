"""An author adds an exercise: laid out by one command, then a worked example written into it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.built import copy_kit
from tests.classroom.conftest import KIT, plain_environment

EXAMPLE = Path(__file__).parent / "relay"
PLACES = {
    "README.md": "assignment/7-relay/README.md",
    "stub.c": "starter/7-relay/relay.c",
    "checks.py": "starter/7-relay/checks.py",
    "relay.c": "solution/7-relay/relay.c",
    "hidden.py": "grader/hidden/test_7_relay.py",
}

Make = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(name="kit")
def kit_fixture(tmp_path: Path) -> Path:
    """A copy of the kit in git, with witness built."""
    kit = copy_kit(tmp_path / "kit", "submissions")
    git(kit, "init", "--quiet")
    git(kit, "add", "--all")
    git(kit, "-c", "user.name=a", "-c", "user.email=a@localhost", "commit", "--quiet", "-m", "kit")
    return kit


def git(folder: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=folder, capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture(name="make")
def make_fixture(kit: Path) -> Make:
    def make(*words: str, folder: Path = kit) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", "-s", *words],
            cwd=folder,
            env=plain_environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    return make


def changed(kit: Path) -> set[str]:
    return {line[3:] for line in git(kit, "status", "--porcelain", "-uall").splitlines()}


def score(kit: Path) -> tuple[int, int]:
    report = json.loads((kit / "results" / "report.json").read_text(encoding="utf-8"))
    return report["score"], report["max_score"]


def test_a_new_exercise_compiles_and_says_in_red_where_to_begin(kit: Path, make: Make) -> None:
    assert make("new-exercise", "NAME=hand-over").returncode == 0
    places = {
        "assignment/7-hand-over/README.md",
        "starter/7-hand-over/hand_over.c",
        "starter/7-hand-over/checks.py",
        "solution/7-hand-over/hand_over.c",
        "grader/hidden/test_7_hand_over.py",
    }
    # The list of exercises is written by make rubric, from the pages and the tests.
    assert changed(kit) == {*places, "assignment/README.md"}
    built = make("-C", "starter", "CFLAGS=-std=gnu17 -Wall -Wextra -Werror", "hand_over")
    assert built.returncode == 0, built.stderr
    graded = make("grade", "SUBMISSION=solution", "EXERCISE=7")
    assert graded.returncode == 0 and score(kit) == (0, 1)
    assert "Not started: hand_over.c is still the stub" in graded.stdout
    assert "not started" in make("check", "EX=7").stdout
    assert make("rubric").returncode == 0


def test_a_worked_example_touches_nothing_but_its_own_folders(kit: Path, make: Make) -> None:
    assert make("new-exercise", "NAME=relay").returncode == 0
    for name, place in PLACES.items():
        shutil.copy(EXAMPLE / name, kit / place)
    assert make("rubric").stdout == "rubric: pages and tests agree\n"
    assert changed(kit) == {*PLACES.values(), "assignment/README.md"}
    listed = (kit / "assignment" / "README.md").read_text(encoding="utf-8")
    assert "| [7 · Relay](7-relay/README.md) | `relay.c` | that a value can go" in listed

    assert make("grade", "SUBMISSION=solution", "EXERCISE=7").returncode == 0
    assert score(kit) == (7, 7)
    assert make("grade", "EXERCISE=7").returncode == 0
    assert score(kit) == (0, 7)
    assert "5 of 5 checks" in make("check", "SUBMISSION=solution", "EX=7").stdout
    assert "Exercise 2, with a loop" in make("hint", "EX=7").stdout

    source = kit / "solution" / "7-relay" / "relay.c"
    source.write_text(source.read_text().replace("shmctl(shmid, IPC_RMID, NULL)", "0"))
    graded = make("grade", "SUBMISSION=solution", "EXERCISE=7").stdout
    assert score(kit) == (6, 7) and "removed" in graded
    told = make("check", "SUBMISSION=solution", "EX=7").stdout
    assert "✗ The segment is removed" in told

    out = kit / "build" / "out"
    assert make("classroom", f"OUT={out}").returncode == 0
    assert (out / "student" / "7-relay" / "relay.c").read_text() == (EXAMPLE / "stub.c").read_text()
    assert not list((out / "student").rglob("*hidden*"))
    assert "not started" in make("check", "EX=7", folder=out / "student").stdout


MISTAKES = {
    "never-waited": ("if (waitpid(child, &status, 0) == -1)", "status = 0;\n    if (child < 0)"),
    "never-detached": ("        shmdt(baton);\n", ""),
    "segment-left": ("shmctl(shmid, IPC_RMID, NULL)", "0"),
    "error-ignored": ('perror("relay: fork");\n        return -1;', "return 0;"),
}


def test_the_mistakes_of_an_added_exercise_have_names_and_pictures(kit: Path, make: Make) -> None:
    assert make("new-exercise", "NAME=relay").returncode == 0
    for name, place in PLACES.items():
        shutil.copy(EXAMPLE / name, kit / place)
    source = kit / "solution" / "7-relay" / "relay.c"
    right = source.read_text(encoding="utf-8")
    for mistake, (old, new) in MISTAKES.items():
        assert old in right
        source.write_text(right.replace(old, new), encoding="utf-8")
        assert make("grade", "SUBMISSION=solution", "EXERCISE=7").returncode == 0
        (exercise,) = json.loads((kit / "results" / "report.json").read_bytes())["exercises"]
        found = {diagnosis["id"]: diagnosis for diagnosis in exercise["diagnoses"]}
        assert list(found) == [mistake], mistake
        assert any(row["wrong"] for row in found[mistake]["picture"]["rows"]), mistake


@pytest.mark.parametrize("name", ["", "Relay", "7-relay", "../x", "sharing", "a" * 40, "a b"])
def test_a_bad_name_is_one_line_and_writes_nothing(name: str) -> None:
    done = subprocess.run(
        ["/usr/bin/python3", "-m", "grader.author.new_exercise", name],
        cwd=KIT,
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and not done.stdout
    assert done.stderr.startswith("new-exercise: ")
    assert not list((KIT / "starter").glob("7-*"))
