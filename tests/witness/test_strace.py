"""witness and strace see the same successful calls of the lesson in each process."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.corpus.case import Case, cases
from tests.witness.compared import RACE, Calls, by_witness, calls_of, compare, compare_case
from tests.witness.corpus import build
from tests.witness.observed import program, watch
from tests.witness.random_programs import BIRTHS, ENDS, LEAVES, compare_program
from tests.witness.random_programs import program as text_of_program

pytestmark = pytest.mark.needs("strace")

SAMPLE = cases()[::8]  # `make compare` takes all of them
RACES = "6-each-child-removes 6-no-exit-in-child 6-wnohang-once-each".split()
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


@pytest.mark.parametrize("number", [*range(12), 112])  # the last one repeats calls
def test_calls_of_a_random_program_equal_those_of_strace(number: int) -> None:
    """`python3 -m tests.witness.random_programs 2000` makes more."""
    made = compare_program(number)
    assert not made.skipped
    assert made.witness == made.strace, text_of_program(number)


def test_random_programs_are_of_every_kind_and_come_again_by_their_number() -> None:
    every = "".join(text_of_program(number) for number in range(60))
    for form, _ in LEAVES:
        assert form.partition("%")[0] in every
    assert all(birth in every for birth in BIRTHS) and all(end in every for end in ENDS)
    assert text_of_program(7) == text_of_program(7) != text_of_program(8)


def deaf(command: Sequence[str]) -> Calls | None:
    """What a witness would say that misses one look-up."""
    calls = by_witness(command)
    assert calls is not None
    next(each for each in calls if each["shmget"])["shmget"] -= 1
    return calls


@pytest.mark.parametrize("words", [["segment_life"], ["slots", "5"]], ids=" ".join)
def test_a_witness_that_misses_a_call_is_found(words: list[str]) -> None:
    made = compare(program(*words), deaf)
    assert not made.skipped and not made.equal


@pytest.mark.parametrize(
    "case", [c for c in cases() if c.folder.name in RACES], ids=lambda case: case.name
)
def test_a_race_is_known_by_what_strace_alone_sees(case: Case) -> None:
    built = build(case)
    assert built is not None
    assert compare(built.command, deaf).skipped == RACE


def test_a_call_that_witness_did_not_see_would_be_a_difference() -> None:
    run = watch(program("segment_life"))
    whole = calls_of(run)
    run["events"].remove(run.call("shmget", process=2))
    assert calls_of(run) != whole
