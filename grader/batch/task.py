"""Grades one submission of a class: bytes in, results out. What a worker does, wherever it runs."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from grader.batch.bundle import unpack
from grader.grading.random_values import SECRET_BYTES, Seed
from grader.report.model import ExerciseResult
from grader.sandbox import Held


@dataclass(frozen=True)
class Order:
    """What is asked for of a grade: with the content and the kit, it decides the result."""

    seed: int
    exercises: tuple[str, ...]  # ids
    valgrind: bool = True
    isolation: str | None = None  # None: the best that the machine offers
    secret: str = ""  # the half of the seed that no student sees

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(said: dict[str, Any]) -> "Order":
        return Order(
            int(said["seed"]),
            tuple(said["exercises"]),
            bool(said["valgrind"]),
            said["isolation"],
            str(said["secret"]),
        )


def key_of(content: str, kit: str, order: Order) -> str:
    """The same key means the same result: content and kit are fingerprints."""
    seed = str(Seed(order.seed, order.secret))
    text = "\0".join(
        [content, kit, seed, *order.exercises, str(order.valgrind), str(order.isolation)]
    )
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def seed_of(class_seed: int, student: str) -> int:
    """Each student's own seed: known from the class's, and unlike that of the neighbour."""
    text = f"{class_seed}\0{student}".encode("utf-8", "surrogateescape")
    return int.from_bytes(hashlib.blake2b(text, digest_size=4).digest(), "big")


def secret_of(class_secret: str, student: str) -> str:
    """Each student's own half: it tells nothing of the class's."""
    if not class_secret:
        return ""
    key = class_secret.encode("ascii")
    name = student.encode("utf-8", "surrogateescape")
    return hashlib.blake2b(name, digest_size=SECRET_BYTES, key=key).hexdigest()


def grade_bundle(data: bytes, order: Order, witness: Held) -> list[ExerciseResult]:
    """The results of the exercises that are asked for, in their order."""
    from grader.grading.catalogue import catalogue
    from grader.grading.grade_exercise import Task
    from grader.grading.workers import grade_all

    intakes = {intake.exercise: intake for intake in unpack(data).intakes}
    entries = [entry for entry in catalogue() if entry.exercise.id in order.exercises]
    if not order.valgrind:
        entries = [entry.without_valgrind() for entry in entries]
    tasks = [
        Task(e, intakes[e.exercise.id], order.seed, witness, secret=order.secret) for e in entries
    ]
    return grade_all(tasks, jobs=1)


def is_complete(results: Sequence[ExerciseResult]) -> bool:
    return all(result.fault is None for result in results)
