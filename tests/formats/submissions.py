"""Whole submissions, put together from the solution and cases of the corpus, and their reports."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.harness.conftest import GRADE, KIT, copy_sources
from tests.patience import patient

SEED = 7
CORPUS = KIT / "tests" / "submissions" / "wrong"

# A name, and what takes the place of the solution's exercises. None of exercise 6, whose children
# run side by side: in which order they do is another one each time, and so is what is told of it.
BROKEN = {
    "waits-for-nobody": ("1-no-wait", "2-no-wait", "5-no-wait"),
    "leaves-segments": (
        "2-no-removal",
        "3-remove-does-nothing",
        "4-remove-does-not-remove",
        "5-no-removal",
    ),
    "prints-the-wrong-thing": (
        "1-child-falls-through",
        "2-parent-computes",
        "4-prints-the-bare-text",
        "5-other-words",
    ),
    "does-not-look-at-failures": (
        "1-fork-failure-ignored",
        "2-nothing-checked",
        "3-attach-null-test",
        "4-missing-exits-0",
    ),
    "crashes-and-does-not-compile": (
        "1-does-not-compile",
        "2-null-test",
        "3-errno-overwritten",
        "4-no-size-check",
        "5-null-pointer",
    ),
}

# What Classroom 50's runner tells.
RUNNER = {
    "CLASSROOM": "cs-1",
    "ASSIGNMENT": "sharing",
    "ASSIGNMENT_TYPE": "individual",
    "OWNER": "mona",
    "SUBMISSION_TAG": "submit/20260901T120000Z-0123abc",
    "COMMIT_URL": "https://host.example/cs-1-sharing-mona/commit/0123abc",
    "RELEASE_URL": "https://host.example/cs-1-sharing-mona/releases/tag/submit",
}


@dataclass(frozen=True)
class Outcome:
    """What one grade wrote."""

    stdout: str
    files: dict[str, str]

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.files["report.json"])
        return report

    @property
    def everything(self) -> dict[str, str]:
        return {"terminal": self.stdout, **self.files}


def lay(name: str, folder: Path) -> Path:
    """The submission of this name, as a folder: solution, starter or one of BROKEN."""
    copy_sources("starter" if name == "starter" else "solution", folder)
    for case in BROKEN.get(name, ()):
        (exercise,) = (entry for entry in (CORPUS / case).iterdir() if entry.is_dir())
        shutil.rmtree(folder / exercise.name)
        shutil.copytree(exercise, folder / exercise.name)
    return folder


def grade(submission: Path, out: Path, *options: str) -> Outcome:
    """Call grader/grade from beside the submission, so that no path of this machine is shown."""
    words: list[str] = [
        str(GRADE),
        submission.name,
        "--out",
        out.name,
        "--seed",
        str(SEED),
        *options,
    ]
    done = subprocess.run(
        words,
        cwd=submission.parent,
        env={"PATH": os.environ["PATH"], **RUNNER},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=patient(400),
    )
    assert done.returncode == 0 and not done.stderr, done.stderr
    files = {file.name: file.read_text("utf-8") for file in out.iterdir() if file.is_file()}
    return Outcome(done.stdout, files)
