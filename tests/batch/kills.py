"""Kills a class's grading at drawn moments and resumes it: `python3 -m tests.batch.kills 50`.

SIGKILL to the coordinator, nothing else: what it started has to end by itself. The gradebook at the
end must be that of a class that nobody killed, byte for byte.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.batch.conftest import BROKEN, CLASS, NO_WAIT, RIGHT, SOURCE, STUB, lay
from tests.patience import patient

STUDENTS = 12
MOMENT = patient(5)  # seconds
ASKED = ["--exercise", "1", "--seed", "7", "--quiet"]
ADJUSTMENTS = "student,delta,reason\ns01,1.5,shown by hand\ns02,2,tried hard\n"
POLICY = "[checks]\nvalgrind = false\n"


def small_class(folder: Path, students: int) -> Path:
    texts = [RIGHT, NO_WAIT, BROKEN, STUB]
    for number in range(students):
        text = f"{texts[number % len(texts)]}\n/* {number} */\n"
        lay(folder / "class", {f"s{number:02}/{SOURCE}": text})
    lay(folder, {"policy.toml": POLICY, "adjustments.csv": ADJUSTMENTS})
    return folder / "class"


def command(folder: Path, out: Path) -> list[str]:
    policy = ["--policy", str(folder / "policy.toml")]
    policy += ["--adjustments", str(folder / "adjustments.csv")]
    return [str(CLASS), "grade", str(folder / "class"), "--out", str(out), *ASKED, *policy]


def grade(folder: Path, out: Path) -> tuple[bytes, float]:
    """The gradebook of a class that is left alone, and how long it takes."""
    began = time.monotonic()
    subprocess.run(command(folder, out), check=True)
    return (out / "gradebook.csv").read_bytes(), time.monotonic() - began


def killed(folder: Path, out: Path, after: float) -> bool:
    """Kill one call after so many seconds; False where it had ended before."""
    with subprocess.Popen(command(folder, out), stderr=subprocess.DEVNULL) as process:
        try:
            process.wait(timeout=after)
            return False
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
    return True


def workers_left() -> list[int]:
    """Processes of ours that go on without their coordinator; each may take a moment to end."""
    deadline = time.monotonic() + MOMENT
    while (left := orphans()) and time.monotonic() < deadline:
        os.sched_yield()
    return left


def orphans() -> list[int]:
    left: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if os.fsencode(CLASS) in words and b"worker" in words and parent == 1:
                left.append(int(entry.name))
    return left


def trial(kills: int, seed: int, students: int = STUDENTS) -> list[str]:
    """What went wrong; nothing, if all went well."""
    wrong = []
    drawn = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small_class(folder, students)
        expected, seconds = grade(folder, folder / "whole")
        out, done = folder / "out", 0
        while done < kills:
            after = drawn.uniform(0, seconds)
            if killed(folder, out, after):
                done += 1
            # Sometimes it is killed again before it is done, sometimes it may go on to its end.
            if drawn.random() < 0.5:
                found, _ = grade(folder, out)
                if found != expected:
                    wrong.append(f"after kill {done} (at {after:.2f} s) the gradebook differs")
                shutil.rmtree(out)
            if left := workers_left():
                wrong.append(f"after kill {done} workers are left: {left}")
        if grade(folder, out)[0] != expected:
            wrong.append("at the end the gradebook differs")
    return wrong


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    said = trial(asked, seed=random.randrange(2**32))
    print("\n".join(said) or f"{asked} kills: the gradebook was the same every time")
    sys.exit(1 if said else 0)
