"""witness and strace see the same successful calls of the lesson in each process."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.witness.observed import alone, program, watch

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")

CALLS = "fork,vfork,clone,clone3,wait4,waitid,shmget,shmat,shmdt,shmctl"
SHOWN = {"wait4": "wait", "waitid": "wait", "clone": "fork", "clone3": "fork", "vfork": "fork"}
COMPARED = [
    ["copies"],
    ["generations"],
    ["children", "5"],
    ["slots", "5"],
    ["segment_life"],
    ["segment_errors"],
    ["lookups", "3"],
    ["fault_read_only"],
    ["zombie"],
    ["attempts"],
    ["by_raw_calls"],
    ["static_segment_life"],
    ["by_vfork"],
    ["by_clone", "copy"],
    ["ends", "signal", "9"],
    ["waits_ignored"],
    ["write_duplicate"],
]


def by_strace(command: list[str], folder: Path) -> list[Counter[str]]:
    """Successful calls of each process, in an order that needs no numbers."""
    subprocess.run(
        [*alone(), *"strace -ff --quiet=all --signal=none -e".split(), f"trace={CALLS}"]
        + ["-o", str(folder / "trace"), *command],
        capture_output=True,
        check=False,
    )
    found = []
    for file in folder.glob("trace.*"):
        text = file.read_text(encoding="ascii", errors="replace")
        names = re.findall(r"^(\w+)\(.*\)\s+= (?!-1|\?)\w+", text, re.MULTILINE)
        found.append(Counter(SHOWN.get(name, name) for name in names))
    return sorted(found, key=lambda counted: sorted(counted.items()))


def by_witness(command: list[str]) -> list[Counter[str]]:
    run = watch(command)
    found = []
    for process in run.processes:
        calls = [
            each["call"]
            for each in run.events("call", process=process["number"])
            if each["result"] is not None and not each["error"]
        ]
        lesson = set(CALLS.split(",")) | {"wait"}
        found.append(Counter(SHOWN.get(call, call) for call in calls if call in lesson))
    return sorted(found, key=lambda counted: sorted(counted.items()))


@pytest.mark.parametrize("words", COMPARED, ids=" ".join)
def test_calls_equal_those_of_strace(words: list[str], tmp_path: Path) -> None:
    command = program(*words)
    assert by_witness(command) == by_strace(command, tmp_path)
