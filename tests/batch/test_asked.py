"""What is asked before anything is graded, in one line that says what to do."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.batch.conftest import Call, lay
from tests.batch.downloads import saved

FILES = {"team_101_90001_fork_wait.c": b"x", "betabob_102_90002_fork_wait.c": b"y", "eve.txt": b"z"}
ROSTER = (
    "Student,ID,SIS Login ID,Section,Lab (1),Exam (2)\n"
    '"Alpha, Ann",101,ann,A,,\n"Beta, Bob",102,bob,A,,\n'
)


@pytest.fixture(name="download")
def _download(tmp_path: Path) -> Path:
    return saved(tmp_path / "canvas.zip", FILES)


def table(folder: Path) -> list[dict[str, str]]:
    with open(folder / "handed_in.csv", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_an_unclear_owner_is_asked_about_and_nothing_is_graded(
    call: Call, download: Path, tmp_path: Path
) -> None:
    roster = lay(tmp_path, {"roster.csv": ROSTER}) / "roster.csv"
    done = call(download, "--roster", roster)
    assert done.status == 2 and not (done.out / "class.db").exists()
    (line,) = done.stderr.splitlines()
    assert "whose is it? team_101: 101 is the number of Alpha, Ann (101), but team is" in line
    assert '[who], then "team_101" = "name"' in line
    states = {row["came"]: row["counts"] for row in table(done.out)}
    assert states == {
        "team_101_90001_fork_wait.c": "not yet",
        "betabob_102_90002_fork_wait.c": "yes",
        "eve.txt": "no",
    }


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ('"team_101" = ["ann", "eva"]', "policy.toml:2: who: nobody is called eva"),
        ('"team_10" = "ann"', "policy.toml:2: who: nothing in the download is called team_10"),
        ('"team_101" = 7', 'policy.toml:2: who.team_101: a name is asked for, or a list: ["ann"'),
        ('"team_101" = ["ann", "bob"]', "say which column with --column"),  # the next question
        ('"team_101" = []', "say which column with --column"),
    ],
)
def test_the_policy_says_whose_it_is(
    call: Call, download: Path, tmp_path: Path, who: str, why: str
) -> None:
    lay(tmp_path, {"roster.csv": ROSTER, "policy.toml": f"[who]\n{who}\n"})
    done = call(download, "--roster", tmp_path / "roster.csv", "--policy", tmp_path / "policy.toml")
    assert done.status == 2 and not (done.out / "class.db").exists()
    assert why in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_class_of_nobody_is_no_class(call: Call, tmp_path: Path) -> None:
    lay(tmp_path / "class", {"notes.txt": "x"})
    done = call(tmp_path / "class")
    assert (done.status, len(done.stderr.splitlines())) == (2, 1)
    assert "holds no submissions" in done.stderr
