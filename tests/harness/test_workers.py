"""Exercises side by side: one that breaks the grader breaks its own result alone."""

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.base.check import Fault
from grader.grading import workers
from grader.grading.catalogue import catalogue
from grader.grading.grade_exercise import Task
from grader.grading.intake import Intake
from grader.report.model import ExerciseResult
from grader.sandbox import Held

WITNESS = Held(b"")
TASKS = [
    Task(entry, Intake(entry.exercise.id, None, (), "gone", ()), 1, WITNESS)
    for entry in catalogue()
]
DONE = "5-read-only"


def result_of(task: Task) -> ExerciseResult:
    tests = tuple(task.entry.results())
    return ExerciseResult(task.exercise.id, task.exercise.title, 0, task.entry.points, tests=tests)


@pytest.fixture(autouse=True)
def garbage() -> Iterator[None]:
    """Workers freeze what exists: nothing of it is left to the next test."""
    yield
    gc.unfreeze()


def graded(
    monkeypatch: pytest.MonkeyPatch, grade: object, jobs: int = 2
) -> dict[str, ExerciseResult]:
    monkeypatch.setattr(workers, "grade", grade)
    return {result.id: result for result in workers.grade_all(TASKS, jobs)}


@pytest.mark.parametrize("jobs", [1, 2, 9])
def test_results_come_in_the_order_of_the_tasks(monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    assert list(graded(monkeypatch, result_of, jobs)) == [task.exercise.id for task in TASKS]


def raises_fault(task: Task) -> ExerciseResult:
    if task.exercise.id == DONE:
        return result_of(task)
    raise Fault("no memory")


def raises_a_mistake(task: Task) -> ExerciseResult:
    if task.exercise.id == DONE:
        return result_of(task)
    raise KeyError("no such thing")


def is_killed(task: Task) -> ExerciseResult:
    if task.exercise.id == DONE:
        return result_of(task)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def leaves(task: Task) -> ExerciseResult:
    if task.exercise.id == DONE:
        return result_of(task)
    os._exit(7)


@pytest.mark.parametrize(
    ("grade", "told"),
    [
        (raises_fault, "no memory"),
        (raises_a_mistake, "KeyError"),
        (is_killed, "signal 9"),
        (leaves, "status 7"),
    ],
)
def test_a_worker_that_fails_is_a_fault_of_its_exercise_alone(
    monkeypatch: pytest.MonkeyPatch, grade: object, told: str
) -> None:
    results = graded(monkeypatch, grade)
    good = results.pop(DONE)
    assert good.fault is None and good.score == 0
    for result in results.values():
        assert result.score is None and told in (result.fault or "")
        assert result.tests and all(test.points is None for test in result.tests)


def test_a_fault_that_passes_is_tried_once_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fails_once(task: Task) -> ExerciseResult:
        mark = tmp_path / task.exercise.id
        if not mark.exists():
            mark.touch()
            raise Fault("no memory just now")
        return result_of(task)

    assert all(result.fault is None for result in graded(monkeypatch, fails_once).values())
