"""The policy's file and what it does to a grade."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from grader.batch.policy import Policy, read_policy
from grader.batch.rows import Handed, Json, Origin, policy_digest, row_of
from grader.batch.students import Student
from grader.batch.who import Register
from grader.grading.intake import BadInput
from grader.report.model import ExerciseResult

RUBRIC = {"1-fork-wait": 15, "2-sharing": 20}
ADA = Student("ada", "Ada Lovelace", "101", "ada@uni.example")
BOB = Student("bob", "Bob Smith", "102", "bob@uni.example")
DUE = datetime(2026, 11, 20, 23, 59, tzinfo=timezone.utc)
WHOLE = """
timezone = "Europe/Berlin"
due = 2026-11-20T23:59:00
grace = "15 min"

[late]
percent = 10
per = "day"
floor = 40
time = "files"

[extensions]
ada = "2 days"
"Bob Smith" = 2026-12-01T12:00:00

[submitted]
cem = 2026-11-21T10:00:00+01:00

[points]
1-fork-wait = 30

[checks]
valgrind = false

[reports]
openness = "evidence"
openness_before = "points"
open_after = 2026-12-01T00:00:00
"""


def policy(tmp_path: Path, text: str) -> Policy:
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return read_policy(path, RUBRIC)


def row(
    policy: Policy,
    submitted: datetime | None = None,
    scores: tuple[int, ...] = (15, 10),
    is_late: bool | None = None,
    student: Student = ADA,
) -> Json:
    results = [
        ExerciseResult(name, "t", score, full)
        for (name, full), score in zip(RUBRIC.items(), scores)
    ]
    handed = Handed("x", submitted, is_late, "", ())
    origin = Origin("k", "c", "kit", 1, "[]")
    return row_of(results, student, handed, origin, policy, RUBRIC, "namespaces", False)


def test_all_that_can_be_said_is_read(tmp_path: Path) -> None:
    read = policy(tmp_path, WHOLE)
    assert read.due == datetime(2026, 11, 20, 23, 59)
    assert read.in_zone(read.due) == datetime(2026, 11, 20, 22, 59, tzinfo=timezone.utc)
    assert read.grace == timedelta(minutes=15)
    assert (read.late.percent, read.late.per, read.late.floor, read.late.time) == (
        10,
        "day",
        40,
        "files",
    )
    assert read.extensions["ada"] == timedelta(days=2)
    assert read.points == {"1-fork-wait": 30}
    assert read.valgrind is False


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("due = 2026-13-01T00:00:00", "1", ""),
        ("due = ", "1", ""),
        ("\n\ndue = '2026-11-20'", "3", "a date and time is asked for"),
        ("deadline = 1", "1", "there is no 'deadline'"),
        ("grace = 15", "1", '"15 min"'),
        ("grace = '15 moons'", "1", '"15 min"'),
        ("due = 2026-11-20T00:00:00\n[late]\npercent = 120", "3", "from 0 to 100"),
        ("due = 2026-11-20T00:00:00\n[late]\npercent = true", "3", "from 0 to 100"),
        ("due = 2026-11-20T00:00:00\n[late]\n\nper = 'week'", "4", "one of hour, day"),
        ("due = 2026-11-20T00:00:00\nlate = 3", "2", "a table is asked for"),
        ("[late]\npercent = 10", "1", "nothing is ever late"),
        ("[points]\n1-fork-wait = 1\n7-seven = 3", "3", "there is no '7-seven'"),
        ("[points]\n1-fork-wait = 1.5", "2", "a whole number"),
        ("[points]\n1-fork-wait = -1", "2", "a whole number"),
        ("[checks]\nvalgrind = 'no'", "2", "true or false"),
        ("[reports]\nopenness = 'all'", "2", "one of evidence, concept, points"),
        ("timezone = 'Mars/Olympus'", "1", "a time zone is asked for"),
        ("timezone = '../../etc/passwd'", "1", "a time zone is asked for"),
        ("[extensions]\nada = 3", "2", "a date and time"),
        ("a = 1\na = 2", "2", ""),
        ("a = [", "1", ""),
    ],
)
def test_a_bad_value_is_told_with_its_line(tmp_path: Path, text: str, where: str, why: str) -> None:
    with pytest.raises(BadInput) as refused:
        policy(tmp_path, text)
    assert f"policy.toml:{where}: " in str(refused.value)
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_policy_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No such file"):
        read_policy(tmp_path / "no.toml", RUBRIC)
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="no text"):
        read_policy(tmp_path / "x.toml", RUBRIC)


def test_an_extension_for_nobody_is_told_with_its_line(tmp_path: Path) -> None:
    read = policy(tmp_path, "due = 2026-11-20T00:00:00\n[extensions]\nadda = '1 day'\n")
    with pytest.raises(BadInput, match=r"policy.toml:3: extensions: nobody is called adda: is it"):
        read.for_students(Register([ADA]))
    assert read.for_students(Register([Student("adda")])).extensions == {"adda": timedelta(days=1)}


# ---- what it does


def test_without_a_policy_the_grade_is_the_score() -> None:
    graded = row(Policy())
    assert (graded["final"], graded["of"], graded["penalty"], graded["late"]) == ("25", 35, "0", "")


def late_policy(tmp_path: Path, more: str = "") -> Policy:
    text = "due = 2026-11-20T23:59:00Z\ngrace = '15 min'\n[late]\npercent = 10\nfloor = 40\n"
    return policy(tmp_path, text + more)


@pytest.mark.parametrize(
    ("late", "final"),
    [
        (timedelta(minutes=-1), "25"),
        (timedelta(minutes=15), "25"),
        (timedelta(minutes=15, seconds=1), "21.5"),
        (timedelta(days=1), "21.5"),
        (timedelta(days=1, seconds=1), "18"),
        (timedelta(days=3), "14.5"),
        (timedelta(days=4), "14"),
        (timedelta(days=400), "14"),
    ],
)
def test_each_day_begun_costs_until_the_floor(tmp_path: Path, late: timedelta, final: str) -> None:
    assert row(late_policy(tmp_path), DUE + late)["final"] == final


def test_a_score_below_the_floor_loses_nothing_more(tmp_path: Path) -> None:
    graded = row(late_policy(tmp_path), DUE + timedelta(days=9), scores=(5, 5))
    assert (graded["final"], graded["penalty"]) == ("10", "0")


def test_hours_are_counted_where_hours_are_asked(tmp_path: Path) -> None:
    text = "due = 2026-11-20T23:59:00Z\n[late]\npercent = 1\nper = 'hour'\n"
    graded = row(policy(tmp_path, text), DUE + timedelta(hours=2, minutes=1))
    assert graded["penalty"] == "1.05" and graded["late"] == "2 h 1 min"


@pytest.mark.parametrize(
    "name",
    ["ada", "101", '"Ada Lovelace"', '"Lovelace, Ada"', '"lovelace ada"', '"ada@uni.example"'],
)
def test_an_extension_moves_a_student_s_own_deadline(tmp_path: Path, name: str) -> None:
    read = late_policy(tmp_path, f"[extensions]\n{name} = '2 days'\n")
    read = read.for_students(Register([ADA, BOB]))
    assert row(read, DUE + timedelta(days=2))["final"] == "25"
    assert row(read, DUE + timedelta(days=2, hours=1))["final"] == "21.5"


def test_an_extension_to_a_date_is_the_deadline(tmp_path: Path) -> None:
    read = late_policy(tmp_path, "[extensions]\nada = 2026-12-24T00:00:00Z\n")
    assert row(read, datetime(2026, 12, 24, tzinfo=timezone.utc))["late"] == ""


def test_a_teacher_can_say_when_something_was_handed_in(tmp_path: Path) -> None:
    read = late_policy(tmp_path, "[submitted]\nada = 2026-11-22T00:00:00Z\n")
    assert row(read, None)["final"] == "18"


def test_late_without_a_time_takes_nothing_and_says_so(tmp_path: Path) -> None:
    graded = row(late_policy(tmp_path), None, is_late=True)
    assert graded["final"] == "25" and graded["late"] == "yes, time unknown"
    assert "no points are taken" in graded["notes"][0]


def test_points_are_weighted_anew(tmp_path: Path) -> None:
    graded = row(policy(tmp_path, "[points]\n1-fork-wait = 30\n2-sharing = 0\n"), scores=(10, 20))
    assert (graded["points"], graded["of"]) == ("20", 30)


def test_what_is_left_out_of_an_exercise_does_not_lower_its_weight() -> None:
    result = ExerciseResult("1-fork-wait", "t", 14, 14)  # without the check that needs valgrind
    handed, origin = Handed("x", None, None, "", ()), Origin("k", "c", "kit", 1, "[]")
    graded = row_of([result], ADA, handed, origin, Policy(), RUBRIC, "namespaces", False)
    assert (graded["points"], graded["of"]) == ("15", 15)


def test_halves_are_rounded_as_people_do(tmp_path: Path) -> None:
    graded = row(policy(tmp_path, "[points]\n1-fork-wait = 100\n2-sharing = 0\n"), scores=(1, 0))
    assert graded["points"] == "6.67"


def test_hidden_tests_open_at_their_date(tmp_path: Path) -> None:
    read = policy(tmp_path, "[reports]\nopen_after = 2026-12-01T00:00:00Z\n")
    assert read.openness_at(datetime(2026, 11, 30, 23, 59, tzinfo=timezone.utc)) == "points"
    assert read.openness_at(datetime(2026, 12, 1, tzinfo=timezone.utc)) == "evidence"


def test_what_is_only_shown_is_no_other_policy(tmp_path: Path) -> None:
    plain = policy(tmp_path, "due = 2026-11-20T00:00:00Z\n")
    shown = policy(tmp_path, "due = 2026-11-20T00:00:00Z\n[reports]\nopenness = 'points'\n")
    other = policy(tmp_path, "due = 2026-11-21T00:00:00Z\n")
    assert policy_digest(plain) == policy_digest(shown) != policy_digest(other)


def test_a_time_that_nobody_knows_is_told_where_it_would_count(tmp_path: Path) -> None:
    read = late_policy(tmp_path, "")
    assert "when it was handed in is not known" in row(read)["notes"][0]
    assert row(read, is_late=False)["notes"] == []  # the platform says on time
    assert row(read, DUE)["notes"] == []
    told = late_policy(tmp_path, "[submitted]\nada = 2026-11-20T10:00:00Z\n")
    assert row(told.for_students(Register([ADA])))["notes"] == []
    assert row(Policy())["notes"] == []
