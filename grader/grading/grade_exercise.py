"""Grades one exercise of one submission, from its sources to its result."""

import re
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from grader import sandbox
from grader.base.check import Fault, NotReached
from grader.base.exercise import Exercise
from grader.base.kit import KIT
from grader.diagnose import Diagnosis, diagnose, notes
from grader.diagnose.rules import calls_of
from grader.diagnose.source_line import place_of
from grader.facts.command import Command
from grader.facts.records import Run
from grader.grading import execute as runs, pace, valgrind
from grader.lines import Lines
from grader.grading.catalogue import Entry, section_path
from grader.grading.client_requests import why_not_heard
from grader.grading.compile import Built, build
from grader.grading.execute import World
from grader.grading.intake import Intake
from grader.grading.pictures import Drawn
from grader.grading.public_tests import PublicTests
from grader.grading.random_values import secret_of
from grader.grading.submission import Submission
from grader.grading.traces import Traces
from grader.grading.time_budget import Patience, limited_prefetch
from grader.report.model import ExerciseResult, Finding, PublicTest, TestResult, score_of
from grader.sandbox import WITNESS, Held, Job

MESSAGES_SHOWN = 10


@dataclass(frozen=True)
class Task:
    """What is needed to grade one exercise."""

    entry: Entry
    intake: Intake
    seed: int
    witness: Held
    built: Built | None = None  # built earlier, to be graded many times
    withheld: str = ""  # why no hidden test runs yet
    secret: str = ""  # the half of the seed that no student sees

    @property
    def exercise(self) -> Exercise:
        return self.entry.exercise


class SandboxedMachine:
    """Runs commands of one built program; valgrind runs in parallel with the tests."""

    def __init__(self, around: World, sources: frozenset[str], not_heard: str = "") -> None:
        self.made: list[tuple[Command, ...]] = []
        self.leaks: dict[valgrind.MemoryProblem, None] = {}
        self._world = around
        self._sources = sources
        self._not_heard = not_heard  # why valgrind's silence about this program proves nothing
        self._jobs: dict[tuple[Command, ...], Job] = {}
        self._patience = Patience()
        self._want: runs.Want | None = None  # what the machine lacked, in two runs

    def run(self, commands: Sequence[Command]) -> list[Run]:
        if self._want:
            raise self._want
        if self._patience.is_over:
            self._measured()
        granted = self._patience.granted(commands)
        self.made.append(tuple(granted))
        try:
            facts = self._unhurried(granted)
        except runs.Want as want:
            self._want = want
            raise
        self._patience.note(granted, facts)
        return facts

    def _unhurried(self, commands: Sequence[Command]) -> list[Run]:
        """The facts of the commands. If one hit a time limit on a slow machine, they run again with
        limits that fit; if the machine gets slower meanwhile, once more.
        """
        facts = runs.run(self._world, commands)
        given = 1.0
        while pace.met_a_limit_of_time(facts):
            slower = self._measured()
            if slower < given * pace.SLOW:
                break
            if slower > pace.MOST:
                raise Fault(pace.told(slower))
            given = slower
            facts = runs.run(self._world, [pace.stretched(each, given) for each in commands])
        return facts

    def _measured(self) -> float:
        """How many times slower than usual the machine is now; adjusts the total time to it."""
        now = pace.pace_of(runs.run(self._world, [pace.NOTHING] * pace.TIMES, WITNESS))
        self._patience.pace = min(max(self._patience.pace, now), pace.MOST)
        return now

    def prefetch(self, commands: Sequence[Command]) -> list[Run]:
        """Runs that tests ask for later; none if the machine or the program fails at them."""
        facts: list[Run] = []
        with suppress(Fault):
            for run in runs.run(self._world, [limited_prefetch(command) for command in commands]):
                self._patience.spend([run])
                if run.hit_a_limit:
                    break
                facts.append(run)
                if not run.left_nothing:
                    break
        self.made += [(command,) for command in commands[: len(facts)]]
        return facts

    def explore(self, asked: Command) -> list[Run]:
        (granted,) = self._patience.granted([asked])
        facts = runs.explore(self._world, granted)
        self._patience.spend(facts)
        self.made.append((granted,))
        return facts

    def begin_memory(self, commands: Sequence[Command]) -> None:
        """Start valgrind now; `memory` waits for it."""
        if commands:
            self._jobs[tuple(commands)] = valgrind.begin(self._world, commands)

    def memory(self, commands: Sequence[Command]) -> valgrind.Memory:
        asked = tuple(commands)
        if not asked:
            raise Fault("no commands are stated for valgrind")
        if self._want:
            raise self._want
        if self._patience.is_endless:
            raise NotReached("your program didn't finish")
        for attempt in range(runs.ATTEMPTS):
            job = self._jobs.pop(asked, None) or valgrind.begin(self._world, asked)
            try:
                with job:
                    memory = valgrind.finish(job, len(asked), self._sources)
                if memory.doubt and not memory.errors and attempt < runs.ATTEMPTS - 1:
                    continue
                self.leaks.update(dict.fromkeys(memory.leaks))
                return replace(memory, doubt=memory.doubt or self._not_heard)
            except NotReached as limit:  # it would meet it again, if the machine is not slow
                slower = self._measured()
                if slower <= 1:
                    raise
                if attempt == runs.ATTEMPTS - 1:
                    raise Fault(pace.told(slower)) from limit
            except Fault:
                if attempt == runs.ATTEMPTS - 1:
                    raise
            except valgrind.NothingTold:
                break
        if valgrind.works(self._world):
            raise NotReached("valgrind reported nothing about this program")
        raise Fault("valgrind does not work on this machine: apt-get install valgrind libc6-dbg")

    def close(self) -> None:
        for job in self._jobs.values():
            job.kill()


