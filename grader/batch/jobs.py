"""What is to be graded and what became of it, whoever does it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from grader.batch.task import Order, is_complete
from grader.report.model import ExerciseResult, exercise_from_json

ATTEMPTS = 2  # of a submission at which the grader itself met a fault
DEATHS = 3  # of workers at one submission: then it is left


@dataclass(frozen=True)
class Job:
    """One submission to grade."""

    key: str
    student: str
    order: Order
    load: Callable[[], bytes]  # its bundle, read when it is needed and not kept


@dataclass(frozen=True)
class Outcome:
    """What became of a job: the results of its exercises, or the fault that it ended with."""

    job: Job
    exercises: tuple[ExerciseResult, ...] = ()
    fault: str = ""
    isolation: str = ""

    @property
    def is_graded(self) -> bool:
        return bool(self.exercises) and not self.fault and is_complete(self.exercises)


class Backend(Protocol):
    """Something that grades jobs, here or elsewhere."""

    def outcomes(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """The outcome of each job, in the order in which they come."""


def outcome_of(job: Job, said: Mapping[str, Any], isolation: str) -> Outcome:
    """What a worker's answer means."""
    if "fault" in said:
        return Outcome(job, (), str(said["fault"]), isolation)
    try:
        exercises = tuple(exercise_from_json(entry) for entry in said["exercises"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        return Outcome(job, (), f"a worker's answer cannot be read: {error}", isolation)
    faults = [f"{result.id}: {result.fault}" for result in exercises if result.fault is not None]
    return Outcome(job, exercises, "; ".join(faults), isolation)
