"""Which of several submissions counts, and what being late costs with a budget."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import Listing
from grader.batch.imports.top import open_top
from grader.batch.lms import read_download
from grader.batch.policy import ON_TIME, Late, Policy, read_policy
from grader.batch.rows import late_cost, on_time
from grader.batch.students import Entry, Student, assigned
from grader.batch.who import Register
from grader.grading.intake import BadInput
from tests.batch.conftest import BROKEN, NO_WAIT, RIGHT, Call, lay
from tests.batch.downloads import repository, saved

DUE = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
ANN = Student("ann", "Ann Alpha")
FOLDER = "1-2 - {} - Nov {}, 2026 1000 AM"


def came(hours: int | None, is_late: bool | None = None) -> Arrived:
    when = None if hours is None else DUE + timedelta(hours=hours)
    return Arrived(Claim(), f"x/{hours}", Listing, submitted=when, is_late=is_late)


@pytest.mark.parametrize(
    ("hours", "extra", "counts"),
    [
        ((-5, -1, 3), 0, "x/-1"),
        ((-5, -1, 3), 4, "x/3"),
        ((2, 3), 0, "x/3"),  # none is on time: the latest, and what that costs
        ((-1,), 0, "x/-1"),
    ],
)
def test_the_latest_on_time_counts(hours: tuple[int, ...], extra: int, counts: str) -> None:
    extension = {"ann": timedelta(hours=extra)} if extra else {}
    policy = Policy(due=DUE, attempts=ON_TIME, extensions=extension)
    *others, last = map(came, hours)
    entry = on_time(Entry(ANN, last, tuple(others)), policy)
    assert entry.arrived and entry.arrived.source == counts
    assert len(entry.others) == len(hours) - 1


def test_a_budget_of_late_days_is_used_before_points(tmp_path: Path) -> None:
    late = "[late]\npercent = 10\nbudget = 3\n[late.used]\n'Alpha, Ann' = 1\n"
    text = f"due = 2026-11-20T12:00:00Z\n{late}"
    read = read_policy(lay(tmp_path, {"p.toml": text}) / "p.toml", {"1-fork-wait": 10})
    policy = read.for_students(Register([ANN]))
    assert policy.late.used == {"ann": 1}
    cost = late_cost(timedelta(days=2, hours=1), 10, policy, used=1)
    assert (cost["units"], cost["loss"], cost["free"], cost["left"]) == (1, "1", 2, 0)
    assert late_cost(timedelta(hours=1), 10, policy, used=1)["left"] == 1
    plain = Policy(due=DUE, late=Late(percent=policy.late.percent))
    assert late_cost(timedelta(days=2, hours=1), 10, plain)["units"] == 3


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("attempts = 'first'", "p.toml:1: attempts: one of latest, latest-on-time, best"),
        ("attempts = 'latest-on-time'", "p.toml:1: attempts: there is no `due`"),
        (
            "due = 2026-11-20T12:00:00\n[late.used]\neve = 1",
            "p.toml:3: late.used: nobody is called eve",
        ),
    ],
)
def test_a_policy_that_makes_no_sense_is_told(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        path = lay(tmp_path, {"p.toml": text}) / "p.toml"
        read_policy(path, {"1-fork-wait": 10}).for_students(Register([ANN]))


def test_the_best_of_all_counts_with_its_own_time(call: Call, tmp_path: Path) -> None:
    texts = {20: NO_WAIT, 21: RIGHT, 22: BROKEN}
    names = {f"{FOLDER.format('Ann Alpha', day)}/fork_wait.c": t for day, t in texts.items()}
    zip_file = saved(tmp_path / "lab.zip", {name: text.encode() for name, text in names.items()})
    policy = "attempts = 'best'\n[checks]\nvalgrind = false\n"
    lay(tmp_path, {"p.toml": policy, "r.csv": "id,name\n1,Ann Alpha\n"})
    options = ["--exercise", 1, "--policy", tmp_path / "p.toml", "--roster", tmp_path / "r.csv"]
    done = call(zip_file, *options)
    row = done.gradebook["1"]
    assert (row["final"], row["submitted"][:10]) == ("15", "2026-11-21")
    assert "the best of 3 submissions counts" in row["notes"]
    assert "0 to do" in call(zip_file, *options).stdout
    assert call(zip_file, *options).gradebook["1"] == row


def test_what_a_group_handed_in_is_graded_once_for_all(call: Call, tmp_path: Path) -> None:
    zip_file = saved(
        tmp_path / "m.zip", {"Red_7_assignsubmission_file/fork_wait.c": RIGHT.encode()}
    )
    lay(
        tmp_path,
        {
            "p.toml": "[checks]\nvalgrind = false\n",
            "r.csv": "id,name,group\n1,Ann Alpha,Red\n2,Bob Beta,Red\n",
        },
    )
    done = call(
        zip_file, "--exercise", 1, "--policy", tmp_path / "p.toml", "--roster", tmp_path / "r.csv"
    )
    assert "1 submissions: 0 are graded already, 1 to do" in done.stdout
    assert [row["final"] for row in done.gradebook.values()] == ["15", "15"]
    assert len({row["seed"] for row in done.gradebook.values()}) == 1


def test_gradescope_s_groups_are_each_one_s() -> None:
    both = [
        Arrived(Claim(name=name, kind="sid"), "x/submission_1", Listing)
        for name in ("Ann Alpha", "Bob Beta")
    ]
    found = assigned(both, [ANN, Student("bob", "Bob Beta")])
    assert [s.key for s in found.owners["x/submission_1"]] == ["ann", "bob"]
    assert {entry.team for entry in found.entries} == {"ann"}


# ---- clones


def committed(folder: Path, text: str, when: str) -> str:
    """One more commit in a clone."""
    lay(folder, {"1-fork-wait/fork_wait.c": text})
    environment = {
        "PATH": os.environ["PATH"], "GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when,
        "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
    }  # fmt: skip
    name = ["-c", "user.name=s", "-c", "user.email=s@example.org"]
    git = ["git", "-C", str(folder), *name]
    subprocess.run([*git, "commit", "-qam", "more"], env=environment, check=True)
    head = [*git, "rev-parse", "HEAD"]
    return subprocess.run(head, env=environment, check=True, capture_output=True).stdout.decode()


@pytest.mark.parametrize("is_packed", [False, True])
def test_the_last_commit_before_the_deadline_counts(tmp_path: Path, is_packed: bool) -> None:
    folder = tmp_path / "clones" / "ann"
    first = repository(folder, {"1-fork-wait/fork_wait.c": b"int one;\n"}, "2026-11-19T12:00:00Z")
    committed(folder, "int two;\n", "2026-11-20T11:00:00Z")
    committed(folder, "int three;\n", "2026-11-23T12:00:00Z")
    if is_packed:
        subprocess.run(["git", "-C", folder, "gc", "-q"], check=True)
    _, (one,) = read_download(open_top(tmp_path / "clones"))
    policy = Policy(due=DUE, attempts=ON_TIME)
    entry = on_time(Entry(Student("ann"), one), policy)
    assert entry.arrived and str(entry.arrived.submitted) == "2026-11-20 11:00:00+00:00"
    assert {f.path: f.read(99) for f in entry.arrived.listing().files} == {
        "1-fork-wait/fork_wait.c": b"int two;\n"
    }
    assert entry.others == (one,)
    early = replace(policy, due=DUE - timedelta(days=1))
    before = on_time(Entry(Student("ann"), one), early).arrived
    assert before and before.commit == first
    none = on_time(Entry(Student("ann"), one), replace(policy, due=DUE - timedelta(days=9)))
    assert none.arrived is one  # nothing is on time: the latest, and what that costs


def test_a_link_in_a_commit_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "clones" / "ann"
    folder.mkdir(parents=True)
    (folder / "fork_wait.c").symlink_to("/etc/passwd")
    repository(folder, {"x.c": b"int one;\n"}, "2026-11-19T12:00:00Z")
    (folder / "x.c").write_text("int two;\n")
    committed(folder, "int two;\n", "2026-11-23T12:00:00Z")
    _, (one,) = read_download(open_top(tmp_path / "clones"))
    entry = on_time(Entry(Student("ann"), one), Policy(due=DUE, attempts=ON_TIME))
    assert entry.arrived
    listing = entry.arrived.listing()
    assert [file.path for file in listing.files] == ["x.c"]
    assert listing.notes == ("fork_wait.c is no regular file: not read",)
