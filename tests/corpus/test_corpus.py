"""Every submission of the corpus: exactly the tests that it names fail, and its mistake leads."""

import os
from collections.abc import Callable

import pytest

from tests.corpus.case import Case, cases
from tests.corpus.grading import SEED, WITNESS, differences, entry_of, grade, report
from tests.judge.table import marks_of_case

CASES = cases()
NAMES = [case.name for case in CASES]


def test_the_corpus_is_not_lost() -> None:
    assert sum(case.kind == "wrong" for case in CASES) >= 150
    assert sum(case.kind == "right" for case in CASES) >= 40


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
