"""To trace another call is to add its row and its words: shown in a copy of the kit."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.built import make, take_built
from tests.patience import patient
from tests.witness.observed import ROOT, Observed, alone, program, watch

BEFORE = '    {"clone", SYS_clone, IS_A_FORK},\n'
ROW = '    {"sched_yield", SYS_sched_yield, .leave = leave_plain, .fail = "sched_yield"},\n'
WORDS = '    "sched_yield": lambda call: f"sched_yield → {_outcome(call, \'let others run\')}",\n'
STORY = (
    "import json, sys; from grader.facts.from_json import read_run;"
    "from grader.judge.narrate import story;"
    "print(*story(read_run(json.load(sys.stdin))).lines, sep='\\n')"
)


def copy_of_the_kit(folder: Path) -> Path:
    """The grader, and what is built of witness."""
    shutil.copytree(ROOT / "grader", folder / "grader")
    take_built(folder)
    return folder


def insert(path: Path, after: str, text: str) -> None:
    written = path.read_text("utf-8")
    assert written.count(after) == 1
    path.write_text(written.replace(after, after + text), "utf-8")


def build(folder: Path) -> Path:
    make("-f", "grader/witness/build.mk", "build/witness", folder=folder, timeout=patient(120))
    return folder / "build/witness"


def ran(witness: Path, *options: str) -> Observed:
    done = subprocess.run(
        [*alone(), witness, *options, "--", *program("yields")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=patient(30),
        check=True,
    )
    return Observed(json.loads(done.stdout))


def test_adding_a_traced_call_is_one_row_and_its_words(tmp_path: Path) -> None:
    assert watch(program("yields")).calls("sched_yield") == []
    kit = copy_of_the_kit(tmp_path)
    insert(kit / "grader/witness/calls.c", BEFORE, ROW)
    insert(kit / "grader/judge/narrate.py", '    "kill": _kill,\n', WORDS)
    witness = build(kit)

    run = ran(witness)
    assert [each["process"] for each in run.calls("sched_yield", ok=True)] == [2, 2, 1]
    failed = ran(witness, "--fail", "parent:sched_yield:ENOSYS")
    assert failed.calls("sched_yield")[-1]["error"] == "ENOSYS"
    assert failed.process(1)["code"] == 99
    told = subprocess.run(
        [sys.executable, "-c", STORY],
        input=json.dumps(run.facts),
        cwd=kit,
        capture_output=True,
        text=True,
        timeout=patient(30),
        check=True,
    ).stdout
    assert len(re.findall(r"\(child\) +sched_yield → let others run", told)) == 2
    assert re.search(r"\(parent\) +sched_yield → let others run", told)
