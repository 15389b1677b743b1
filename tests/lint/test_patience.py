"""Every limit that only catches a hang can be made longer: no test has a bare number of its own."""

import re
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
BARE = re.compile(r"\btimeout ?= ?[0-9]|\.(?:wait|communicate)\([0-9]")


def bare_limits(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if BARE.search(line)]


def test_a_bare_limit_is_found() -> None:
    said = "run(x, timeout=60)\np.wait(30)\nrun(x, timeout=patient(60))\np.wait(PATIENCE)\np.wait()"
    assert bare_limits(said) == ["run(x, timeout=60)", "p.wait(30)"]


def test_no_test_has_a_limit_that_a_slow_machine_cannot_stretch() -> None:
    files = [file for file in TESTS.rglob("*.py") if "submissions" not in file.parts]
    found = {
        str(file.relative_to(TESTS)): bare_limits(file.read_text("utf-8"))
        for file in files
        if file != Path(__file__)
    }
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_slow_machine_has_longer_limits() -> None:
    script = "from tests.patience import patient; print(patient(30))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"KIT_TESTS_SLOW": "7"},
        cwd=TESTS.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "210.0\n"
