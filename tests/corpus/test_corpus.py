"""Every submission of the corpus: exactly the tests that it names fail, and its mistake leads."""

import os
from collections import Counter
from collections.abc import Callable

import pytest

from tests.corpus.case import Case, cases
from tests.corpus.grading import SEED, WITNESS, differences, entry_of, grade, losses, report
from tests.judge.table import marks_of_case

CASES = cases()
NAMES = [case.name for case in CASES]


def test_the_corpus_is_not_lost() -> None:
    assert sum(case.kind == "wrong" for case in CASES) >= 150
    assert sum(case.kind == "right" for case in CASES) >= 40


def test_many_have_one_mistake_that_costs_exactly_its_points() -> None:
    """In each exercise at least five fail one test and lose nothing else: that is measured."""
    alone = [case for case in CASES if len(case.fails) == 1 and losses(case) is not None]
    exact = [case for case in alone if losses(case) == _points_of(case)]
    by_exercise = Counter(case.exercise for case in exact)
    assert len(by_exercise) == 6 and min(by_exercise.values()) >= 5, by_exercise


def _points_of(case: Case) -> int:
    entry = entry_of(case.exercise)
    assert entry is not None
    return sum(check.points for name, _, check in entry.tests if name in case.fails)


def test_every_wrong_one_names_what_the_student_must_read() -> None:
    assert not [case.name for case in CASES if case.kind == "wrong" and case.diagnosis is None]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_case_names_tests_that_exist(case: Case) -> None:
    entry = entry_of(case.exercise)
    assert entry is not None, case.exercise
    known = {name for name, _, _ in entry.tests}
    assert case.fails | (case.not_reached or frozenset()) <= known
    assert bool(case.fails or case.loses) == (case.kind == "wrong")
    assert (case.folder / case.exercise / entry.exercise.source).is_file()


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_case_is_judged_as_it_says(
    case: Case, record_property: Callable[[str, object], None]
) -> None:
    assert WITNESS.is_file(), "build/witness is missing: make witness"
    outcome = grade(case, int(os.environ.get("CORPUS_SEED", SEED)))
    record_property("judged", marks_of_case(case, outcome))
    if differences(case, outcome):
        pytest.fail(report(case, outcome), pytrace=False)
