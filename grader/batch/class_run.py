"""A class's evening: read what came, grade what is not graded yet, say what would change, write the
gradebook. Killed at any moment, the same call goes on where it was.
"""

import json
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from grader.batch import reports
from grader.batch.bundle import Bundle, digest_of, pack
from grader.batch.imports.files import newest_file
from grader.batch.imports.reading import read_submission
from grader.batch.jobs import Backend, Job, Outcome
from grader.batch.kit import kit_digest
from grader.batch.policy import Policy
from grader.batch.progress import Progress
from grader.batch.regrade import Change, change_of, differs
from grader.batch.rows import Handed, Json, Origin, row_of
from grader.batch.store import Store
from grader.batch.students import Entry, Student, names_of
from grader.batch.task import Order, key_of, seed_of
from grader.grading.catalogue import catalogue
from grader.report.model import ExerciseResult, exercise_from_json, exercise_to_json

SEEDS = 2**32
STUDENTS = "students"
PROPOSED = "proposed"


@dataclass(frozen=True)
class Settings:
    """What was asked for, beside the submissions."""

    out: Path
    policy: Policy
    exercises: tuple[str, ...]
    isolation: str | None = None
    seed: int | None = None
    regrade: bool = False
    only: frozenset[str] = frozenset()
    accept: bool = False


@dataclass(frozen=True)
class Plan:
    """One student's submission, read: what a grade of it would be made from."""

    student: Student
    handed: Handed
    origin: Origin
    order: Order
    is_empty: bool


@dataclass(frozen=True)
class Done:
    """How an evening ended."""

    plans: tuple[Plan, ...]
    changes: tuple[Change, ...]  # of grades that counted before
    faults: dict[str, str]  # student: why there is no grade


