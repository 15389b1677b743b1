"""Mutants of the solution: a fixed sample is graded, and the list of right ones holds together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lacking import require

require("mutants")  # before what is imported below, which needs pycparser
# flake8: noqa: E402

from tests.corpus.grading import WITNESS, entry_of
from tests.judge.table import marks_of_mutant
from tests.mutants.compiling import compiled, of_the_solution
from tests.mutants.equivalent import as_told, listed, mistakes_of_the_list
from tests.mutants.grading import Fate, fate
from tests.mutants.mutant import Mutant, mutants
from tests.mutants.program import Program, programs, read
from tests.mutants.sample import SIZE, sample


@pytest.mark.parametrize("number", range(SIZE))
def test_mutant_is_killed_or_listed_as_right(
    number: int, record_property: Callable[[str, object], None]
) -> None:
    assert WITNESS.is_file(), "build/witness is missing: make witness"
    found = fate(sample()[number])
    record_property("judged", marks_of_mutant(found))
    if as_told(found):
        pytest.fail(as_told(found), pytrace=False)


def test_what_is_listed_exists_once_and_quotes_the_handout() -> None:
    assert not mistakes_of_the_list(mutants())


def test_enough_mutants_of_every_exercise_and_operator() -> None:
    found = mutants()
    assert len(found) >= 300
    by_exercise = Counter(mutant.exercise for mutant in found)
    assert len(by_exercise) == 6 and min(by_exercise.values()) >= 40
    assert min(Counter(mutant.operator for mutant in found).values()) >= 20


def test_no_two_mutants_are_the_same() -> None:
    found = mutants()
    assert len({mutant.name for mutant in found}) == len(found)
    assert len({(mutant.exercise, mutant.text) for mutant in found}) == len(found)


@pytest.mark.parametrize("program", programs(), ids=lambda program: program.exercise)
def test_the_solution_survives_being_parsed_and_written(program: Program) -> None:
    """Its own machine code comes out of its tree, so a mutant differs by its mutation alone."""
    source = Path(__file__).resolve().parents[2] / "solution" / program.exercise / program.name
    original = compiled(source.read_text(encoding="utf-8"), program.exercise)
    assert original and original == of_the_solution()[program.exercise]


def test_given_code_is_not_mutated() -> None:
    source = Path(__file__).resolve().parents[2] / "solution/6-tally/tally.c"
    names = {function.decl.name for function in read(source).functions}
    assert "fork_children" in names
    assert not names & {"main", "read_int", "read_value"}


def test_a_mutation_is_taken_back() -> None:
    """The trees are shared: what one mutant changes must not show in the next."""
    first, second = ([m.text for m in mutants()] for _ in range(2))
    assert first == second


FATE = Fate("no mutant of this name", "an operator", "1-fork-wait", True, 0)


def test_an_unlisted_survivor_is_told() -> None:
    assert as_told(FATE) == "survives: no mutant of this name"


def test_a_listed_mutant_that_fails_is_told() -> None:
    name = next(iter(listed()))
    killed = Fate(name, "an operator", "1-fork-wait", True, 3, ("parent_waits",))
    assert as_told(killed).startswith("listed as equivalent, but it fails parent_waits")


def test_a_fault_of_the_grader_is_no_kill() -> None:
    assert "fault" in as_told(Fate("any", "an operator", "1-fork-wait", True, None, fault="no pty"))


def test_the_list_tells_names_that_are_gone() -> None:
    without: list[Mutant] = []
    assert len(mistakes_of_the_list(without)) >= len(listed()) > 0


def test_all_exercises_have_a_check_of_memory_to_leave_out() -> None:
    for program in programs():
        entry = entry_of(program.exercise)
        assert entry and any(name == "memory" for name, _, _ in entry.tests)
