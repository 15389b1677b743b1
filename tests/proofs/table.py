"""The table of proofs, and the submissions of the corpus that fail one check and no other."""

from collections.abc import Mapping, Sequence

from grader.grading.catalogue import Entry
from tests.corpus.case import Case, cases

NONE = "nothing"


def failing(entry: Entry) -> dict[str, Case]:
    """For each check a wrong submission that does not pass it, and passes as many others as can be.

    That it does so is what the tests of the corpus prove.
    """
    found: dict[str, Case] = {}
    for case in cases():
        if case.exercise != entry.exercise.id or not _is_told_whole(case, entry):
            continue
        for name in lost_by(case):
            if name not in found or len(lost_by(case)) < len(lost_by(found[name])):
                found[name] = case
    return found


def _is_told_whole(case: Case, entry: Entry) -> bool:
    """Does the case say all that is not passed: by name, or by what it loses in all?"""
    points = sum(check.points for name, _, check in entry.tests if name in case.fails)
    return case.not_reached is not None or case.loses == points


def lost_by(case: Case) -> frozenset[str]:
    """The checks that a submission does not pass."""
    return case.fails | (case.not_reached or frozenset())


def rendered(entry: Entry, facts: Mapping[str, Sequence[str]], fails: Mapping[str, Case]) -> str:
    """A block of lines for each check of one exercise."""
    lines = [entry.exercise.id]
    for name, _, check in entry.tests:
        lines.append(f"  {name} ({check.points})")
        lines.append(f"    rests on     {', '.join(facts.get(name, ())) or NONE}")
        lines.append(f"    fails alone  {_failing(name, fails.get(name))}")
    return "\n".join(lines) + "\n"


def _failing(name: str, case: Case | None) -> str:
    if case is None:
        return NONE
    others = sorted(lost_by(case) - {name})
    return case.folder.name + (f" (with {', '.join(others)})" if others else "")
