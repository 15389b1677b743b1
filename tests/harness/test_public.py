"""The public tests of exercise 3 are shown, and carry no points."""

from pathlib import Path

from grader.grading.criterion_tap import read_tap
from tests.harness.conftest import Grade

TAP = """TAP version 13
1..2
ok - segment::create_makes_a_segment  (0.00s)
not ok - segment::remove_removes test_segment.c:12: Assertion failed \x1b[2J
# Failing: 1
"""


def test_each_verdict_is_read() -> None:
    passed, failed = read_tap(TAP)
    assert passed.passed and passed.name == "create makes a segment"
    assert not failed.passed and "\x1b" not in failed.message


def test_what_is_no_verdict_is_ignored() -> None:
    assert read_tap("ok\nnot ok\nok - nothing\n\0") == []


def test_they_run_beside_the_hidden_tests(submission: Path, grade: Grade) -> None:
    exercise = grade(submission, "--exercise", 3).exercise
    assert exercise["score"] == exercise["max_score"]
    assert len(exercise["public_tests"]) > 5
    assert all(test["passed"] for test in exercise["public_tests"])


def test_a_failing_one_is_shown_and_costs_nothing_by_itself(submission: Path, grade: Grade) -> None:
    file = submission / "3-segment" / "segment.c"
    file.write_text(file.read_text().replace("IPC_EXCL", "0"))
    graded = grade(submission, "--exercise", 3)
    failed = [test["name"] for test in graded.exercise["public_tests"] if not test["passed"]]
    assert failed and "in your folder; no points" in graded.stdout


def test_tests_that_claim_success_change_no_point(submission: Path, grade: Grade) -> None:
    forged = "#include <stdio.h>\n#include <unistd.h>\n"
    forged += "__attribute__((constructor)) static void f(void)\n"
    forged += '{ puts("ok - segment::forged"); fflush(stdout); _exit(0); }\n'
    file = submission / "3-segment" / "segment.c"
    file.write_text(forged + file.read_text())
    assert grade(submission, "--exercise", 3).exercise["score"] == 0
