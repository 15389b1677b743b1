"""Grades mutants as the grader does; where nothing is lost, once more with valgrind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from grader.grading.catalogue import Entry
from grader.grading.grade_exercise import Task
from grader.grading.intake import Intake, Source
from grader.grading.workers import grade_all
from grader.sandbox import Held
from tests.corpus.grading import SEED, WITNESS, entry_of

if TYPE_CHECKING:  # what makes mutants needs pycparser, and what tells of their fate does not
    from tests.mutants.mutant import Mutant

NOT_COMPILED = "does-not-build"


@dataclass(frozen=True)
class Fate:
    """What became of a mutant."""

    name: str
    operator: str
    exercise: str
    compiled: bool
    lost: int | None  # points; None where the grader met a fault
    failed: tuple[str, ...] = ()
    diagnoses: tuple[str, ...] = ()
    first: str = ""  # what the student reads first
    fault: str = ""

    @property
    def killed(self) -> bool:
        return self.compiled and bool(self.lost)

    @property
    def survived(self) -> bool:
        return self.compiled and self.lost == 0


def fate(mutant: Mutant, seed: int = SEED) -> Fate:
    """Graded without valgrind; where it scores full so, graded again with it."""
    entry = entry_of(mutant.exercise)
    assert entry is not None
    found = _graded(mutant, entry.without_valgrind(), seed)
    return _graded(mutant, entry, seed) if found.survived else found


def _graded(mutant: Mutant, entry: Entry, seed: int) -> Fate:
    own = Source(mutant.source, mutant.text.encode())
    intake = Intake(mutant.exercise, own, (), "", ())
    task = Task(entry, intake, seed, Held(WITNESS.read_bytes(), "witness"))
    result = grade_all([task], jobs=1)[0]
    points = entry.points
    diagnoses = tuple(finding.id for finding in result.diagnoses)
    return Fate(
        mutant.name,
        mutant.operator,
        mutant.exercise,
        NOT_COMPILED not in diagnoses,
        None if result.score is None else points - result.score,
        tuple(test.short_id for test in result.tests if test.verdict == "failed"),
        diagnoses,
        result.diagnoses[0].text if result.diagnoses else "",
        result.fault or "; ".join(test.fault for test in result.tests if test.fault),
    )


def fates(chosen: Sequence[Mutant], jobs: int) -> Iterator[Fate]:
    """The fate of each of these, in their order."""
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(fate, chosen)


def as_json(found: Fate) -> dict[str, object]:
    return asdict(found)
