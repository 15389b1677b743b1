"""However late witness is, nobody starves: what it takes only measures itself."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests.witness.late.busy import Trial, sample
from tests.witness.observed import PATIENCE, ROOT, Observed, program, watch
from tests.witness.test_clean_up import start

LATE = ROOT / "build/late/sleeps-1000/witness"


@pytest.mark.parametrize("trial", sample(), ids=str)
def test_who_asks_again_and_again_starves_nobody(trial: Trial) -> None:
    assert trial.is_right()


@pytest.mark.parametrize("schedule", ["none", "parent-first", "child-first"])
def test_who_asks_again_and_again_does_not_keep_a_writer_from_writing(schedule: str) -> None:
    run = watch(program("busy", "writer"), "--schedule", schedule, binary=LATE)
    assert run["verdict"] == "ended"
    assert len(run.stdout) == 200_000 + len("parent\n")


def test_a_child_that_writes_much_is_not_blocked_for_good() -> None:
    for delay in ("sleeps-0", "sleeps-1000"):
        late = ROOT / "build/late" / delay / "witness"
        run = watch(program("busy", "writer"), "--schedule", "child-first", binary=late)
        assert {each["why"] for each in run.events("release")} == {"child-ended"}


@pytest.mark.parametrize("how", ["wait", "segment", "signal"])
def test_who_asks_and_gives_up_is_not_waited_for(how: str) -> None:
    run = watch(program("asks", how, 100), "--schedule", "parent-first", binary=LATE)
    assert run.lines()[0] == (1, "parent")
    assert {each["why"] for each in run.events("release")} == {"parent-ended"}


def test_a_standstill_of_the_machine_is_not_the_program_s_time(tmp_path: Path) -> None:
    limit_ms = 3000
    running = start(tmp_path, "--limit", f"wall-ms={limit_ms}")
    running.witness.send_signal(signal.SIGSTOP)
    time.sleep(limit_ms / 1000 + 0.5)
    running.witness.send_signal(signal.SIGCONT)
    for pid in running.processes:
        os.kill(pid, signal.SIGKILL)
    said, _ = running.witness.communicate(timeout=PATIENCE)
    run = Observed(json.loads(said))
    assert run["verdict"] == "ended"
    assert run["wall_us"] >= limit_ms * 1000
    assert [each["end"] for each in run.processes] == ["signal"] * 2


def test_a_hold_ends_before_a_limit_is_reached() -> None:
    options = ["--schedule", "parent-first", "--limit", "wall-ms=1000"]
    run = watch(program("busy", "writes-on"), *options)
    assert run["verdict"] == "ended"
    assert {each["why"] for each in run.events("release")} == {"limit-near"}


@pytest.mark.parametrize("delay", ["sleeps-100", "sleeps-1000"])
def test_who_is_killed_while_a_stop_of_it_is_in_the_queue_is_looked_at_as_it_ends(
    delay: str,
) -> None:
    late = ROOT / "build/late" / delay / "witness"
    run = watch(program("kills_busy"), "--content", binary=late)
    assert run["verdict"] == "ended" and run["trusted"]
    looked = [each["process"] for each in run.events("content", when="exit")]
    assert sorted(looked) == list(range(1, 10))
    assert [each["signal"] for each in run.processes[1:]] == [signal.SIGKILL] * 8
