"""A bomb, a hog and a flood among ordinary submissions: `python3 -m tests.hostile.neighbours 20`.

All are graded side by side; the results of the ordinary ones are compared, byte for byte but for
times, with those that came out without the three.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.hostile.case import SUBMISSIONS

ROOT = SUBMISSIONS.parents[2]
HOSTILE = ("fork-bomb", "memory-hog", "output-flood")
ORDINARY = ("wrong/1-no-wait", "right/1-beginner", "wrong/1-child-falls-through", "right/1-switch")
JOBS = 3


def graded(folder: Path, out: Path) -> str:
    """The report of one submission, without its times."""
    command = [str(ROOT / "grader" / "grade"), str(folder), "--out", str(out)]
    done = subprocess.run(
        [*command, "--exercise", "1", "--seed", "5", "--jobs", "1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        return done.stderr
    report = json.loads((out / "report.json").read_text("utf-8"))
    for exercise in report["exercises"]:
        exercise["seconds"] = 0
    return json.dumps(report)


def together(folders: Sequence[Path], out: Path) -> dict[str, str]:
    out.mkdir()
    with ThreadPoolExecutor(JOBS) as pool:
        reports = pool.map(lambda folder: graded(folder, out / folder.name), folders)
        return dict(zip([folder.name for folder in folders], reports))


def trial(count: int) -> list[str]:
    """The names of those of `count` submissions whose result was changed by the three hostile."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        ordinary = []
        for number in range(count - len(HOSTILE)):
            source = SUBMISSIONS.parent / ORDINARY[number % len(ORDINARY)]
            ordinary.append(work / "class" / f"{number:02}-{source.name}")
            shutil.copytree(source, ordinary[-1])
        hostile = [SUBMISSIONS / case for case in HOSTILE]
        results = work / "results"
        alone = together(ordinary, results)
        shutil.rmtree(results)
        mixed = together([*hostile, *ordinary], results)
        return [
            name for name, report in alone.items() if mixed[name] != report or "{" not in report
        ]


if __name__ == "__main__":
    assert os.access(ROOT / "build" / "witness", os.X_OK), "make witness"
    changed = trial(int(sys.argv[1]))
    print("\n".join([*changed, f"{len(changed)} results were changed"]))
    sys.exit(1 if changed else 0)