class Evening:
    """Everything that one call does, in order."""

    def __init__(self, settings: Settings, store: Store, progress: Progress) -> None:
        self._settings = settings
        self._store = store
        self._progress = progress
        self._entries = catalogue()
        self._rubric = {entry.exercise.id: entry.points for entry in self._entries}
        self._openness = settings.policy.openness_at(datetime.now(timezone.utc))
        self._changes: list[Change] = []
        wanted = secrets.randbelow(SEEDS) if settings.seed is None else settings.seed
        if settings.seed is not None:
            store.put("seed", str(wanted))
        self.seed = int(store.once("seed", str(wanted)))

    def run(self, entries: Sequence[Entry], backend: Backend) -> Done:
        """Grade what has to be, keep each result as it comes, settle what counts."""
        plans = self.read(entries)
        waiting = self._to_do(plans)
        faults: dict[str, str] = {}
        by_key = {plan.origin.key: plan for plan in waiting}
        self._progress.begin(len(plans), len(plans) - len(waiting))
        try:
            for outcome in backend.outcomes(self._jobs(waiting)):
                plan = by_key[outcome.job.key]
                if outcome.is_graded:
                    self._keep(plan, outcome)
                else:
                    faults[plan.student.key] = outcome.fault
                self._progress.done(plan.student.key, outcome)
        finally:
            self._progress.end()
        for plan in plans:
            self._settle(plan)
        return Done(tuple(plans), tuple(self._changes), faults)

    # ---- reading

    def read(self, entries: Sequence[Entry]) -> list[Plan]:
        """What everybody handed in; the content is kept, so that nothing is needed twice."""
        exercises = [entry.exercise for entry in self._entries]
        scratch = self._settings.out / ".scratch"
        scratch.mkdir(exist_ok=True)
        plans = []
        with self._store.together():
            for entry in entries:
                for other in entry.others:
                    self._remember(read_submission(other, exercises, scratch))
                if entry.arrived is not None:
                    bundle = read_submission(entry.arrived, exercises, scratch)
                    plans.append(self._plan(entry, bundle, self._remember(bundle)))
                self._progress.read(len(plans))
        return plans

    def _remember(self, bundle: Bundle) -> str:
        digest = digest_of(bundle)
        if not self._store.has_bundle(digest):
            self._store.put_bundle(digest, pack(bundle))
        return digest

    def _plan(self, entry: Entry, bundle: Bundle, content: str) -> Plan:
        assert entry.arrived is not None
        settings = self._settings
        order = Order(
            seed=seed_of(self.seed, entry.student.key),
            exercises=settings.exercises,
            valgrind=settings.policy.valgrind,
            isolation=settings.isolation,
        )
        options = json.dumps([order.exercises, order.valgrind, order.isolation])
        key = key_of(content, kit_digest(), order)
        notes = [*bundle.notes]
        if entry.others:
            kept = ", ".join(other.source for other in entry.others)
            notes.append(f"the latest of {len(entry.others) + 1} submissions counts; also: {kept}")
        arrived = entry.arrived
        submitted = arrived.submitted
        if submitted is None and settings.policy.late.time == "files":
            submitted = newest_file(arrived.listing())
        handed = Handed(arrived.source, submitted, arrived.is_late, arrived.commit, tuple(notes))
        origin = Origin(key, content, kit_digest(), order.seed, options)
        return Plan(entry.student, handed, origin, order, bundle.nothing_to_grade)

    # ---- grading

    def _to_do(self, plans: Sequence[Plan]) -> list[Plan]:
        settings = self._settings
        if settings.only:
            named = [plan for plan in plans if settings.only & set(names_of(plan.student))]
            return [plan for plan in named if settings.regrade or self._is_new(plan)]
        if settings.regrade:
            keys = self._store.to_grade_again(frozenset(plan.origin.key for plan in plans))
            return [plan for plan in plans if plan.origin.key in keys]
        return [plan for plan in plans if self._is_new(plan)]

    def _is_new(self, plan: Plan) -> bool:
        return not self._store.has_result(plan.origin.key)

    def _jobs(self, plans: Sequence[Plan]) -> Iterator[Job]:
        for plan in plans:
            content = plan.origin.content
            yield Job(
                plan.origin.key,
                plan.student.key,
                plan.order,
                lambda digest=content: self._store.bundle(digest),  # type: ignore[misc]
            )

    def _keep(self, plan: Plan, outcome: Outcome) -> None:
        said = {
            "isolation": outcome.isolation,
            "exercises": [exercise_to_json(result) for result in outcome.exercises],
        }
        self._store.put_result(plan.origin.key, said)
        if self._store.accepted_row(plan.student.key) is None:
            self._settle(plan)  # the first grade of a student counts at once

    # ---- what counts

    def _settle(self, plan: Plan) -> None:
        """Let a first or an accepted grade count; note one that would change what counts."""
        said = self._store.result(plan.origin.key)
        key = plan.student.key
        if said is not None:
            results = tuple(exercise_from_json(entry) for entry in said["exercises"])
            new = self._row(plan, said["isolation"], results)
            old = self._store.accepted_row(key)
            proposed = self._settings.out / PROPOSED / plan.student.slug
            another = old is not None and differs(old, new)
            if old is None or (self._settings.accept and another):
                if old is not None:
                    number = len(self._store.earlier(key)) + 1
                    reports.keep_earlier(self.folder(plan.student), number)
                    self._changes.append(change_of(key, old, new))
                self._store.accept(key, new, said)
            elif another:
                reports.write_reports(proposed, new, results, self._openness)
                self._changes.append(change_of(key, old, new))
                return
            shutil.rmtree(proposed, ignore_errors=True)
        self._write(plan.student)

    def _row(self, plan: Plan, isolation: str, results: Sequence[ExerciseResult]) -> Json:
        return row_of(
            results,
            plan.student,
            plan.handed,
            plan.origin,
            self._settings.policy,
            self._rubric,
            isolation,
            plan.is_empty,
        )

    # ---- files

    def folder(self, student: Student) -> Path:
        return self._settings.out / STUDENTS / student.slug

    def _write(self, student: Student) -> None:
        """The student's files, where they are not those of what counts."""
        row = self._store.accepted_row(student.key)
        if row is None:
            return
        stamp = reports.stamp_of(row, self._openness)
        folder = self.folder(student)
        if self._store.written_stamp(student.key) == stamp and (folder / "report.json").is_file():
            return
        said = self._store.accepted_result(student.key)
        results = [exercise_from_json(entry) for entry in said["exercises"]]
        reports.write_reports(folder, row, results, self._openness)
        self._store.set_written(student.key, stamp)
