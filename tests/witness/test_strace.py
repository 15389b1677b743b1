"""witness and strace see the same successful calls of the lesson in each process."""

from __future__ import annotations


import pytest

from tests.corpus.case import Case, cases
from tests.witness.compared import calls_of, compare, compare_case
from tests.witness.observed import program, watch

pytestmark = pytest.mark.needs("strace")

SAMPLE = cases()[::8]  # `make compare` takes all of them
COMPARED = [
    ["copies"],
    ["generations"],
    ["children", "5"],
    ["slots", "5"],
    ["segment_life"],
    ["segment_errors"],
    ["lookups", "3"],
    ["fault_read_only"],
    ["zombie"],
    ["attempts"],
    ["by_raw_calls"],
    ["static_segment_life"],
    ["by_vfork"],
    ["by_clone", "copy"],
    ["ends", "signal", "9"],
    ["waits_ignored"],
    ["write_duplicate"],
]


@pytest.mark.parametrize("words", COMPARED, ids=" ".join)
def test_calls_equal_those_of_strace(words: list[str]) -> None:
    made = compare(program(*words))
    assert not made.skipped
    assert made.witness == made.strace


@pytest.mark.parametrize("case", SAMPLE, ids=[case.name for case in SAMPLE])
def test_calls_of_a_submission_equal_those_of_strace(case: Case) -> None:
    made = compare_case(case)
    assert made.skipped or made.witness == made.strace


def test_a_call_that_witness_did_not_see_would_be_a_difference() -> None:
    run = watch(program("segment_life"))
    whole = calls_of(run)
    run["events"].remove(run.call("shmget", process=2))
    assert calls_of(run) != whole
