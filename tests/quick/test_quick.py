"""What a quick run takes, and what it leaves out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.quick import choice
from tests.quick.change import ROOT, by_folder, reached, touched

HERE = "tests/quick/test_quick.py"


def test_a_test_file_reaches_what_it_imports_by_way_of_others() -> None:
    assert {HERE, "tests/quick/choice.py", "tests/quick/change.py"} <= reached(HERE)
    assert "grader/facts/records.py" in reached("tests/judging/test_output.py")
    assert "grader/batch/roster.py" not in reached("tests/judging/test_output.py")


@pytest.mark.parametrize(
    ("changed", "noticed", "not_noticed"),
    [
        ("grader/witness/hold.c", "tests/witness/test_waiting.py", "tests/batch/test_roster.py"),
        ("grader/judge/output.py", "tests/judging/test_output.py", "tests/lint/test_makefile.py"),
        ("tests/submissions/wrong/1-no-wait/case.toml", "tests/corpus/test_corpus.py", HERE),
        ("tests/witness/programs/slots.c", "tests/witness/test_changes.py", HERE),
        ("README.md", "tests/readme/test_readme_commands.py", HERE),
        (HERE, HERE, "tests/witness/test_waiting.py"),
    ],
)
def test_a_change_touches_the_tests_about_it(changed: str, noticed: str, not_noticed: str) -> None:
    assert touched(noticed, [changed]) and not touched(not_noticed, [changed])


def test_every_folder_of_the_table_exists() -> None:
    from tests.quick.change import ABOUT

    for place, tests in ABOUT.items():
        assert (ROOT / place).exists() and all((ROOT / each).is_dir() for each in tests)


def test_the_short_ones_come_first_as_many_as_there_is_time_for() -> None:
    times = {"a::1": 50.0, "a::2": 30.0, "a::3": 1.0, "b::1": 0.1}
    everything = lambda file: file == "a"  # noqa: E731
    assert choice.chosen(list(times), everything, times, 1) == ["a::3", "a::2"]
    assert choice.chosen(list(times), everything, times, 2) == ["a::3", "a::2", "a::1"]


def test_a_test_that_was_never_run_takes_as_long_as_others_do() -> None:
    tests = [f"a::{number}" for number in range(100)]
    assert len(choice.chosen(tests, bool, {"b::1": 5.0}, 1)) == 9
    assert len(choice.chosen(tests, bool, {}, 1)) == 45


def test_times_are_kept_of_what_was_run_and_of_what_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "TIMES", tmp_path / "build" / "times.json")
    assert choice.known_times() == {}
    choice.keep_times({"a::1": 1.0, "a::2": 2.0})
    choice.keep_times({"a::1": 3.0})
    assert choice.known_times() == {"a::1": 3.0, "a::2": 2.0}
    choice.TIMES.write_text("{ spoilt", "utf-8")
    assert choice.known_times() == {}


def test_folders_are_counted() -> None:
    assert by_folder(["tests/a/b.py::c", "tests/a/d.py::e", "tests/f/g.py::h"]) == {
        "tests/a": 2,
        "tests/f": 1,
    }


def test_a_quick_run_says_what_it_ran_and_that_it_left_out_others() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/judging", HERE],
        cwd=ROOT,
        env={**os.environ, "QUICK": "tests/judging/test_output.py"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "deselected" in done.stdout and "of tests/judging" in done.stdout
    assert "quick: " in done.stdout and "all other tests were left out" in done.stdout
    assert "tests/quick" not in done.stdout
    kept = json.loads(choice.TIMES.read_text("utf-8"))
    assert any(name.startswith("tests/judging/test_output.py::") for name in kept)
