"""The teacher's last word, and the one place where points are made."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader.batch.adjustments import Adjustment, read_adjustments
from grader.batch.platform_tables import check_range
from grader.batch.policy import Policy, read_policy
from grader.batch.reports import report_of
from grader.batch.rows import Handed, Json, Origin, row_of, with_adjustments
from grader.batch.score import most_points
from grader.batch.students import Student
from grader.batch.who import Register
from grader.grading.intake import BadInput
from grader.report.model import FAILED, PASSED, ExerciseResult, TestResult
from tests.batch.conftest import Call, lay

RUBRIC = {"1-fork-wait": 15, "2-sharing": 20, "6-tally": 15}
CHECKS = {
    "1-fork-wait": {"1-fork-wait/sum": 5, "1-fork-wait/waits": 10},
    "2-sharing": {},
    "6-tally": {},
}
ANN = Student("ann", "Ann Alpha", group="Red")
BOB = Student("bob", "Bob Beta", group="Red")
REGISTER = Register([ANN, BOB, Student("bo", "Bo Beta")])


def read(tmp_path: Path, text: str) -> dict[str, tuple[Adjustment, ...]]:
    path = lay(tmp_path, {"adjustments.csv": text}) / "adjustments.csv"
    return read_adjustments(path, REGISTER, CHECKS)


def policy(tmp_path: Path, text: str) -> Policy:
    return read_policy(lay(tmp_path, {"policy.toml": text}) / "policy.toml", RUBRIC)


def graded(policy: Policy, *adjustments: Adjustment, scores: tuple[int, ...] = (5, 20, 15)) -> Json:
    def check(name: str, points: int, most: int) -> TestResult:
        verdict = PASSED if points == most else FAILED
        return TestResult(f"1-fork-wait/{name}", name, verdict, points, most, "hidden", "c")

    tests = (check("sum", 5, 5), check("waits", max(scores[0] - 5, 0), 10))
    results = [
        ExerciseResult(name, "t", score, full, tests=tests if name == "1-fork-wait" else ())
        for (name, full), score in zip(RUBRIC.items(), scores)
    ]
    handed, origin = Handed("x", None, None, "", ()), Origin("k", "c", "kit", 1, "[]")
    return row_of(results, ANN, handed, origin, policy, RUBRIC, "user", False, adjustments)


def points(row: Json) -> list[str]:
    return [e["points"] for e in row["exercises"].values()]


# ---- reading


def test_a_line_names_a_student_or_a_group_and_what_it_is_about(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "student,group,exercise,check,points,delta,reason\n"
        '"Alpha, Ann",,1,waits,10,,shown in the lab\n'
        ",red,,,,-2.5,late by hand\n"
        "bo,,2-sharing,,0,,copied\n",
    )
    assert found["ann"][0].about == ("1-fork-wait", "1-fork-wait/waits")
    assert [one.delta for one in found["bob"]] == [Fraction("-2.5")]
    assert found["bo"][0].points == 0


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("anna,,,,1,,r", r":2: nobody is called anna: is it Ann Alpha \(ann\)\?"),
        (",blue,,,1,,r", ":2: no group is called blue"),
        ("ann,red,,,1,,r", ":2: one of student and group has to be there"),
        ("ann,,9,,1,,r", ":2: which exercise is 9\\? There are: 1-fork-wait, 2-sharing, 6-tally"),
        ("ann,,,leaks,1,,r", ":2: which check is leaks\\? There are: 1-fork-wait/sum"),
        ("ann,,,waits,11,,r", ":2: 1-fork-wait/waits is worth 10, not 11"),
        ("ann,,,,x,,r", ":2: points: x is not a number"),
        ("ann,,,,1,1,r", ":2: points or delta, not both"),
        ("ann,,,,-1,,r", ":2: points are not negative"),
        ("ann,,,,1,,", ":2: a reason is asked for"),
        ("ann,,,,,,", ":2: there is nothing in it"),
        ("ann,,1,,3,,r\n,red,1,,4,,s", ":3: line 2 is about 1-fork-wait of ann as well"),
        ("ann,,1,,,1,r\nann,,1,,,1,r", ":3: line 2 is about 1-fork-wait of ann as well"),
    ],
)
def test_what_is_wrong_in_it_is_told_in_one_line(tmp_path: Path, line: str, why: str) -> None:
    with pytest.raises(BadInput, match=why) as told:
        read(tmp_path, f"student,group,exercise,check,points,delta,reason\n{line}\n")
    assert "\n" not in str(told.value)


def test_a_column_that_there_is_not_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"adjustments.csv:1: there is no column colour"):
        read(tmp_path, "student,colour\nann,red\n")
    with pytest.raises(BadInput, match=r"adjustments.csv:1: a column student or group"):
        read(tmp_path, "who,points\nann,1\n")


# ---- what they do


def test_a_check_an_exercise_and_the_grade_are_adjusted_in_this_order() -> None:
    some = (
        Adjustment("1-fork-wait", "1-fork-wait/waits", None, Fraction(4), "half"),
        Adjustment("2-sharing", "", Fraction(11), None, "copied"),
        Adjustment("", "", None, Fraction(-1), "no name in it"),
        Adjustment("", "", None, None, "well written"),
    )
    row = graded(Policy(), *some)
    assert points(row) == ["9", "11", "15"]
    assert (row["points"], row["final"], row["of"]) == ("35", "34", 50)
    assert (
        row["notes"]
        == row["adjusted"]
        == [
            "your teacher changed 1-fork-wait/waits by +4 points: half",
            "your teacher set 2-sharing to 11 points: copied",
            "your teacher changed the grade by -1 points: no name in it",
            "your teacher says: well written",
        ]
    )


def test_a_check_is_never_worth_more_than_it_is_and_nothing_is_negative() -> None:
    more = Adjustment("1-fork-wait", "1-fork-wait/waits", None, Fraction(99), "r")
    assert points(graded(Policy(), more))[0] == "15"
    less = Adjustment("1-fork-wait", "", None, Fraction(-99), "r")
    assert points(graded(Policy(), less))[0] == "0"


def test_adjustments_are_taken_back_without_a_trace() -> None:
    plain = graded(Policy())
    adjusted = with_adjustments(plain, [Adjustment("", "", Fraction(1), None, "r")])
    assert adjusted["final"] == "1"
    assert with_adjustments(adjusted, []) == plain


def test_a_report_says_the_grade_where_it_is_another_number() -> None:
    row = graded(Policy(), Adjustment("", "", Fraction(7), None, "r"))
    assert report_of(row, [], "evidence", "student").notes[0].startswith("your grade is 7 of 50")
    assert report_of(graded(Policy()), [], "evidence", "student").notes == ()


# ---- [score]


def test_total_extra_credit_and_floor_make_one_score(tmp_path: Path) -> None:
    read = policy(tmp_path, "[score]\nextra_credit = ['6-tally']\ntotal = 70\nfloor = 50\n")
    row = graded(read, scores=(15, 20, 0))
    assert (points(row), row["final"], row["of"]) == (["30", "40", "0"], "70", 70)
    assert graded(read, scores=(15, 20, 15))["final"] == "100"
    assert graded(read, scores=(0, 0, 0))["final"] == "35"
    assert most_points([*RUBRIC], read, RUBRIC) == 100


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[score]\nleave_out = ['7-x']", "policy.toml:2: score.leave_out: there is no '7-x'"),
        (
            "[score]\nextra_credit = ['6-tally']\nleave_out = ['6-tally']",
            "policy.toml:3: score.leave_out: 6-tally is extra credit as well",
        ),
        (
            "[points]\n6-tally = 3\n[score]\nleave_out = '6-tally'",
            "policy.toml:4: score.leave_out: 6-tally has a weight as well",
        ),
        (
            "[score]\nleave_out = ['1-fork-wait', '2-sharing', '6-tally']",
            "policy.toml:1: score: no exercise is left that counts",
        ),
        (
            "[points]\n6-tally = 3\n[score]\nweights = {6-tally = 4}",
            r"policy.toml:4: score.weights: \[points\] says weights, too",
        ),
        ("[score]\ntotal = 0", "policy.toml:2: score.total: points are asked for"),
    ],
)
def test_a_score_that_contradicts_itself_is_told(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        policy(tmp_path, text)


MOODLE = [["Identifier", "Grade", "Maximum Grade"], ["Participant 1", "", "10.00"]]
BRIGHTSPACE = [["Username", "Lab Points Grade <Numeric MaxPoints:10>", "End-of-Line Indicator"]]


@pytest.mark.parametrize("table", [MOODLE, BRIGHTSPACE])
def test_a_column_that_takes_less_is_noticed_before_anything_is_graded(table: Any) -> None:
    with pytest.raises(BadInput, match="takes at most 10 points, and these grades go up to 15"):
        check_range("t.csv", table, 1, Fraction(15))
    assert check_range("t.csv", table, 1, Fraction(10)) == ""
    assert check_range("t.csv", table, 1, Fraction(5)) == (
        "t.csv: its column is of 10 points, these grades are of 5"
    )


def test_canvas_takes_more_and_the_difference_is_told_before() -> None:
    table = [["Student", "ID", "Section", "Lab (1)"], ["    Points Possible", "", "", "10"]]
    for most, told in ((10, ""), (15, "these grades are of 15"), (5, "these grades are of 5")):
        assert check_range("t.csv", table, 3, Fraction(most)).endswith(told)
        assert bool(check_range("t.csv", table, 3, Fraction(most))) == bool(told)


# ---- the whole way


def test_an_adjustment_counts_at_once_and_survives_grading_again(
    call: Call, small_class: Path, tmp_path: Path
) -> None:
    options = ["--exercise", 1, "--seed", 7, "--policy", tmp_path / "fast.toml"]
    lay(tmp_path, {"fast.toml": "[checks]\nvalgrind = false\n"})
    first = call(small_class, *options).gradebook
    assert (first["bob"]["adjusted"], float(first["bob"]["final"]) < 15) == ("", True)
    file = tmp_path / "adjustments.csv"
    lay(tmp_path, {file.name: "student,delta,reason\nbob,1.5,shown by hand\nada,,well done\n"})
    options += ["--adjustments", file]
    done = call(small_class, *options)
    assert "0 to do" in done.stdout and "another adjustment" in done.stdout
    book = done.gradebook
    assert float(book["bob"]["final"]) == float(first["bob"]["final"]) + 1.5
    assert "changed the grade by +1.5 points: shown by hand" in book["bob"]["adjusted"]
    said = "your teacher changed the grade by +1.5 points: shown by hand"
    assert said in (done.out / "students" / "bob" / "report.md").read_text("utf-8")
    assert said in (done.out / "class.html").read_text("utf-8")
    again = call(small_class, *options, "--regrade")
    assert again.gradebook == book and "would change" not in again.stdout
    assert call(small_class, *options[:-2]).gradebook["bob"]["final"] == first["bob"]["final"]
