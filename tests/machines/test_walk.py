"""The steps of a walk, and the walk itself over a small kit of its own."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.machines.judge import JUDGES
from tests.machines.steps import Step, parse_steps
from tests.readme.test_readme_commands import ROOT, commands

MACHINES = Path(__file__).resolve().parent
STEPS = parse_steps((MACHINES / "steps.txt").read_text(encoding="utf-8"))
SHOWN = [step for step in STEPS if step.page]
# These are no reader's way to a grade: a maker's tools, and what would undo a walk.
NOT_WALKED = {"make lint", "make bench", "make clean", "make test QUICK=1"}
MAKEFILE = """\
grade:
\t@{recipe}
"""


def test_every_command_of_the_readme_is_walked() -> None:
    walked = {step.command for step in STEPS if step.page == "README.md"}
    assert set(commands(ROOT / "README.md")) - NOT_WALKED <= walked


@pytest.mark.parametrize("step", SHOWN, ids=[step.name for step in SHOWN])
def test_a_page_shows_the_command(step: Step) -> None:
    text = (ROOT / step.page).read_text(encoding="utf-8")
    shown = re.search(rf"(?m)^(#? *){re.escape(step.command)}( {{2,}}.*)?$", text)
    assert shown or f"`{step.command}`" in text


def test_each_step_has_a_judge() -> None:
    assert [step.name for step in STEPS] == list(JUDGES)


def kit(folder: Path, recipe: str, readme: str = "```sh\nmake grade    # a remark\n```\n") -> Path:
    """A kit that has nothing but the walk and one recipe."""
    machines = folder / "tests" / "machines"
    machines.mkdir(parents=True)
    (folder / "tests" / "__init__.py").touch()
    for name in ("__init__.py", "walk", "steps.txt", "part.txt", "judge.py"):
        shutil.copy(MACHINES / name, machines)
    (folder / "README.md").write_text(readme)
    (folder / "Makefile").write_text(MAKEFILE.format(recipe=recipe))
    return folder


def walk(folder: Path, *steps: str) -> tuple[int, str]:
    done = subprocess.run(
        [folder / "tests/machines/walk", *steps],
        env={"PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def rows(folder: Path) -> list[list[str]]:
    text = (folder / "build/walk/results.tsv").read_text(encoding="utf-8")
    return [row.split("\t") for row in text.splitlines()]


def test_a_step_that_does_what_it_should(tmp_path: Path) -> None:
    report = '{"score": 0, "max_score": 100, "complete": true, "isolation": "user"}'
    recipe = f"mkdir results; echo '{report}' >results/report.json; echo '0 / 100'"
    status, told = walk(kit(tmp_path, recipe), "grade")
    assert (status, rows(tmp_path)[0][:2], rows(tmp_path)[0][3]) == (0, ["grade", "passed"], "user")
    assert told.startswith("grade") and "passed" in told
    assert (tmp_path / "build/walk/grade.log").read_text().splitlines() == [
        "$ make grade",
        "0 / 100",
    ]
    assert (tmp_path / "build/walk/grade.json").read_text() == report + "\n"


def test_a_report_of_an_earlier_step_is_not_taken_for_this_one(tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results/report.json").write_text(
        '{"score": 0, "max_score": 100, "complete": true}'
    )
    status, told = walk(kit(tmp_path, "echo '0 / 100'"), "grade")
    assert status == 1 and "no results/report.json was written" in told


@pytest.mark.parametrize(
    ("told", "typed"),
    [
        (
            "install: please run: sudo apt-get update && sudo apt-get install -y gcc make",
            "sudo apt-get update && sudo apt-get install -y gcc make",
        ),
        ("check: not installed: gcc: sudo apt-get install gcc", "sudo apt-get install gcc"),
        ("install: please run: apt-get install -y gcc", "apt-get install -y gcc"),
    ],
)
def test_a_refusal_keeps_the_command_that_it_names(told: str, typed: str, tmp_path: Path) -> None:
    status, _ = walk(kit(tmp_path, f"echo '{told}'; exit 3"), "grade")
    assert status == 4
    assert rows(tmp_path)[0][1::2] == ["refused", typed]
    assert (tmp_path / "build/walk/grade.install").read_text() == typed + "\n"


def test_a_failure_says_its_last_line(tmp_path: Path) -> None:
    status, _ = walk(kit(tmp_path, "echo it broke; exit 7"), "grade")
    assert status == 1
    assert rows(tmp_path)[0][1::2] == ["failed", "exit status 2: it broke"]


def test_a_command_that_its_page_does_not_show_is_not_run(tmp_path: Path) -> None:
    readme = "```sh\nmake grade SUBMISSION=solution\n```\n"
    status, told = walk(kit(tmp_path, "touch ran", readme), "grade")
    assert status == 1 and "README.md does not show: make grade" in told
    assert not (tmp_path / "ran").exists()


def test_an_unknown_step_is_one_line_and_nothing_is_run(tmp_path: Path) -> None:
    status, told = walk(kit(tmp_path, "touch ran"), "grade", "grad")
    assert (status, told.count("\n")) == (2, 1)
    assert told.startswith("walk: no step is named grad; they are: grade solution ")
    assert not (tmp_path / "ran").exists()


def test_quick_is_all_but_the_tests(tmp_path: Path) -> None:
    status, _ = walk(kit(tmp_path, "exit 1", "no command"), "--quick")
    walked = [row[0] for row in rows(tmp_path)]
    assert status == 1 and walked == [step.name for step in STEPS if step.name != "test"]