def grade(task: Task) -> ExerciseResult:
    """The result of one exercise; raises Fault if the grader itself failed."""
    began = time.monotonic()
    built = task.built or build(task.exercise, task.intake)
    stub = is_stub(task.exercise, task.intake)
    if task.withheld and built.program and not stub:
        results = task.entry.results(message=task.withheld)
        result = _result(task, built, results, (), stub=False)
        result = replace(result, diagnoses=(), public_tests=_public_tests(task, built))
    elif built.program and not stub:
        result = _tested(task, built, built.program)
    else:
        reason = f"{task.exercise.source} is still the stub" if stub else _why_not_built(built)
        result = _result(task, built, task.entry.results(message=reason), (), stub)
    return replace(result, seconds=round(time.monotonic() - began, 3))


def _tested(task: Task, built: Built, program: Held) -> ExerciseResult:
    # Imported late, so that a build does not wait for pytest, which takes longer than compiling.
    from grader.grading.pytest_plugin import run_tests

    around = runs.world(task.exercise, task.intake, program, task.witness)
    not_heard = why_not_heard(program.read())
    machine = SandboxedMachine(around, frozenset(task.intake.sources), not_heard)
    secret = secret_of(task.seed, task.intake.content, task.exercise.id, task.secret)
    submission = Submission(
        task.exercise, machine, secret, task.intake.sources, may_untrace=sandbox.may_untrace()
    )
    public = None
    try:
        if task.exercise.unit_tests:
            public = PublicTests(task.exercise, task.intake, built, task.witness)
        commands = task.entry.valgrind_commands(submission)
        submission.expect_valgrind(commands)
        machine.begin_memory(commands)
        task.entry.prefetch(submission)
        results = run_tests(task.entry, submission)
        result = _result(task, built, results, submission.runs, stub=False)
        leaks = tuple(f"Memory from malloc is not freed ({leak.place})." for leak in machine.leaks)
        return replace(
            result,
            notes=(*result.notes, *leaks),
            notes_of_runs=(*result.notes_of_runs, *leaks),
            public_tests=public.finish() if public else (),
            commands=tuple(runs.shown(task.exercise, made) for made in machine.made),
            remarks=(*result.remarks, *_remarks(submission.runs)),
        )
    finally:
        machine.close()
        if public:
            public.close()


def _public_tests(task: Task, built: Built) -> tuple[PublicTest, ...]:
    """What the kit's public tests say, if the exercise has some."""
    if not task.exercise.unit_tests:
        return ()
    public = PublicTests(task.exercise, task.intake, built, task.witness)
    try:
        return public.finish()
    finally:
        public.close()


def _why_not_built(built: Built) -> str:
    return built.trouble or "it does not compile"


