"""What is tried in the machine, in this order: each step is a script that ends with 0 where it
holds."""

from __future__ import annotations

from dataclasses import dataclass

SLOW = 20  # how many times slower than an ordinary machine this one may be: for the tests' limits
SECONDS = 8 * 3600.0  # after which a step is given up
BEGIN = f"set -eu\ncd /kit\nexport KIT_TESTS_SLOW={SLOW}\n"
PYTEST = "python3 -m pytest -p no:cacheprovider -p no:hypothesispytest -q -rfEs --tb=short"
# The leak checker takes more than 10 s a process here, and is at work on every other machine.
NO_LEAKS = "ASAN_OPTIONS=detect_leaks=0"
STUDENT = "setpriv --reuid=1000 --regid=1000 --clear-groups env HOME=/home/student"
SANITIZED = "tests/witness/test_units.py tests/witness/test_sanitized.py"
SCORE = """python3 -c '
import json, sys
score = json.load(open(sys.argv[1]))["score"]
print("score", score)
sys.exit(score != int(sys.argv[2]))'"""


@dataclass(frozen=True)
class Step:
    """A script, and whether it takes hours and not minutes: then it is run where it is named."""

    name: str
    script: str
    takes_hours: bool = False

    @property
    def whole(self) -> str:
        return BEGIN + self.script


def _grade(level: str, who: str = "") -> str:
    """The solution at one level, which must have all points there."""
    out = "mktemp -d -p /tmp"
    return (
        f"out=$({who} {out})\n"
        f'{who} grader/grade solution --isolation {level} --out "$out"\n'
        f'{SCORE} "$out/report.json" 100\n'
    )


STEPS = (
    # The README's commands, one after the other: tests/machines/steps.txt.
    Step("walk", "tests/machines/walk --quick\n"),
    Step("grade-namespaces", _grade("namespaces")),
    # At this level the files of the kit must be closed to the users of the runs.
    Step("grade-user", f"chmod 700 /kit\ntrap 'chmod 755 /kit' EXIT\n{_grade('user')}"),
    Step("grade-plain", _grade("plain", STUDENT)),
    Step("units-and-sanitized", f"{NO_LEAKS} {PYTEST} -n 2 {SANITIZED}\n"),
    Step(
        "witness",
        f"{PYTEST} -n 2 tests/witness"
        + "".join(f" --ignore {file}" for file in SANITIZED.split())
        + "\n",
    ),
    Step(
        "harness",
        f"{PYTEST} -n 2 tests/harness/test_build.py tests/harness/test_sandbox.py"
        " tests/harness/test_valgrind.py tests/harness/test_levels.py\n",
    ),
    Step("corpus-right", "python3 -m tests.corpus --jobs 2 --all right/\n", takes_hours=True),
    Step("corpus-wrong", "python3 -m tests.corpus --jobs 2 --all wrong/\n", takes_hours=True),
    Step("hostile", f"{PYTEST} -v -n 2 tests/hostile/test_hostile.py\n", takes_hours=True),
)
USUAL = tuple(step.name for step in STEPS if not step.takes_hours)
