"""Level `plain` is never for root: what root runs there is root."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from grader import sandbox
from grader.sandbox import Held, Unavailable, ladder
from tests.harness.conftest import KIT, Grade
from tests.harness.ordinary import as_ordinary, own_kit
from tests.patience import patient

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="it is about root")
FILES = ("levels", "cgroup", "machine", "doctor")
THOSE = "plain or ptrace or forbidden_namespaces or lacks or key_that_is_in_use"


def test_root_is_refused_in_one_line_that_says_what_to_do(submission: Path, grade: Grade) -> None:
    done = grade(submission, "--exercise", "1", "--isolation", "plain")
    (line,) = done.stderr.splitlines()
    assert done.status == 3 and done.stdout == ""
    assert sandbox.ROOT_AT_PLAIN in line and "runuser -u USER" in line
    assert not (done.out / "report.json").exists()


@pytest.mark.parametrize("command", ["grade", "worker"])
def test_a_class_and_a_worker_are_refused_as_well(
    submission: Path, tmp_path: Path, command: str
) -> None:
    words: list[Path | str] = ["tcp://127.0.0.1:1"]
    if command == "grade":
        words = [submission.parent, "--out", tmp_path / "out"]
    done = subprocess.run(
        [KIT / "grader" / "class", command, *words, "--isolation", "plain"],
        capture_output=True,
        text=True,
        check=False,
        timeout=patient(60),
    )
    assert done.returncode == 3
    assert sandbox.ROOT_AT_PLAIN in done.stderr and done.stderr.count("\n") == 1


def test_no_way_leads_to_plain_for_root() -> None:
    """Not even that of a class that another user graded, whose code is compared now."""
    before = sandbox.level()
    with pytest.raises(Unavailable, match=sandbox.ROOT_AT_PLAIN):
        sandbox.choose(sandbox.PLAIN)
    with pytest.raises(Unavailable, match=sandbox.ROOT_AT_PLAIN):
        ladder.start(sandbox.PLAIN, Held(b""), [])
    assert sandbox.level() == before and sandbox.PLAIN not in ladder.AUTOMATIC


def test_an_ordinary_user_passes_all_tests_of_that_level() -> None:
    with own_kit() as kit:
        files = [f"tests/harness/test_{name}.py" for name in FILES]
        options = ["-q", "-p", "no:cacheprovider", "-k", THOSE]
        done = as_ordinary(kit, "/usr/bin/python3", "-m", "pytest", *options, *files)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed and int(passed[1]) >= 15, done.stdout
