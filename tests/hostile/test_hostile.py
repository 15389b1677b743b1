"""Every hostile submission on every level: nothing gained, nothing learnt, nothing left."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator

import pytest

from grader.sandbox import cgroup
from tests.hostile.attacked import CANARY, ROOT, Outcome, Room
from tests.hostile.case import ATTACKS, LEVELS, Case, cases
from tests.hostile.room import PUBLIC_FOLDERS
from tests.hostile.table import earned

CASES = cases()
EVERY = 8  # so many attacks come between two looks at an ordinary submission
HONEST = ROOT / "tests" / "submissions" / "wrong" / "1-no-wait"
offered = [level for level in LEVELS if level != "user" or os.geteuid() == 0]


def may_have_a_room() -> bool:
    """May this user make namespaces for the container of the tests?"""
    who = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    done = subprocess.run(
        ["unshare", *who, "--pid", "--fork", "--mount-proc", "true"],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


pytestmark = pytest.mark.skipif(not may_have_a_room(), reason="no container can be made here")


class Watched:
    """A room, and the word of the grader on an ordinary submission in it."""

    def __init__(self) -> None:
        self.room = Room()
        self.attacks: list[str] = []
        self._first = {level: self._ordinary(level) for level in offered}

    def expect_the_same_result(self) -> None:
        """An ordinary submission is judged as before all attacks, byte for byte but for times."""
        for level, first in self._first.items():
            assert self._ordinary(level) == first, f"{level}, after {', '.join(self.attacks)}"
        self.attacks.clear()

    def _ordinary(self, level: str) -> str:
        outcome = self.room.grade_folder(HONEST, "1-fork-wait", level)
        assert outcome.status == 0 and outcome.left == [], outcome
        exercise = outcome.exercise
        exercise["seconds"] = 0
        return json.dumps(exercise)


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    made = Watched()
    yield made
    made.expect_the_same_result()
    made.room.close()


PAIRS = [
    pytest.param(case, level, id=f"{case.name}-{level}")
    for case in CASES
    for level in case.levels
    if level in offered
]


def test_the_attacks_are_not_lost() -> None:
    assert len(CASES) >= 80
    assert {case.attack for case in CASES} == set(ATTACKS)


@pytest.mark.parametrize(("case", "level"), PAIRS)
def test_a_hostile_submission_gains_learns_and_leaves_nothing(
    case: Case, level: str, watched: Watched, record_property: Callable[[str, object], None]
) -> None:
    outcome = watched.room.grade(case, level)
    score = outcome.exercise["score"] if outcome.status in (0, 3) else None
    record_property("attacked", (case.name, level, earned(score, case.score)))
    watched.attacks.append(f"{case.name} at {level}")
    problems = problems_of(case, level, outcome)
    assert not problems, "\n".join([*problems, outcome.files.get("stderr", "")])
    if len(watched.attacks) >= EVERY:
        watched.expect_the_same_result()


def problems_of(case: Case, level: str, outcome: Outcome) -> list[str]:
    """What an attack achieved; nothing, as it should."""
    left = outcome.left if level != "plain" else [e for e in outcome.left if is_promised(e)]
    problems = [f"{name} tells a secret" for name in outcome.canaries]
    problems += [f"left behind: {entry}" for entry in left]
    if outcome.status == 3 and level in case.not_graded:
        return problems + ["a score"] * (outcome.exercise["score"] is not None)
    if outcome.status != 0:
        said = f"the grader ended with {outcome.status} after {outcome.seconds:.1f} s"
        return [*problems, said]
    exercise = outcome.exercise
    if exercise["score"] is None or exercise["score"] > case.score:
        earned = [test["id"] for test in exercise["tests"] if test["points"]]
        problems.append(f"score {exercise['score']}, expected {case.score} at most: {earned}")
    if outcome.seconds > case.seconds:
        problems.append(f"it took {outcome.seconds:.1f} s, more than {case.seconds:.0f}")
    report = outcome.files["report.json"].encode("latin-1").decode("utf-8")
    says = [case.says, case.says_in_cgroup if cgroup.hierarchies() else ""]
    problems += [f"the report does not say {words!r}" for words in says if words not in report]
    problems += [f"{name} holds what does not show" for name in not_plain(outcome.files)]
    return problems


def is_promised(entry: str) -> bool:
    """Of what may be left, that which must be gone at level plain too: see grader/THREATS.md."""
    return not entry.startswith(("sem:", "msg:", *(f"{folder}:" for folder in PUBLIC_FOLDERS)))


def not_plain(files: dict[str, str]) -> list[str]:
    """What is no plain text: control characters, marks of direction; commands for CI in what is
    printed, which may be its log.
    """
    found = []
    for name, text in files.items():
        shown = text.encode("latin-1").decode("utf-8", "replace")
        controls = {letter for letter in shown if ord(letter) < 32 or 126 < ord(letter) < 160}
        marks = {
            letter for letter in shown if letter in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
        }
        lines = shown.splitlines() if name in ("stdout", "stderr") else []
        commands = any(line.strip().startswith("::") or "##[" in line for line in lines)
        if controls - {"\n"} or marks or commands:
            found.append(name)
    return found


def test_a_canary_would_be_found() -> None:
    outcome = Outcome(0, 1.0, [], {"report.md": f"x{CANARY}-ENVx", "report.json": "{}"})
    assert outcome.canaries == ["report.md"]


@pytest.mark.parametrize(
    "text", ["a\x1b[2J", "a\rb", "\n::error::x", "\u202e".encode().decode("latin-1")]
)
def test_what_is_not_plain_would_be_found(text: str) -> None:
    assert not_plain({"stdout": text, "stderr": "plain\n"}) == ["stdout"]


def test_what_is_left_would_be_found(watched: Watched) -> None:
    """A process, a segment, a semaphore, a queue, a file and a cgroup, left by the room itself."""
    left = watched.room.spoilt()
    kinds = [entry.split(":")[0].split()[0] for entry in left]
    assert kinds[:5] == ["process", *("shm", "sem", "msg", "/tmp")]
    assert kinds[5:] == ["cgroup"] or not cgroup.hierarchies()
