"""A class's evening: read what came, grade what is not graded yet, say what would change, write the
gradebook. Killed at any moment, the same call goes on where it was.
"""

import gc
import json
import secrets
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from fractions import Fraction
from pathlib import Path

from grader.base import trouble
from grader.batch import reports
from grader.batch.adjustments import Adjustment
from grader.batch.apart import Failed
from grader.batch.imports.arrived import Arrived
from grader.batch.imports.reading import Read, read_apart
from grader.batch.jobs import Backend, Job, Outcome
from grader.batch.kit import kit_digest
from grader.batch.policy import BEST, LATEST, ON_TIME, Policy
from grader.batch.progress import Progress
from grader.batch.regrade import Change, change_of, differs
from grader.batch.rows import Handed, Json, Origin, row_of, with_adjustments
from grader.batch.store import Store
from grader.batch.students import Entry, Student
from grader.batch.task import Order, key_of, secret_of, seed_of
from grader.grading.catalogue import catalogue
from grader.grading.random_values import NUMBERS, new_secret
from grader.report.model import ExerciseResult, exercise_from_json, exercise_to_json
from grader.sandbox import Unavailable

STUDENTS = "students"
PROPOSED = "proposed"
COUNTS = {LATEST: "the latest", ON_TIME: "the latest on time", BEST: "the best"}


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
    adjustments: Mapping[str, tuple[Adjustment, ...]] = field(default_factory=dict)  # by key


@dataclass(frozen=True)
class Plan:
    """One student's submission, read: what a grade of it would be made from."""

    student: Student
    handed: Handed
    origin: Origin
    order: Order
    is_empty: bool
    others: tuple["Plan", ...] = ()  # other attempts, where the best of all counts

    @property
    def attempts(self) -> tuple["Plan", ...]:
        return (self, *self.others)


