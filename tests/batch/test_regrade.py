"""A grade anew: what would change and why, and that nothing changes without being accepted."""

from __future__ import annotations

import json
import stat
import subprocess
from pathlib import Path

import pytest

from grader.batch.regrade import change_of, differs, table
from grader.batch.students import Student
from tests.batch.conftest import CLASS, FAST, KIT, NO_WAIT, RIGHT, SOURCE, Call, lay
from tests.batch.made import result, row
from tests.patience import patient

ADA = Student("ada")


# ---- pure


def test_flipped_checks_are_named_with_their_points() -> None:
    change = change_of("ada", row(ADA, result(2)), row(ADA, result(1)))
    assert (change.old, change.new) == ("2/3", "1/3")
    assert change.flipped == ("1-fork-wait/wait 1 → 0",)


@pytest.mark.parametrize(
    ("where", "name", "words"),
    [
        ("origin", "content", "another submission"),
        ("origin", "kit", "another kit (kit → x)"),
        ("origin", "seed", "another seed (1 → x)"),
        ("origin", "options", "other options"),
        ("", "policy", "another policy"),
        ("", "submitted", "another time (none → x)"),
        ("", "isolation", "another isolation (namespaces → x)"),
    ],
)
def test_why_it_changed_is_told(where: str, name: str, words: str) -> None:
    old, new = row(ADA, result(2)), row(ADA, result(2))
    (new[where] if where else new)[name] = "x"
    assert change_of("ada", old, new).why == (words,)


def test_a_program_that_is_not_the_same_twice_is_told() -> None:
    why = change_of("ada", row(ADA, result(2)), row(ADA, result(1))).why
    assert why == ("nothing changed: the program does not do the same twice",)


def test_where_it_lies_is_no_other_grade() -> None:
    old = row(ADA, result(2))
    assert not differs(old, {**old, "source": "elsewhere", "notes": ["x"]})
    assert differs(old, {**old, "final": "1"})


def test_the_table_tells_what_is_seen_and_counts_the_rest() -> None:
    same = row(ADA, result(2))
    newer = row(ADA, result(2))
    newer["origin"]["kit"] = "x"
    changes = [change_of("ada", same, row(ADA, result(1))), change_of("bob", same, newer)]
    lines = table(changes, accepted=False)
    assert "until --accept" in lines[0] and "ada  2/3 → 1/3" in lines[1]
    assert lines[-1].startswith("1 with the same points")
    assert table([], accepted=False) == []


# ---- with the command


def test_a_changed_submission_changes_nothing_until_it_is_accepted(
    call: Call, small_class: Path, fast_policy: Path
) -> None:
    asked = [*FAST, "--policy", fast_policy]
    first = call(small_class, *asked)
    gradebook = (first.out / "gradebook.csv").read_bytes()
    report = (first.out / "students" / "bob" / "report.md").read_bytes()
    lay(small_class, {f"bob/{SOURCE}": RIGHT})

    shown = call(small_class, *asked)
    assert "another submission" in shown.stdout and "until --accept" in shown.stdout
    assert "1-fork-wait/parent_waits 0 → 3" in shown.stdout
    assert (first.out / "gradebook.csv").read_bytes() == gradebook
    assert (first.out / "students" / "bob" / "report.md").read_bytes() == report
    assert (first.out / "proposed" / "bob" / "report.md").is_file()

    taken = call(small_class, *asked, "--accept")
    assert taken.gradebook["bob"]["final"] == "15"
    assert (first.out / "students" / "bob" / "earlier" / "1" / "report.md").read_bytes() == report
    assert not (first.out / "proposed" / "bob").exists()
    assert "→" not in call(small_class, *asked).stdout


def test_the_same_kit_seed_and_submission_change_nothing(
    call: Call, small_class: Path, fast_policy: Path
) -> None:
    asked = [*FAST, "--policy", fast_policy]
    first = call(small_class, *asked)
    gradebook = (first.out / "gradebook.csv").read_bytes()
    again = call(small_class, *asked, "--regrade", "--accept")
    assert "→" not in again.stdout
    assert (first.out / "gradebook.csv").read_bytes() == gradebook
    assert not (first.out / "students" / "bob" / "earlier").exists()


