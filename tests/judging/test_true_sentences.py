"""Each sentence is checked against the facts: of a right program no rule has anything to say.

Not even if all of its tests had failed. So each rule is asked with the facts of right programs: of
programs that do nearly what it warns of, too.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from grader.base.exercise import Exercise
from grader.base.kit import KIT
from grader.diagnose.case import Case, RuleMatch
from grader.diagnose.rules import RULES, Rule
from grader.facts.records import Run
from grader.grading import grade_exercise
from grader.grading.catalogue import catalogue
from grader.grading.intake import open_submission, read_exercise
from grader.report.model import FAILED, TestResult
from grader.sandbox import Held

RIGHT = KIT / "tests" / "submissions" / "right"
WITNESS = KIT / "build" / "witness"
SEED = 5

# What each of them does nearly wrong.
SUBMISSIONS = {
    "1-wnohang-loop": "asks with WNOHANG, until the child has ended",
    "1-sigchld-ignored": "waits until wait fails, since nobody is left",
    "1-chatty": "prints lines of its own",
    "1-sleeps-and-waits": "sleeps, too",
    "2-both-attach-after-fork": "each process looks the segment up and attaches it",
    "2-rmid-before-fork": "removes the segment early",
    "2-lists-the-segments": "runs another program",
    "2-large-segment": "asks for more than an int",
    "4-create-clears": "writes to the new segment",
    "4-system-calls": "calls the system itself",
    "5-core-and-strsignal": "names the signal in words, too",
    "6-waitid-all": "waits until nobody is left",
    "6-sequential": "one child after the other",
    "6-structs-and-pids": "stores more than the number",
    "6-inherited-beside-its-own": "has an inherited attachment beside its own",
    "3-cleared-by-hand": "attaches and detaches in create",
    "3-checks-arguments-first": "looks before it calls",
}
FOLDERS = [KIT / "solution" / e.exercise.id for e in catalogue()]
FOLDERS += [next((RIGHT / name).glob("[1-6]-*")) for name in SUBMISSIONS]


@cache
def facts_of(folder: Path) -> tuple[Exercise, tuple[Run, ...], Mapping[str, str]]:
    """The runs that the grader makes of a right program, and its sources."""
    (entry,) = (entry for entry in catalogue() if entry.exercise.id == folder.name)
    held = open_submission(str(folder.parent), [entry.exercise])
    try:
        intake = read_exercise(held, entry.exercise)
    finally:
        os.close(held)
    seen: list[tuple[Exercise, tuple[Run, ...], Mapping[str, str]]] = []

    def note(exercise: Exercise, runs: Sequence[Run], *more: object) -> tuple[()]:
        seen.append((exercise, tuple(runs), intake.sources))
        return ()

    usual = getattr(grade_exercise, "diagnose")
    setattr(grade_exercise, "diagnose", note)
    try:
        witness = Held(WITNESS.read_bytes(), "witness")
        result = grade_exercise.grade(grade_exercise.Task(entry, intake, SEED, witness))
    finally:
        setattr(grade_exercise, "diagnose", usual)
    assert result.score == result.max_score, "it has to be right"
    return seen[0]


def all_failed(exercise: Exercise) -> dict[str, TestResult]:
    """The worst that could be: a failure without a reason, in each test."""
    (entry,) = (entry for entry in catalogue() if entry.exercise == exercise)
    return {
        name: TestResult(f"{exercise.id}/{name}", sentence, FAILED, 0, check.points, "hidden")
        for name, sentence, check in entry.tests
    }


def names(rules: Sequence[Rule], case: Case) -> list[str]:
    found = [(rule.mistake.id, rule.find(case)) for rule in rules if rule.needs(case.exercise)]
    return [f"{name}: {said.text}" for name, said in found if said is not None]


@pytest.mark.parametrize(
    "folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}"
)
def test_no_rule_speaks_of_a_right_program(folder: Path) -> None:
    assert WITNESS.is_file(), "build/witness is missing: make witness"
    exercise, runs, sources = facts_of(folder)
    assert names(RULES, Case(exercise, runs, all_failed(exercise), sources)) == []


def test_every_rule_is_asked() -> None:
    asked = {rule for folder in FOLDERS for rule in RULES if rule.needs(facts_of(folder)[0])}
    assert asked == set(RULES)


def test_a_rule_that_looks_at_no_facts_is_found() -> None:
    """The test above can fail."""
    exercise, runs, sources = facts_of(FOLDERS[0])
    blind = replace(RULES[0], find=blindly, needs=lambda exercise: True)
    assert names([blind], Case(exercise, runs, all_failed(exercise), sources))


def blindly(case: Case) -> RuleMatch | None:
    return RuleMatch("Something failed.", "") if case.failed(*case.results) else None
