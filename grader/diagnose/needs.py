"""What a rule may need of an exercise: without it, the mistake is impossible."""

from __future__ import annotations

from grader.base.exercise import Exercise


def anything(_: Exercise) -> bool:
    return True


def programs(exercise: Exercise) -> bool:
    return not exercise.is_functions


def is_functions(exercise: Exercise) -> bool:
    return exercise.is_functions


def is_commands(exercise: Exercise) -> bool:
    return exercise.is_commands


def forks(exercise: Exercise) -> bool:
    return exercise.forks


def only_copies(exercise: Exercise) -> bool:
    return exercise.forks and not exercise.shares


def child_crashes(exercise: Exercise) -> bool:
    return exercise.child_crashes


def uses_segments(exercise: Exercise) -> bool:
    return exercise.uses_segments


def shares(exercise: Exercise) -> bool:
    return exercise.shares


def shares_or_commands(exercise: Exercise) -> bool:
    return exercise.shares or exercise.is_commands


def states_a_size(exercise: Exercise) -> bool:
    return exercise.shares or exercise.is_functions


def has_slots(exercise: Exercise) -> bool:
    return exercise.has_slots
