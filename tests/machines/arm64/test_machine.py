"""The host's half of an emulated machine: what it does with what a machine says, or does not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.machines.arm64.__main__ import Tried
from tests.machines.arm64.machine import Ended, Machine, Stuck
from tests.machines.arm64.steps import STEPS, USUAL, Step
from tests.patience import patient

LONG = patient(60)
# What guest/run-steps does, without a machine around it.
OBEYS = """echo ready; while read -r step; do
sh "$0/steps/$step" >"$0/out/$step" 2>&1; echo "$step $? 3"; done"""


def machine(share: Path, script: str) -> Machine:
    return Machine(["sh", "-c", script, str(share)], share)


def test_a_script_comes_back_with_its_status_and_what_it_printed(tmp_path: Path) -> None:
    with machine(tmp_path, OBEYS) as asked:
        asked.boot(LONG)
        assert asked.run("one", "echo first; exit 7\n", LONG) == Ended(7, 3, "first\n")
        assert asked.run("two", "echo second >&2\n", LONG) == Ended(0, 3, "second\n")


def test_a_machine_that_ends_is_told_at_once(tmp_path: Path) -> None:
    with machine(tmp_path, "echo ready; read -r step") as asked:
        asked.boot(LONG)
        with pytest.raises(Stuck, match="ended"):
            asked.run("one", "true\n", LONG)


def test_a_machine_that_is_not_ready_is_told(tmp_path: Path) -> None:
    with machine(tmp_path, "echo 'Kernel panic'; exec cat") as asked:
        with pytest.raises(Stuck, match="not say that it is ready"):
            asked.boot(LONG)


def test_a_silent_machine_is_given_up_and_gone_with_the_block(tmp_path: Path) -> None:
    with machine(tmp_path, "echo $$ >$0/pid; echo ready; exec sleep 600") as asked:
        asked.boot(LONG)
        with pytest.raises(Stuck, match="nothing was heard"):
            asked.run("one", "true\n", 0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text("ascii")), 0)


def test_what_an_earlier_run_said_is_not_taken_for_this_one_s(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "one").write_text("old\n", "utf-8")
    with machine(tmp_path, OBEYS):
        assert list((tmp_path / "out").iterdir()) == []


def test_only_a_step_that_ended_with_0_has_passed() -> None:
    step = Step("grade", "true\n")
    assert (
        Tried(step, Ended(0, 5, "score 100\n\n")).line.split()
        == "grade passed 5 s score 100".split()
    )
    failed, not_run = Tried(step, Ended(1, 5, "")), Tried(step, None)
    assert not failed.passed and "FAILED" in failed.line
    assert not not_run.passed and "not run" in not_run.line


def test_a_step_s_name_is_one_word_and_its_own() -> None:
    names = [step.name for step in STEPS]
    assert len(set(names)) == len(names) and all(len(name.split()) == 1 for name in names)
    assert set(USUAL) < set(names)
