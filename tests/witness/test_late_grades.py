"""A right program is right on a slow machine: whole grades and checks with a witness that is late.

The samples stand for many: `python3 -m tests.witness.late.grades` makes fifty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.witness.late.grades import LEVELS, Kit, Said, reason_against

RIGHT = Path(__file__).resolve().parents[1] / "submissions/right"


@pytest.fixture(name="kits", scope="module")
def kits_of_each_level() -> Iterator[dict[str, Kit]]:
    made: dict[str, Kit] = {}
    try:
        for level in LEVELS:
            if not reason_against(level):
                made[level] = Kit(level)
        yield made
    finally:
        for kit in made.values():
            kit.remove()


def kit_of(kits: dict[str, Kit], level: str) -> Kit:
    if level not in kits:
        pytest.skip(reason_against(level))
    return kits[level]


def assert_right(said: Said) -> None:
    assert said.right, said.text


@pytest.mark.parametrize(
    ("level", "exercise"), [("namespaces", "6"), ("user", "2"), ("plain", "1")]
)
def test_the_solution_scores_full_at_each_level(
    kits: dict[str, Kit], level: str, exercise: str
) -> None:
    assert_right(kit_of(kits, level).grade("solution", exercise))


@pytest.mark.parametrize("exercise", ["1", "2", "6"])
def test_no_check_accuses_the_solution(kits: dict[str, Kit], exercise: str) -> None:
    kit = kits[next(level for level in reversed(LEVELS) if level in kits)]
    assert_right(kit.check(exercise))


def test_who_asks_without_a_pause_scores_full(kits: dict[str, Kit]) -> None:
    kit = kit_of(kits, next(level for level in LEVELS if level in kits))
    kit.take(RIGHT / "1-spins-on-waitpid")
    assert_right(kit.grade("1-spins-on-waitpid", "1"))
