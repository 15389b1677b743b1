"""Ordinary submissions of every exercise: the same verdicts on each level."""

from collections.abc import Iterator

import pytest

from tests.hostile.attacked import ROOT, Room
from tests.hostile.test_hostile import may_have_a_room, offered

SAMPLE = {
    "right/1-beginner": "1-fork-wait",
    "wrong/1-no-wait": "1-fork-wait",
    "right/2-by-key-in-each-process": "2-sharing",
    "wrong/2-no-removal": "2-sharing",
    "right/3-beginner": "3-segment",
    "right/4-neat": "4-keeper",
    "right/5-neat": "5-read-only",
    "right/6-beginner": "6-tally",
    "wrong/6-no-removal": "6-tally",
    "wrong/6-reads-before-wait": "6-tally",
}
LOWER = [level for level in offered if level != "namespaces"]


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    made = Room()
    yield made
    made.close()


@pytest.mark.skipif(not may_have_a_room(), reason="no container can be made here")
@pytest.mark.parametrize("name", SAMPLE)
def test_the_verdicts_are_the_same_on_every_level(name: str, room: Room) -> None:
    folder = ROOT / "tests" / "submissions" / name
    told = {level: verdicts(room, name, level) for level in ("namespaces", *LOWER)}
    assert folder.is_dir() and any(told["namespaces"].values())
    for level in LOWER:
        assert told[level] == told["namespaces"], level


def verdicts(room: Room, name: str, level: str) -> dict[str, str]:
    folder = ROOT / "tests" / "submissions" / name
    outcome = room.grade_folder(folder, SAMPLE[name], level, valgrind=True)
    assert outcome.status == 0 and outcome.left == [], outcome.files.get("stderr")
    return {test["id"]: test["verdict"] for test in outcome.exercise["tests"]}
