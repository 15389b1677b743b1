"""The command on small classes: what is graded, what is kept, what is not done twice."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

from tests.batch.conftest import CLASS, FAST, KIT, NO_WAIT, RIGHT, SOURCE, Call, lay
from tests.patience import patient


def report(folder: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return said


def without_times(said: dict[str, Any]) -> dict[str, Any]:
    for exercise in said["exercises"]:
        del exercise["seconds"]
    return said


def test_a_class_gets_a_gradebook_and_everybody_a_report(call: Call, small_class: Path) -> None:
    done = call(small_class, *FAST)
    assert done.status == 0, done.stderr
    book = done.gradebook
    assert [*book] == ["ada", "bob", "cem"]
    assert book["ada"]["final"] == book["ada"]["of"] == "15"
    assert 0 < float(book["bob"]["final"]) < 15
    assert book["cem"]["final"] == "0"
    for student in book:
        assert (done.out / "students" / student / "report.md").is_file()


def test_a_report_is_the_one_that_grader_grade_makes(
    call: Call, small_class: Path, tmp_path: Path
) -> None:
    done = call(small_class, *FAST)
    seed = done.gradebook["bob"]["seed"]
    alone = tmp_path / "alone"
    arguments = [small_class / "bob", "--exercise", "1", "--seed", seed, "--out", alone]
    subprocess.run([KIT / "grader" / "grade", *arguments], check=True, capture_output=True)
    mine = without_times(report(done.out / "students" / "bob"))
    assert mine == without_times(report(alone))


def test_what_is_unchanged_is_not_graded_again(
    call: Call, small_class: Path, fast_policy: Path
) -> None:
    first = call(small_class, *FAST, "--policy", fast_policy)
    gradebook = (first.out / "gradebook.csv").read_bytes()
    forget_how_to_grade(first.out)
    second = call(small_class, *FAST, "--policy", fast_policy)
    assert second.status == 0, second.stderr
    assert (first.out / "gradebook.csv").read_bytes() == gradebook


def forget_how_to_grade(out: Path) -> None:
    """Take the submissions' content away: a grade would now fail."""
    with sqlite3.connect(out / "class.db") as database:
        database.execute("UPDATE bundles SET data = x'00'")


def test_a_regrade_grades_again(call: Call, small_class: Path, fast_policy: Path) -> None:
    first = call(small_class, *FAST, "--policy", fast_policy)
    forget_how_to_grade(first.out)
    again = call(small_class, *FAST, "--policy", fast_policy, "--regrade", "--only", "bob")
    assert again.status == 3
    assert "not graded: bob" in again.stderr and "ada" not in again.stderr


def test_a_regrade_that_was_cut_short_goes_on_where_it_was(
    call: Call, small_class: Path, fast_policy: Path
) -> None:
    asked = [small_class, *FAST, "--policy", fast_policy]
    out = call(*asked).out
    with sqlite3.connect(out / "class.db") as database:
        [(row,)] = database.execute("SELECT row FROM accepted WHERE student = 'bob'")
        bundle = json.loads(row)["origin"]["content"]
        kept = database.execute("SELECT data FROM bundles WHERE digest = ?", [bundle]).fetchone()
        database.execute("UPDATE bundles SET data = x'00' WHERE digest = ?", [bundle])
    cut_short = call(*asked, "--regrade")
    assert cut_short.status == 3 and "not graded: bob" in cut_short.stderr
    forget_how_to_grade(out)
    with sqlite3.connect(out / "class.db") as database:
        database.execute("UPDATE bundles SET data = ? WHERE digest = ?", [*kept, bundle])
    assert call(*asked, "--regrade").status == 0  # bob alone
    assert call(*asked, "--regrade").status == 3  # all of them once more


def test_a_fault_of_the_grader_writes_no_number(
    call: Call, small_class: Path, fast_policy: Path
) -> None:
    call(small_class, *FAST, "--policy", fast_policy, "--only", "ada")
    lay(small_class, {f"bob/{SOURCE}": RIGHT})
    first = call(small_class, *FAST, "--policy", fast_policy, "--only", "ada")
    assert first.gradebook["bob"]["status"] == "not graded yet"
    assert first.gradebook["bob"]["final"] == ""
    forget_how_to_grade(first.out)
    done = call(small_class, *FAST, "--policy", fast_policy, "--only", "bob")
    assert done.gradebook["bob"]["status"] == "not graded"
    assert done.gradebook["bob"]["final"] == ""
    assert done.gradebook["ada"]["final"] == "15"


def test_ctrl_c_says_how_to_go_on_and_the_same_command_does(
    call: Call, small_class: Path, fast_policy: Path, tmp_path: Path
) -> None:
    lay(small_class, {f"s{number}/{SOURCE}": NO_WAIT for number in range(3)})
    out = tmp_path / "out"
    asked = [*FAST, "--policy", str(fast_policy), "--jobs", "1"]
    command = [CLASS, "grade", small_class, "--out", out, *asked]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        while not (out / "students" / "ada" / "report.json").is_file():
            assert process.poll() is None
            os.sched_yield()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=patient(60))
    assert process.returncode == 130
    assert b"the same command goes on" in said and len(said.splitlines()) == 1
    assert not (out / "gradebook.csv").exists()
    whole = call(small_class, *asked, out=tmp_path / "whole")
    resumed = call(small_class, *asked)
    assert (resumed.out / "gradebook.csv").read_bytes() == (
        whole.out / "gradebook.csv"
    ).read_bytes()


def test_two_calls_at_a_time_do_not_work_on_one_folder(
    call: Call, small_class: Path, tmp_path: Path
) -> None:
    import fcntl

    out = tmp_path / "out"
    out.mkdir()
    with open(out / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = call(small_class, *FAST)
    assert done.status == 2
    assert "another call" in done.stderr


def test_no_submissions_at_all_is_bad_input(call: Call, tmp_path: Path) -> None:
    assert call(tmp_path / "nowhere", *FAST).status == 2
    empty = tmp_path / "empty"
    empty.mkdir()
    done = call(empty, *FAST)
    assert done.status == 2
    assert done.stderr.count("\n") == 1
