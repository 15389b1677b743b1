"""The table: how many wrong ones are caught, named; right ones left alone; mutants killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from tests.corpus.case import Case
from tests.corpus.grading import Outcome, differences, names_it
from tests.mutants.equivalent import as_told, listed
from tests.mutants.grading import Fate

CAUGHT = "wrong submissions caught"
NAMED = "diagnoses named as said"
RIGHT = "right submissions at full score"
KILLED = "mutants killed"
EQUIVALENT = "mutants that are right programs, as listed"
ROWS = (CAUGHT, NAMED, RIGHT, KILLED, EQUIVALENT)

Mark = tuple[str, bool]  # the row, and whether it is as it should be


def marks_of_case(case: Case, outcome: Outcome) -> list[Mark]:
    """What one submission of the corpus adds to the table."""
    if case.kind == "right":
        return [(RIGHT, not differences(case, outcome))]
    caught = not [line for line in differences(case, outcome) if "diagnosis" not in line]
    return [(CAUGHT, caught), (NAMED, names_it(case, outcome))]


def marks_of_mutant(fate: Fate) -> list[Mark]:
    """What one mutant adds to the table."""
    return [(EQUIVALENT if fate.name in listed() else KILLED, not as_told(fate))]


def rendered(marks: Iterable[Mark], remarks: Sequence[str] = ()) -> list[str]:
    """The table, line by line."""
    good: Counter[str] = Counter()
    all_of: Counter[str] = Counter()
    for row, right in marks:
        all_of[row] += 1
        good[row] += right
    lines = []
    for row in ROWS:
        if all_of[row]:
            share = 100 * good[row] / all_of[row]
            shown = "100 %" if good[row] == all_of[row] else f"{min(share, 99.9):.1f} %"
            lines.append(f"{row:<44}{good[row]:>6} of {all_of[row]:>5}{shown:>9}")
    return [*lines, *remarks]


def whole(marks: Iterable[Mark]) -> bool:
    """Is it 100 % in each row?"""
    return all(good for _, good in marks)