@dataclass(frozen=True)
class Done:
    """How an evening ended."""

    plans: tuple[Plan, ...]
    changes: tuple[Change, ...]  # of grades that counted before
    faults: dict[str, str]  # student: why there is no grade
    by_hand: tuple[Change, ...] = ()  # what the teacher's adjustments changed


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
        self._by_hand: list[Change] = []
        wanted = secrets.randbelow(NUMBERS) if settings.seed is None else settings.seed
        if settings.seed is not None:  # whoever gives it has chosen that it alone decides
            store.put("seed", str(wanted))
            store.put("secret", "")
        self.seed = int(store.once("seed", str(wanted)))
        self._secret = store.once("secret", new_secret())

    def run(self, entries: Sequence[Entry], backend: Backend) -> Done:
        """Grade what has to be, keep each result as it comes, settle what counts."""
        faults: dict[str, str] = {}
        plans = self.read(entries, faults)
        waiting = self._to_do(plans)
        every = [attempt for plan in plans for attempt in plan.attempts]
        owners: dict[str, list[Plan]] = {}  # what a group handed in is graded once, for all
        for plan in every:
            owners.setdefault(plan.origin.key, []).append(plan)
        self._progress.begin(len(owners), len(owners) - len(waiting))
        try:
            for outcome in backend.outcomes(self._jobs(waiting)):
                theirs = owners[outcome.job.key]
                grade = ""
                if outcome.is_graded:
                    with self._alone(theirs, faults):
                        self._keep(theirs, outcome)
                        grade = self._grade(theirs[0], outcome)
                else:
                    faults.update((plan.student.key, outcome.fault) for plan in theirs)
                names = "; ".join(dict.fromkeys(p.student.name or p.student.key for p in theirs))
                self._progress.done(names, outcome, grade)
        finally:
            self._progress.end()
        for plan in plans:
            with self._alone([plan], faults):
                self._settle(plan)
        return Done(tuple(plans), tuple(self._changes), faults, tuple(self._by_hand))

    @contextmanager
    def _alone(self, plans: Sequence[Plan], faults: dict[str, str]) -> Iterator[None]:
        """What goes wrong with one submission's results is its students' rows."""
        try:
            yield
        except (OSError, sqlite3.Error, Unavailable):
            raise  # the machine's: a full disk fails everybody
        except Exception as error:
            told = f"internal error: {trouble.told(error)}"
            faults.update((plan.student.key, told) for plan in plans)

    # ---- reading

    def read(self, entries: Sequence[Entry], faults: dict[str, str]) -> list[Plan]:
        """What everybody handed in; the content is kept, so that nothing is needed twice. Why a
        submission cannot be read is its student's fault, in `faults`.
        """
        scratch = self._settings.out / ".scratch"
        scratch.mkdir(exist_ok=True)
        plans = []
        gc.freeze()  # what exists now is shared with the readers: a collection would copy its pages
        with self._store.together():
            for entry in entries:
                if entry.arrived is not None:
                    try:
                        plans.append(self._all_attempts(entry, scratch))
                    except Failed as problem:
                        faults[entry.student.key] = f"{entry.arrived.source}: {problem}"
                self._progress.read(len(plans))
        gc.unfreeze()
        return plans

    def _all_attempts(self, entry: Entry, scratch: Path) -> Plan:
        """What is graded of one student: one attempt, or all where the best counts."""
        plan = self._plan(entry, *self._read(entry, scratch))
        if self._settings.policy.attempts != BEST or not entry.others:
            return plan
        assert entry.arrived is not None
        every = (entry.arrived, *entry.others)
        others = []
        for one in entry.others[::-1]:
            rest = tuple(other for other in every if other is not one)
            other = replace(entry, arrived=one, others=rest)
            with suppress(Failed):  # told where it was read for the others
                others.append(self._plan(other, self._read_one(one, scratch), []))
        return replace(plan, others=tuple(others))

    def _read(self, entry: Entry, scratch: Path) -> tuple[Read, list[str]]:
        """The submission that counts, and what to say of the others, which are kept."""
        assert entry.arrived is not None
        exercises = [entry.exercise for entry in self._entries]
        notes = []
        for other in entry.others:
            try:
                self._remember(read_apart(other, exercises, scratch))
            except Failed as problem:
                notes.append(f"{other.source}, which does not count, was not kept: {problem}")
        return self._read_one(entry.arrived, scratch), notes

    def _read_one(self, arrived: Arrived, scratch: Path) -> Read:
        exercises = [entry.exercise for entry in self._entries]
        dated = arrived.submitted is None and self._settings.policy.late.time == "files"
        chosen = self._settings.exercises
        only = chosen[0] if len(chosen) == 1 else ""
        read = read_apart(arrived, exercises, scratch, dated, only)
        self._remember(read)
        return read

    def _remember(self, read: Read) -> None:
        if not self._store.has_bundle(read.digest):
            self._store.put_bundle(read.digest, read.packed)

    def _plan(self, entry: Entry, read: Read, more: Sequence[str]) -> Plan:
        assert entry.arrived is not None
        settings = self._settings
        order = Order(
            seed=seed_of(self.seed, entry.team or entry.student.key),
            exercises=settings.exercises,
            valgrind=settings.policy.valgrind,
            isolation=settings.isolation,
            secret=secret_of(self._secret, entry.team or entry.student.key),
        )
        options = json.dumps([order.exercises, order.valgrind, order.isolation])
        key = key_of(read.digest, kit_digest(), order)
        notes = [*read.notes, *more]
        if entry.others:
            kept = ", ".join(other.source for other in entry.others)
            which = COUNTS[settings.policy.attempts]
            notes.append(f"{which} of {len(entry.others) + 1} submissions counts; also: {kept}")
        arrived = entry.arrived
        submitted = arrived.submitted or read.newest
        handed = Handed(arrived.source, submitted, arrived.is_late, arrived.commit, tuple(notes))
        origin = Origin(key, read.digest, kit_digest(), order.seed, options, order.secret)
        return Plan(entry.student, handed, origin, order, read.nothing_to_grade)

    # ---- grading

    def _to_do(self, plans: Sequence[Plan]) -> list[Plan]:
        """What is to be graded, each submission once."""
        settings = self._settings
        keys = None
        if settings.only:
            plans = [plan for plan in plans if plan.student.key in settings.only]
        elif settings.regrade:
            every = (attempt.origin.key for plan in plans for attempt in plan.attempts)
            keys = self._store.to_grade_again(frozenset(every))
        waiting = {
            attempt.origin.key: attempt
            for plan in plans
            for attempt in plan.attempts
            if (attempt.origin.key in keys if keys is not None else False)
            or (keys is None and (settings.regrade or self._is_new(attempt)))
        }
        return list(waiting.values())

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

    def _keep(self, plans: Sequence[Plan], outcome: Outcome) -> None:
        said = {
            "isolation": outcome.isolation,
            "exercises": [exercise_to_json(result) for result in outcome.exercises],
        }
        self._store.put_result(outcome.job.key, said)
        for plan in plans:
            is_best = self._settings.policy.attempts == BEST
            if not is_best and self._store.accepted_row(plan.student.key) is None:
                self._settle(plan)  # the first grade of a student counts at once

    def _grade(self, plan: Plan, outcome: Outcome) -> str:
        """The grade as all files tell it."""
        if not outcome.is_graded:
            return ""
        row = self._row(plan, outcome.isolation, outcome.exercises)
        return f"{row['final']}/{row['of']}"

    # ---- what counts

    def _settle(self, plan: Plan) -> None:
        """Let a first or an accepted grade count; note one that would change what counts."""
        plan = self._best(plan) if plan.others else plan
        said = self._store.result(plan.origin.key)
        key = plan.student.key
        self._adjust(plan.student)
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

    def _best(self, plan: Plan) -> Plan:
        """The attempt with the most points; of equals the latest."""

        def final(attempt: Plan) -> Fraction:
            said = self._store.result(attempt.origin.key)
            if said is None:
                return Fraction(-1)
            results = [exercise_from_json(entry) for entry in said["exercises"]]
            return Fraction(self._row(attempt, said["isolation"], results)["final"])

        return max(plan.attempts, key=final)

    def _adjust(self, student: Student) -> None:
        """A teacher's adjustment counts at once, also on a grade that would change otherwise."""
        old = self._store.accepted_row(student.key)
        if old is None:
            return
        new = with_adjustments(old, self._adjustments(student))
        if new.get("hand", "") != old.get("hand", ""):
            number = len(self._store.earlier(student.key)) + 1
            reports.keep_earlier(self.folder(student), number)
            self._by_hand.append(change_of(student.key, old, new))
            self._store.accept(student.key, new, self._store.accepted_result(student.key))

    def _adjustments(self, student: Student) -> tuple[Adjustment, ...]:
        return self._settings.adjustments.get(student.key, ())

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
            self._adjustments(plan.student),
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
