"""The table: how many wrong ones are caught, named; right ones left alone; mutants killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from tests.corpus.case import Case
from tests.corpus.grading import Outcome, differences, names_it
from tests.mutants.equivalent import as_told, equivalent, unseen
from tests.mutants.grading import Fate

CAUGHT = "wrong submissions caught"
NAMED = "diagnoses named as said"
RIGHT = "right submissions at full score"
KILLED = "mutants killed"
EQUIVALENT = "mutants that are right programs, as listed"
UNSEEN = "of the others: wrong and not seen, as listed"
ROWS = (CAUGHT, NAMED, RIGHT, KILLED, UNSEEN, EQUIVALENT)

Mark = tuple[str, bool]  # the row, and whether it is as it should be


def marks_of_case(case: Case, outcome: Outcome) -> list[Mark]:
    """What one submission of the corpus adds to the table."""
    if case.kind == "right":
        return [(RIGHT, not differences(case, outcome))]
    caught = not [line for line in differences(case, outcome) if "diagnosis" not in line]
    return [(CAUGHT, caught), (NAMED, names_it(case, outcome))]


def marks_of_mutant(fate: Fate) -> list[Mark]:
    """What one mutant adds to the table: a wrong one that no check sees is not killed."""
    if fate.name in equivalent():
        return [(EQUIVALENT, not as_told(fate))]
    killed = (KILLED, fate.killed or not fate.compiled)
    return [killed, (UNSEEN, not as_told(fate))] if fate.name in unseen() else [killed]


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
            lines.append(f"{row:<46}{good[row]:>6} of {all_of[row]:>5}{shown:>9}")
    return [*lines, *remarks]
