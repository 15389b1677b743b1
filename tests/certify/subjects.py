"""Who is graded again and again: the solution, and ten right programs for each exercise."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import grader.grading.pytest_plugin  # noqa: F401  (pytest, once for all workers)
from grader.grading.catalogue import Entry, catalogue
from grader.grading.compile import KIT, Built, build
from grader.grading.grade_exercise import Task
from grader.grading.intake import Intake, open_submission, read_exercise
from grader.sandbox import Held
from tests.corpus.case import Case, cases
from tests.corpus.grading import WITNESS

VARIANTS = 10


@dataclass(frozen=True)
class Subject:
    """One exercise of a submission, built once."""

    name: str
    entry: Entry
    intake: Intake
    built: Built

    def task(self, seed: int, witness: Held, valgrind: bool = False) -> Task:
        entry = self.entry if valgrind else self.entry.without_valgrind()
        return Task(entry, self.intake, seed, witness, self.built)


@dataclass(frozen=True)
class Whole:
    """A submission with all six exercises."""

    name: str
    subjects: tuple[Subject, ...]


def witness() -> Held:
    return Held(WITNESS.read_bytes(), "witness")


def built(name: str, folder: Path, entry: Entry) -> Subject:
    """One exercise of the submission in this folder."""
    submission = open_submission(str(folder), [entry.exercise])
    try:
        intake = read_exercise(submission, entry.exercise)
    finally:
        os.close(submission)
    return Subject(name, entry, intake, build(entry.exercise, intake))


def wholes() -> Iterator[Whole]:
    """The solution, then ten put together from the right programs of the corpus."""
    entries = catalogue()
    yield Whole("solution", tuple(built("solution", KIT / "solution", e) for e in entries))
    right: dict[str, list[Case]] = {entry.exercise.id: [] for entry in entries}
    for case in cases():
        if case.kind == "right":
            right[case.exercise].append(case)
    for number in range(VARIANTS):
        chosen = [(e, right[e.exercise.id][number % len(right[e.exercise.id])]) for e in entries]
        parts = tuple(built(case.name, case.folder, entry) for entry, case in chosen)
        yield Whole(f"variant {number + 1}", parts)


def corpus() -> Iterator[tuple[Case, Subject]]:
    """Every case of the corpus, built once."""
    by_id = {entry.exercise.id: entry for entry in catalogue()}
    for case in cases():
        yield case, built(case.name, case.folder, by_id[case.exercise])
