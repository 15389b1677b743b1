"""Grades exercises in parallel: each in its own process, forked from the grader, with the result as
JSON over a pipe.

A worker that dies is an internal error of its exercise only. Workers have their own process groups,
so that Ctrl-C reaches only the grader; it ends them, they end their sandboxes, and nothing is left.
"""

import ctypes
import gc
import json
import os
import selectors
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn

from grader import sandbox
from grader.base import signals, trouble
from grader.base.check import Fault, Outcome
from grader.grading.compile import compile_kit_parts
from grader.grading.compiler import abilities
from grader.grading.grade_exercise import Task, grade
from grader.report.model import ExerciseResult, exercise_from_json, exercise_to_json
from grader.sandbox.starting import started

PR_SET_PDEATHSIG = 1  # prctl(2)
PATIENCE = 5.0  # seconds that a worker may take to end its sandboxes
PAUSE = 0.01
READ_SIZE = 1 << 16
ATTEMPTS = 2


@dataclass
class _Worker:
    pid: int
    task: Task
    attempt: int
    said: list[bytes] = field(default_factory=list)


def grade_all(
    tasks: Sequence[Task], jobs: int, meanwhile: Callable[[], object] = lambda: None
) -> list[ExerciseResult]:
    """The results of all tasks, in their order; at most `jobs` are graded at a time. `meanwhile` is
    called once, when the last of them has begun."""
    # taken from the end: the longest first
    waiting = [(task, 1) for task in sorted(tasks, key=lambda task: task.exercise.seconds)]
    running: dict[int, _Worker] = {}
    results: dict[str, ExerciseResult] = {}
    begun = False
    abilities()  # called here, once for all workers
    compile_kit_parts(task.exercise for task in tasks if task.built is None)
    gc.freeze()  # what exists now is shared with the workers: a collection would copy its pages
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    with signals.held_back():
                        reader, worker = _start(*waiting.pop())
                        running[reader] = worker
                    selector.register(reader, selectors.EVENT_READ)
                if not waiting and not begun:
                    begun = True
                    meanwhile()
                for key, _ in selector.select():
                    worker = running[key.fd]
                    data = os.read(key.fd, READ_SIZE)
                    worker.said.append(data)
                    if data:
                        continue
                    selector.unregister(key.fd)
                    del running[key.fd]
                    os.close(key.fd)
                    result = _ended(worker)
                    if result.fault and not result.tests and worker.attempt < ATTEMPTS:
                        waiting.append((worker.task, worker.attempt + 1))
                    else:
                        results[worker.task.exercise.id] = _whole(worker.task, result)
        finally:
            _stop([worker.pid for worker in running.values()])
    return [results[task.exercise.id] for task in tasks]


def _start(task: Task, attempt: int) -> tuple[int, _Worker]:
    """Fork a worker; its result can be read from the descriptor."""
    reader, writer = os.pipe()
    parent = os.getpid()
    pid = started(os.fork)
    if pid == 0:
        _work(task, writer, parent)
    os.close(writer)
    return reader, _Worker(pid, task, attempt)


def _work(task: Task, writer: int, parent: int) -> NoReturn:
    """All that a worker does."""
    status = 1
    try:
        os.setpgid(0, 0)
        signals.listen()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:
            _be_silent()
            _tell(writer, graded(task))
            status = 0
    except BaseException:  # an interrupted worker has no result
        pass
    finally:
        signals.ignore()
        sandbox.end_all()
        os._exit(status)


def graded(task: Task) -> ExerciseResult:
    """The result of one exercise in this process; an internal error becomes its fault."""
    try:
        return grade(task)
    except Fault as fault:
        return _faulty(task, fault.reason)
    except (Exception, Outcome) as error:  # an internal error, reported as a fault
        return _faulty(task, trouble.told(error))


def _tell(writer: int, result: ExerciseResult) -> None:
    data = json.dumps(exercise_to_json(result)).encode("ascii")
    with open(writer, "wb") as stream:
        stream.write(data)


def _be_silent() -> None:
    """Keep whatever a library prints away from the user's terminal."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1) if trouble.is_shown() else (0, 1, 2):
        os.dup2(null, descriptor)


def _ended(worker: _Worker) -> ExerciseResult:
    """A worker's result, or a fault if it sent none."""
    _, status = os.waitpid(worker.pid, 0)
    try:
        return exercise_from_json(json.loads(b"".join(worker.said)))
    except (ValueError, KeyError, TypeError):
        return _faulty(worker.task, f"the worker of this exercise ended ({_how(status)})")


def _how(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}"
    return f"status {os.WEXITSTATUS(status)}"


def _faulty(task: Task, reason: str) -> ExerciseResult:
    """An exercise that the grader itself could not grade, without its tests yet."""
    entry = task.entry
    return ExerciseResult(task.exercise.id, task.exercise.title, None, entry.points, fault=reason)


def _whole(task: Task, result: ExerciseResult) -> ExerciseResult:
    """The result with every test, even if none ran."""
    if result.tests:
        return result
    tests = (replace(test, points=None, fault=result.fault) for test in task.entry.results())
    return replace(result, tests=tuple(tests), notes=task.intake.notes)


def _stop(pids: Sequence[int]) -> None:
    """End these workers: first politely, so that they end what they started, then by force."""
    left = set(pids)
    for pid in left:
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while left and time.monotonic() < deadline:
        left = {pid for pid in left if os.waitpid(pid, os.WNOHANG) == (0, 0)}
        if left:
            time.sleep(PAUSE)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
