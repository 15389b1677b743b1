"""The solution, graded and checked with a witness that is late, at each isolation level.

`python3 -m tests.witness.late.grades 50` grades and checks so often, and tells what was wrong."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.patience import patient
from tests.witness.observed import ROOT, alone

LATE = ROOT / "build/late/sleeps-300/witness"
LEVELS = ("namespaces", "user", "plain")
EXERCISES = ("1", "2", "6")  # those with schedules
ORDINARY = 12345  # a user that is nobody on this machine
LEFT_OUT = shutil.ignore_patterns(".git", "tests", "build", "results", "__pycache__")
FULL = re.compile(r"^Sharing is caring +(\d+) / \1$", re.MULTILINE)
SECONDS = patient(600)  # until a run is given up: never reached where the kit works


def reason_against(level: str) -> str:
    """Why there is no such level here; or nothing."""
    root = os.geteuid() == 0
    if level == "user" and not root:
        return "only root can give each run a user of its own"
    command = ["unshare", "--user", "--map-current-user", "true"]
    if level == "namespaces":
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            return "no namespaces can be made here"
    return ""


@dataclass(frozen=True)
class Said:
    right: bool
    text: str


class Kit:
    """A copy of the kit with that witness in it, for its owner alone: root, or an ordinary user
    at the level that is never root's."""

    def __init__(self, level: str) -> None:
        self.level = level
        self._ordinary = level == "plain" and os.geteuid() == 0
        self._folder = Path(tempfile.mkdtemp(prefix="late-kit-"))
        self._kit = self._folder / "kit"
        shutil.copytree(ROOT, self._kit, ignore=LEFT_OUT, symlinks=True)
        late = self._kit / "build/witness"
        late.parent.mkdir()
        shutil.copy(LATE, late)
        late.touch()  # newer than its sources: nobody builds another one
        self._give()

    def _give(self) -> None:
        if self._ordinary:
            for path in (self._folder, *self._folder.rglob("*")):
                os.chown(path, ORDINARY, ORDINARY, follow_symlinks=False)

    def take(self, submission: Path) -> None:
        shutil.copytree(submission, self._kit / submission.name, dirs_exist_ok=True)
        self._give()

    def _run(self, command: Sequence[object], folder: Path) -> "subprocess.CompletedProcess[str]":
        become = ["setpriv", f"--reuid={ORDINARY}", f"--regid={ORDINARY}", "--clear-groups"]
        return subprocess.run(
            [*alone(), *(become if self._ordinary else []), *map(str, command)],
            cwd=folder,
            env={**os.environ, "HOME": str(self._folder)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def grade(self, submission: str, exercise: str) -> Said:
        asked = ["--exercise", exercise, "--isolation", self.level, "--out", self._folder / "out"]
        done = self._run([self._kit / "grader/grade", submission, *asked], self._kit)
        text = done.stdout + done.stderr
        level = f"Isolation: {self.level} " in text
        return Said(done.returncode == 0 and level and FULL.search(text) is not None, text)

    def check(self, exercise: str) -> Said:
        done = self._run([self._kit / "grader/student", "check", exercise], self._kit / "solution")
        text = done.stdout + done.stderr
        hold = f"All public checks of {exercise}-" in text and "✗" not in text
        return Said(done.returncode == 0 and hold, text)

    def remove(self) -> None:
        shutil.rmtree(self._folder)


def main(times: int) -> int:
    wrong = 0
    for level in LEVELS:
        if reason_against(level):
            print(f"{level}: {reason_against(level)}")
            continue
        kit = Kit(level)
        try:
            for number in range(times):
                exercise = EXERCISES[number % len(EXERCISES)]
                for said in (kit.grade("solution", exercise), kit.check(exercise)):
                    wrong += not said.right
                    if not said.right:
                        print(f"{level}, exercise {exercise}:\n{said.text}", flush=True)
            print(f"{level}: {times} grades, {times} checks, {wrong} wrong until here", flush=True)
        finally:
            kit.remove()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50))
