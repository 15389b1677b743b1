"""Checks one exercise: builds it with the student's Makefile, runs its checks, diagnoses it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, cast

from grader.base.check import Cause
from grader.base.exercise import load_checks
from grader.diagnose import Diagnosis, diagnose, notes
from grader.diagnose.rules import calls_of
from grader.diagnose.source_line import place_of
from grader.facts.command import command
from grader.facts.records import Run
from grader.grading.criterion_tap import read_tap
from grader.grading.submission import Submission
from grader.grading.tool_want import tools_want
from grader.lines import Lines
from grader.practice.exercises import FOLDER, KIT, ExerciseFolder, Problem
from grader.practice.public_check import PublicCheck
from grader.practice.machine import MAKES, Machine, Want, keys_in_use
from grader.report.model import FAILED, NOT_REACHED, PASSED, TestResult

NOT_WRITTEN = "not written yet"
UNIT_TEST_MEMORY = 1 << 30
UNIT_TEST_CPU_MS = 10_000  # Criterion alone starts a dozen processes: a second is too little
LOCALES = ("LANGUAGE", "LC_ALL")


@dataclass(frozen=True)
class Outcome:
    """The result for one exercise."""

    place: ExerciseFolder
    checks: tuple[TestResult, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    notes: tuple[str, ...] = ()
    said: tuple[str, ...] = ()  # the compiler's lines
    built: bool = True
    started: bool = True
    trouble: str = ""  # why it could not be checked at all
    places: Mapping[str, str] = field(default_factory=dict)  # of a diagnosis: "2-sharing/a.c:31"

    @property
    def passed(self) -> int:
        return sum(check.verdict == PASSED for check in self.checks)

    @property
    def all_passed(self) -> bool:
        return self.started and bool(self.checks) and self.passed == len(self.checks)


class Checks(Protocol):
    """What the file checks.py of an exercise defines."""

    def public_checks(self, program: Submission) -> Iterator[PublicCheck]:
        """The public checks, in order."""


def check_exercise(place: ExerciseFolder, own_world: bool) -> Outcome:
    """Build and check one exercise."""
    try:
        with with_makefile(place) as whole:
            return replace(_checked(whole, own_world), place=place)
    except Misnamed as problem:  # the others can be checked
        return Outcome(place, trouble=str(problem))


class Misnamed(Problem):
    """The student's file has another name."""


def _rename(place: ExerciseFolder) -> str:
    name = place.source.name
    return f"{place.id} has no {name}, but {place.misnamed}: rename it to {name}"


@contextmanager
def with_makefile(place: ExerciseFolder) -> Iterator[ExerciseFolder]:
    """The exercise itself, or, if its folder lacks the given files, as a download does, a copy that
    has them."""
    root = place.folder.parent
    given = KIT / "starter"
    if place.misnamed:
        raise Misnamed(_rename(place))
    if (root / "Makefile").is_file():
        yield place
        return
    if not (given / "Makefile").is_file():
        raise Problem(f"{root} has no Makefile: copy the given one there")
    with tempfile.TemporaryDirectory(prefix="build-") as name:
        skipped = shutil.ignore_patterns("build", "__pycache__")
        shutil.copytree(given, name, ignore=skipped, dirs_exist_ok=True)
        for folder in (other for other in root.iterdir() if FOLDER.fullmatch(other.name)):
            if folder.is_dir():
                shutil.copytree(folder, Path(name, folder.name), dirs_exist_ok=True)
        yield ExerciseFolder(Path(name, place.id))


def _checked(place: ExerciseFolder, own_world: bool) -> Outcome:
    root = place.folder.parent
    target = place.program
    if place.unit_tests.is_file():
        target = f"build/{place.unit_tests.stem}"
    built, said = build(root, target)
    want = None if built else tools_want(said)
    if want:
        return Outcome(place, trouble=f"this machine cannot check it: {want}")
    if not built:
        return Outcome(place, said=said, built=False)
    trouble = "" if own_world else foreign_segment(place)
    if trouble:
        return Outcome(place, said=said, trouble=trouble)
    with tempfile.TemporaryDirectory(prefix="check-") as name:
        folder = Path(name)
        lay_sources(place, folder)
        machine = Machine(root / target, folder)
        try:
            if place.unit_tests.is_file():
                return _unit_tests(place, machine, said)
            return _programs(place, machine, said)
        except Want as want:
            return Outcome(place, said=said, trouble=str(want))