def _remarks(made: Sequence[Run]) -> tuple[str, ...]:
    """Why witness does not trust some of its facts, each reason once."""
    reasons = {reason: None for run in made for reason in run.distrust}
    return tuple(f"the facts of some runs are not trusted: {reason}" for reason in reasons)


def _result(
    task: Task, built: Built, results: Sequence[TestResult], made: Sequence[Run], stub: bool
) -> ExerciseResult:
    findings = _not_built(task, built) if built.trouble else ()
    explained = diagnose(
        task.exercise,
        made,
        {test.short_id: test for test in results},
        task.intake.sources,
        built,
        stub,
    )
    seen = notes(task.exercise, made)
    lines = Lines(built.program.read, frozenset(task.intake.sources)) if built.program else None
    findings = findings or _findings(task, explained, results, lines)
    drawn, traces = Drawn(task.exercise, lines), Traces()
    return ExerciseResult(
        id=task.exercise.id,
        title=task.exercise.title,
        score=score_of(results),
        max_score=task.entry.points,
        diagnoses=drawn.findings(traces.findings(findings), results),
        tests=drawn.tests(findings, traces.tests(results, findings)),
        notes=(*seen, *task.intake.notes, *built.notes, *map(str, built.warnings[:MESSAGES_SHOWN])),
        notes_of_runs=seen,
        remarks=tuple(drawn.troubles),
        fault=_fault_of(results),
    )


def _fault_of(results: Sequence[TestResult]) -> str | None:
    """Each internal error once; with the name of the test, if only one test met it."""
    met: dict[str, list[str]] = {}
    for test in results:
        if test.fault:
            met.setdefault(test.fault, []).append(test.short_id)
    faults = (f"{ids[0]}: {why}" if len(ids) == 1 else why for why, ids in met.items())
    return "; ".join(faults) or None


def _not_built(task: Task, built: Built) -> tuple[Finding, ...]:
    """Why there was nothing to compile, or why the compiler was stopped."""
    return (
        Finding(
            id="does-not-build" if task.intake.own else "not-read",
            text=built.trouble,
            section=f"assignment/{task.exercise.id}",
            tests=tuple(f"{task.exercise.id}/{name}" for name, _, _ in task.entry.tests),
            lost=task.entry.points,
        ),
    )


def _findings(
    task: Task, explained: Sequence[Diagnosis], results: Sequence[TestResult], lines: Lines | None
) -> tuple[Finding, ...]:
    """The diagnoses with their costs: a lost point counts for the first that explains it."""
    counted: set[str] = set()
    findings = []
    for diagnosis in explained:
        tests = [test for test in results if test.short_id in diagnosis.tests]
        lost = sum(test.max_points - (test.points or 0) for test in tests if test.id not in counted)
        counted.update(test.id for test in tests)
        findings.append(
            Finding(
                id=diagnosis.id,
                text=diagnosis.text,
                section=section_path(diagnosis.section),
                explanation=diagnosis.explanation,
                evidence=diagnosis.evidence.lines,
                shows=diagnosis.evidence.run,
                tests=tuple(test.id for test in tests),
                lost=lost,
                place=_place(task, diagnosis, tests, lines),
            )
        )
    return tuple(findings)


COMMENT_OR_STRING = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL
)


def is_stub(exercise: Exercise, intake: Intake) -> bool:
    """Is the student's file what the starter gives, comments and spaces aside?"""
    starter = KIT / "starter" / exercise.id / exercise.source
    if intake.own is None or not starter.is_file():
        return False
    return _code(intake.own.text) == _code(starter.read_text(encoding="utf-8"))


def _code(text: str) -> str:
    without = COMMENT_OR_STRING.sub(lambda found: " " if found[0][0] == "/" else found[0], text)
    return "".join(without.split())


def _place(
    task: Task, diagnosis: Diagnosis, tests: Sequence[TestResult], lines: Lines | None
) -> str:
    """Where the mistake is, as the run that shows it says."""
    shown = (diagnosis.evidence.run, *(test.shows for test in tests))
    run = next((run for run in shown if run is not None), None)
    if run is None or lines is None:
        return ""
    place = place_of(diagnosis.id, calls_of(diagnosis.id), run, lines.of_run(run))
    return f"{task.exercise.id}/{place}" if place else ""