def test_another_policy_is_shown_and_accepted(
    call: Call, small_class: Path, fast_policy: Path, tmp_path: Path
) -> None:
    call(small_class, *FAST, "--policy", fast_policy)
    text = fast_policy.read_text("utf-8") + "[points]\n1-fork-wait = 30\n"
    other = lay(tmp_path, {"other.toml": text}) / "other.toml"
    shown = call(small_class, *FAST, "--policy", other)
    assert "15/15 → 30/30" in shown.stdout and "another policy" in shown.stdout
    assert shown.gradebook["ada"]["final"] == "15"
    assert call(small_class, *FAST, "--policy", other, "--accept").gradebook["ada"]["final"] == "30"


# ---- explain


def explained(out: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CLASS, "explain", "--out", out, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=patient(120),
    )


def test_a_check_is_explained_by_repeating_it(
    call: Call, small_class: Path, fast_policy: Path, tmp_path: Path
) -> None:
    out = call(small_class, *FAST, "--policy", fast_policy).out
    asked = ["--student", "bob", "--test", "parent_waits", "--sources", tmp_path / "files"]
    done = explained(out, *asked)
    assert done.returncode == 0, done.stderr
    said = done.stdout
    assert "recorded   failed, 0 of 3" in said and "today      failed, 0 of 3" in said
    report = json.loads((out / "students" / "bob" / "report.json").read_text("utf-8"))
    assert f"seed       {report['seed']}" in said
    assert "What happened:" in said and "./fork_wait" in said
    assert (tmp_path / "files" / SOURCE).read_text("utf-8") == NO_WAIT
    assert explained(out, *asked).stdout == said

    assert explained(out, "--student", "nobody", "--test", "x").returncode == 2
    which = explained(out, "--student", "bob", "--test", "waits")
    assert which.returncode == 2 and "1-fork-wait/parent_waits" in which.stderr
    assert explained(tmp_path, "--student", "bob", "--test", "x").returncode == 2


# ---- seeds


def test_what_a_student_sees_of_a_seed_draws_nothing_and_the_staff_can_repeat_a_grade(
    call: Call, small_class: Path, fast_policy: Path, tmp_path: Path
) -> None:
    asked = [small_class, "--exercise", "1", "--policy", fast_policy]
    first = call(*asked)
    whole = first.gradebook["bob"]["seed"]
    number, _, secret = whole.partition(".")
    assert len(secret) == 32 and secret not in first.gradebook["ada"]["seed"]
    assert stat.S_IMODE((first.out / "class.db").stat().st_mode) == 0o600
    for file in (first.out / "students" / "bob").iterdir():
        assert secret not in file.read_text("utf-8"), file.name

    def graded(seed: str) -> list[str]:
        out = tmp_path / f"alone-{len(seed)}"
        words = [small_class / "bob", "--exercise", "1", "--seed", seed, "--view", "ta"]
        command = [KIT / "grader" / "grade", *words, "--out", out]
        subprocess.run(command, check=True, capture_output=True)
        report = json.loads((out / "report.json").read_text("utf-8"))
        return [line.partition("   ")[0] for line in report["exercises"][0]["commands"]]

    done = explained(first.out, "--student", "bob", "--test", "parent_waits")
    assert done.returncode == 0 and f"seed       {whole}" in done.stdout
    run = next(line for line in graded(whole) if line.startswith("./fork_wait "))
    assert run in done.stdout and run not in graded(number)

    assert call(*asked).gradebook["bob"]["seed"] == whole  # a class keeps its own
    given = call(*asked, "--seed", "7")
    assert "another secret half of the seed" in given.stdout
    given = call(*asked, "--seed", "7", "--accept")
    assert given.gradebook["bob"]["seed"].isdecimal()