def build(root: Path, target: str) -> tuple[bool, tuple[str, ...]]:
    """Whether make built this, and what it printed, without commands and its own complaints."""
    done = subprocess.run(
        ["make", "-s", target],
        cwd=root,
        env=building_environment(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    lines = tuple(done.stdout.decode("utf-8", "replace").splitlines())
    said = tuple(line for line in lines if not line.startswith("make: ***"))
    return done.returncode == 0, said or lines  # make's own complaint, if there is nothing else


def building_environment(around: Mapping[str, str]) -> dict[str, str]:
    """The environment of the student's make and compiler: messages in English, like those of the
    grader and the handout, and `make check CC=clang` builds with clang.
    """
    kept = {n: v for n, v in around.items() if n not in MAKES and n not in LOCALES}
    _, dashes, variables = f" {around.get('MAKEFLAGS', '')}".partition(" -- ")
    return {**kept, "LC_ALL": "C.UTF-8", **({"MAKEFLAGS": f"-- {variables}"} if dashes else {})}


def foreign_segment(place: ExerciseFolder) -> str:
    """A segment on this machine that the program would find, and what to do; or ""."""
    in_use = keys_in_use() & _numbers(place.sources)
    if not in_use:
        return ""
    return f"a segment with key {min(in_use)} is in the way: run ipcrm -M {min(in_use)}"


def lay_sources(place: ExerciseFolder, folder: Path) -> None:
    """The names that a student may pass to ftok; files that a program leaves go with the folder."""
    root = place.folder.parent
    for name in ("Makefile", place.program):
        if (root / name).is_file():
            shutil.copy(root / name, folder / Path(name).name)
    (folder / place.id).mkdir()
    for path in place.files:
        shutil.copy(path, folder / path.name)
        shutil.copy(path, folder / place.id / path.name)


def _numbers(sources: Mapping[str, str]) -> set[int]:
    """All whole numbers in the sources: the keys are among them."""
    words = " ".join("".join(c if c.isdigit() else " " for c in text) for text in sources.values())
    return {int(word) for word in words.split() if len(word) < 12}


# ---- programs


def _programs(place: ExerciseFolder, machine: Machine, said: tuple[str, ...]) -> Outcome:
    program = Submission(place.exercise, machine, b"public", place.sources)
    checks = tuple(_result(place, check) for check in _checks(place, program))
    runs = program.runs
    started = not _is_stub(runs)
    by_name = {check.short_id: check for check in checks}
    found = diagnose(place.exercise, runs, by_name, place.sources, stub=not started)
    return Outcome(
        place,
        checks,
        found,
        notes(place.exercise, runs),
        said,
        started=started,
        places=_places(place, found),
    )


def _places(place: ExerciseFolder, found: Sequence[Diagnosis]) -> dict[str, str]:
    """The line of each diagnosis that has one."""
    finder = Lines((place.folder.parent / place.program).read_bytes, place.sources)
    places = {}
    for diagnosis in found:
        run = diagnosis.evidence.run
        lines = finder.of_run(run) if run else {}
        line = place_of(diagnosis.id, calls_of(diagnosis.id), run, lines)
        if line:
            places[diagnosis.id] = f"{place.id}/{line}"
    return places


def _checks(place: ExerciseFolder, program: Submission) -> Iterator[PublicCheck]:
    """What checks.py yields; a mistake in that file is reported with its line."""
    try:
        yield from cast(Checks, load_checks(place.checks)).public_checks(program)
    except (Problem, KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:
        where = [
            f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(place.checks)
        ]
        line = f", line {where[-1].lineno}" if where else ""
        name = f"{place.id}/{place.checks.name}{line}"
        raise Problem(f"{name}: {type(error).__name__}: {error}".replace("\n", " ")) from error


def _result(place: ExerciseFolder, check: PublicCheck) -> TestResult:
    """A public check as the diagnosis reads it: like a hidden test, without points."""
    verdict = NOT_REACHED if not check.reached else FAILED if check.finding else PASSED
    finding = check.finding if check.reached else None
    return TestResult(
        id=f"{place.id}/{check.name}",
        name=check.title,
        verdict=verdict,
        points=0,
        max_points=0,
        visibility="public",
        message=finding.message if finding else "",
        expected=finding.expected if finding else "",
        seen=finding.seen if finding else "",
        evidence=finding.evidence.lines if finding else (),
        shows=finding.evidence.run if finding else None,
        cause=finding.cause if finding else Cause(),
        section=f"assignment/{place.id}#{check.section}",
    )


def _is_stub(runs: list[Run]) -> bool:
    """The program made no call of the lesson, and says that it is not written yet."""
    if any(run.forks or any(c.name.startswith("shm") for c in run.all_calls) for run in runs):
        return False
    return any(NOT_WRITTEN in run.stderr.text for run in runs)


# ---- functions


def _unit_tests(place: ExerciseFolder, machine: Machine, said: tuple[str, ...]) -> Outcome:
    """The Criterion tests next to the student's functions; their output says which failed."""
    limits = (("memory", UNIT_TEST_MEMORY), ("cpu-ms", UNIT_TEST_CPU_MS), ("wall-ms", 30_000))
    words = command("--tap=/dev/stdout", "--quiet", stdout="pipe", limits=dict(limits))
    (run,) = machine.run([words])
    tests = read_tap(run.stdout.text)
    if not tests:
        reason = run.detail or "the tests printed nothing"
        return Outcome(place, said=said, trouble=f"{place.unit_tests.name}: {reason}")
    checks = tuple(
        TestResult(
            id=f"{place.id}/{test.name.replace(' ', '_')}",
            name=f"{place.program}_{test.name}",
            verdict=PASSED if test.passed else FAILED,
            points=0,
            max_points=0,
            visibility="public",
            message=test.message,
            section=f"assignment/{place.id}#{place.program}_{test.name.split()[0]}",
        )
        for test in sorted(tests, key=lambda test: _line_of(place, test.name))
    )
    started = not all(NOT_WRITTEN in check.message for check in checks)
    by_name = {check.short_id: check for check in checks}
    found = diagnose(place.exercise, [], by_name, place.sources, stub=True) if not started else ()
    return Outcome(place, checks, found, (), said, started=started)


def _line_of(place: ExerciseFolder, name: str) -> int:
    """Where a test is in its file: Criterion runs them in a different order."""
    text = place.unit_tests.read_text(encoding="utf-8", errors="replace")
    return text.find(f", {name.replace(' ', '_')})")
