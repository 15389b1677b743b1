"""Judges the solution again and again, each time without one kind of fact."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from grader.base.check import Check, NotReached
from grader.base.kit import KIT
from grader.facts.command import Command
from grader.facts.records import Run
from grader.grading import execute
from grader.grading.catalogue import PREFIX, Entry
from grader.grading.compile import build
from grader.grading.grade_exercise import SandboxedMachine
from grader.grading.intake import open_submission, read_exercise
from grader.grading.submission import Submission
from grader.grading.valgrind import Memory
from grader.judge.finding import Failed
from grader.sandbox import Held
from tests.corpus.grading import WITNESS
from tests.proofs.facts import KINDS, UNTRACED, VALGRIND, Kind

SECRET = b"proofs"


@dataclass
class Recorded:
    """A machine that makes each run once, and takes a kind of fact out of what it tells."""

    machine: SandboxedMachine
    known: dict[tuple[Command, ...], list[Run]]
    kind: Kind | None = None
    lacks: str = ""  # UNTRACED or VALGRIND

    def run(self, commands: Sequence[Command]) -> list[Run]:
        if self.lacks == UNTRACED and not all(command.traced for command in commands):
            raise NotReached("there is no untraced run")
        asked = tuple(commands)
        if asked not in self.known:
            self.known[asked] = self.machine.run(commands)
        return [self.kind.without(run) if self.kind else run for run in self.known[asked]]

    def prefetch(self, commands: Sequence[Command]) -> list[Run]:
        return []

    def explore(self, asked: Command) -> list[Run]:
        if (asked,) not in self.known:
            self.known[(asked,)] = self.machine.explore(asked)
        return [self.kind.without(run) if self.kind else run for run in self.known[(asked,)]]

    def memory(self, commands: Sequence[Command]) -> Memory:
        return Memory(doubt="there is no report") if self.lacks == VALGRIND else Memory()


class Trial:
    """The solution of one exercise, built and run."""

    def __init__(self, entry: Entry, machine: SandboxedMachine) -> None:
        self._entry = entry
        self._machine = machine
        self._known: dict[tuple[Command, ...], list[Run]] = {}

    def passed(self, kind: Kind | None = None, lacks: str = "") -> dict[str, bool]:
        """Each check: does the solution pass it, without this kind of fact?"""
        machine = Recorded(self._machine, self._known, kind, lacks)
        submission = Submission(self._entry.exercise, machine, SECRET, {})
        done: dict[str, bool] = {}
        for name, _, check in _in_order(self._entry):
            needed = all(done.get(need, False) for need in check.needs)
            done[name] = needed and self._passes(name, submission)
        return done

    def _passes(self, name: str, submission: Submission) -> bool:
        try:
            getattr(self._entry.module, PREFIX + name)(submission)
        except (Failed, NotReached, Exception):  # the last where such facts can't be read
            return False
        return True

    def rests_on(self) -> dict[str, tuple[str, ...]]:
        """Each check that the solution passes, and the kinds of facts that it needs for it."""
        whole = self.passed()
        without = {kind.name: self.passed(kind) for kind in KINDS}
        without |= {lack: self.passed(lacks=lack) for lack in (UNTRACED, VALGRIND)}
        return {
            name: tuple(kind for kind, passed in without.items() if not passed[name])
            for name, passes in whole.items()
            if passes
        }


def _in_order(entry: Entry) -> list[tuple[str, str, Check]]:
    """The checks, each after those that it needs."""
    left, ordered = list(entry.tests), list[tuple[str, str, Check]]()
    while left:
        placed = {name for name, _, _ in ordered}
        ready = [test for test in left if placed.issuperset(test[2].needs)]
        ordered += ready
        left = [test for test in left if test not in ready]
        assert ready, "checks need each other"
    return ordered


@contextmanager
def trial(entry: Entry) -> Iterator[Trial]:
    """The solution, built."""
    folder = open_submission(str(KIT / "solution"), [entry.exercise])
    intake = read_exercise(folder, entry.exercise)
    built = build(entry.exercise, intake)
    assert built.program, built.trouble
    around = execute.world(
        entry.exercise, intake, built.program, Held(WITNESS.read_bytes(), "witness")
    )
    machine = SandboxedMachine(around, frozenset(intake.sources))
    try:
        yield Trial(entry, machine)
    finally:
        machine.close()
