"""What a walk takes for passed: each judge is shown what it must refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.machines.judge import JUDGES, Failed, Walked, judge, reason, spoilt_line

STUBS = "".join(f"  · {number}-exercise   not started\n" for number in range(1, 7))
CHECKS = "".join(f"  ✓ {number}-exercise   {number} of {number} checks\n" for number in range(1, 7))
GRADEBOOK = "student,status,score,max_score\nada,graded,14,14\nbob,graded,8,14\ncem,graded,0,14\n"


def report(score: int, of: int = 100, evidence: str = "") -> dict[str, Any]:
    exercise = {"id": "2-sharing", "diagnoses": [{"evidence": [evidence]}] if evidence else []}
    told = {"score": score, "max_score": of, "complete": True, "isolation": "namespaces"}
    return told | {"exercises": [exercise]}


ERROR = "2-sharing/sharing.c:31: error: expected ‘;’"
GOOD = {
    "grade": Walked(0, "Sharing   0 / 100", report(0)),
    "solution": Walked(0, "Sharing   100 / 100", report(100)),
    "exercise": Walked(0, "Sharing   20 / 20", report(20, 20)),
    "syntax-error": Walked(0, ERROR, report(80, evidence=ERROR), line=31),
    "help": Walked(0, "make grade        grade SUBMISSION=starter"),
    "check-starter": Walked(0, STUBS),
    "check": Walked(0, CHECKS),
    "hint": Walked(0, "Step 1: begin\n    Copy it.\n"),
    "show": Walked(0, "parent: shmget(…)\nparent: fork → child is process 2"),
    "classroom": Walked(0, "", files=("student", "grader", "gradescope.zip", "classroom50")),
    "student": Walked(0, STUBS),
    "solved": Walked(0, CHECKS),
    "criterion": Walked(0, "[====] Synthesis: Tested: 9 | Passing: 9 | Failing: 0 | Crashing: 0"),
    "batch": Walked(0, "graded 3", gradebook=GRADEBOOK),
    "doctor": Walked(0, "witness  build/witness\nThis machine grades at level namespaces.\n"),
    "test": Walked(0, "....\n12 passed, 3 skipped in 40.0s\n"),
}
BAD = {
    "grade": [
        replace(GOOD["grade"], report=None),
        replace(GOOD["grade"], report=report(1)),
        replace(GOOD["grade"], report=report(0) | {"complete": False}),
        replace(GOOD["grade"], log="nothing"),
    ],
    "solution": [replace(GOOD["solution"], report=report(99))],
    "exercise": [replace(GOOD["exercise"], report=report(20))],
    "syntax-error": [
        replace(GOOD["syntax-error"], line=32),
        replace(GOOD["syntax-error"], log="it does not compile"),
        replace(GOOD["syntax-error"], report=report(80)),
        replace(GOOD["syntax-error"], report=report(0, evidence=ERROR)),
    ],
    "help": [Walked(0, "")],
    "check-starter": [Walked(0, STUBS.replace("not started", "cannot", 1)), Walked(0, "")],
    "check": [Walked(0, CHECKS.replace("6 of 6", "5 of 6")), Walked(0, "")],
    "hint": [Walked(0, "check: no hint\n")],
    "show": [Walked(0, "it has no program to run")],
    "classroom": [Walked(0, "", files=("student", "grader"))],
    "student": [Walked(0, STUBS.replace("not started", "2 of 5 checks", 1))],
    "solved": [Walked(0, STUBS)],
    "criterion": [
        Walked(0, GOOD["criterion"].log.replace("Passing: 9", "Passing: 8")),
        Walked(0, ""),
    ],
    "batch": [
        Walked(0, ""),
        Walked(0, "", gradebook=GRADEBOOK.replace("cem,graded", "cem,not graded")),
        Walked(0, "", gradebook=GRADEBOOK.replace("ada,graded,14", "ada,graded,13")),
    ],
    "doctor": [Walked(0, "This machine cannot grade yet: see → above.\n")],
    "test": [
        Walked(0, "1 failed, 12 passed in 40.0s\n"),
        Walked(0, "12 passed, 2 errors in 40.0s\n"),
        Walked(0, "no tests ran in 0.01s\n"),
    ],
}


def test_each_judge_is_tried_both_ways() -> None:
    assert set(GOOD) == set(BAD) == set(JUDGES)


@pytest.mark.parametrize("step", JUDGES)
def test_what_is_right_passes(step: str) -> None:
    judge(step, GOOD[step])


@pytest.mark.parametrize(
    ("step", "walked"), [(step, walked) for step, every in BAD.items() for walked in every]
)
def test_what_is_wrong_fails(step: str, walked: Walked) -> None:
    with pytest.raises(Failed):
        judge(step, walked)


@pytest.mark.parametrize("step", JUDGES)
def test_an_exit_status_or_a_traceback_fails_each(step: str) -> None:
    good = GOOD[step]
    with pytest.raises(Failed, match="exit status 2: no rule"):
        judge(step, replace(good, status=2, log="no rule\nmake: *** [Makefile:1: x] Error 2\n"))
    with pytest.raises(Failed, match="traceback: KeyError"):
        judge(
            step, replace(good, log=good.log + "\nTraceback (most recent call last):\nKeyError\n")
        )


def test_what_apt_says_comes_before_what_is_said_of_it() -> None:
    log = "install: x\nE: Unable to locate package x\ninstall: apt-get failed\nmake: *** Error 3\n"
    assert reason(log) == "E: Unable to locate package x"


def test_the_level_is_the_remark_of_a_grade() -> None:
    assert judge("grade", GOOD["grade"]) == judge("doctor", GOOD["doctor"]) == "namespaces"


def test_the_line_that_was_spoilt() -> None:
    assert spoilt_line("a;\nb;\nc;\n", "a;\nb\nc;\n") == 2
    assert spoilt_line("a;\n", "a;\n") == 0
