"""The same facts inside the sandbox: an ordinary user, namespaces, witness as process 1."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests.witness.observed import PATIENCE, program, sandbox, series_line, watch, watch_series
from tests.witness.test_clean_up import start


@pytest.fixture
def inside() -> list[str]:
    return sandbox()


@pytest.mark.parametrize("stream", ["pipe", "terminal"])
def test_lines_and_waits(inside: list[str], stream: str) -> None:
    run = watch(program("copies"), "--stdout", stream, prefix=inside)
    assert run.lines() == [(2, "child: 7"), (1, "parent: 5")]
    assert run.call("wait")["child"] == 2


def test_the_life_of_a_segment(inside: list[str]) -> None:
    run = watch(program("segment_life"), "--content", prefix=inside)
    assert run.stdout == "value: 1234567\n"
    assert run.segment()["removed_by"] == 1


def test_the_first_segment_of_a_fresh_world_is_not_zero(inside: list[str]) -> None:
    assert watch(program("segment_first"), prefix=inside).stdout != "id: 0\n"


def test_the_first_segment_of_a_fresh_world_can_be_zero(inside: list[str]) -> None:
    assert watch(program("segment_first"), "--id-zero", prefix=inside).stdout == "id: 0\n"


@pytest.mark.parametrize("first", [1, 100, 256, 1024])
def test_the_first_process_ids_can_be_larger(inside: list[str], first: int) -> None:
    run = watch(program("ids"), "--first-pid", str(first), prefix=inside)
    child, parent, decoded = map(int, run.stdout.split())
    assert first <= parent < first + 8 and child == parent + 1
    assert decoded == child >> 8
    assert [each["pid"] for each in run.processes] == [parent, child]


def test_process_ids_go_on_in_the_next_command(inside: list[str]) -> None:
    lines = [series_line(program("ids"), "--first-pid", "256"), series_line(program("ids"))]
    first, second = watch_series(*lines, prefix=inside)
    assert 256 < first.process(2)["pid"] < second.process(1)["pid"] < 300


def test_process_ids_are_what_they_are_where_others_have_some(inside: list[str]) -> None:
    """witness is not the first process: neither are the ids its own."""
    beside = [word for word in inside if word != "--as-pid-1"]
    run = watch(program("ids"), "--first-pid", "256", prefix=beside)
    assert run["options"]["first_pid"] == 256
    assert run.process(2)["pid"] < 20


def test_a_fault_in_a_read_only_segment(inside: list[str]) -> None:
    fault = watch(program("fault_read_only"), prefix=inside).process(2)["fault"]
    assert fault["read_only"] and fault["segment"] == 1


def test_leftovers(inside: list[str]) -> None:
    run = watch(program("shares_then_fails"), "--linger", "20", prefix=inside)
    assert run["leftovers"]["segments"] == [1]
    assert run["leftovers"]["processes"] == [2]


def test_other_things_that_are_left(inside: list[str]) -> None:
    file = watch(program("leaves", "file", "notes.txt"), prefix=inside)
    assert file["leftovers"]["files"] == ["notes.txt"]
    shared = watch(program("leaves", "posix", "notes"), prefix=inside)
    assert shared["leftovers"]["posix_shm"] == ["notes"]
    queue = watch(program("leaves", "posix-queue", "/notes"), prefix=inside)
    assert queue["leftovers"]["posix_queues"] == ["notes"] and queue["leftovers"]["files"] == []


def test_files_stay_for_the_next_command(inside: list[str]) -> None:
    first, second = watch_series(
        series_line(["sh", "-c", "echo kept > note"]), series_line(["cat", "note"]), prefix=inside
    )
    assert first["leftovers"]["files"] == ["note"]
    assert second.stdout == "kept\n"


def test_the_memory_of_witness_cannot_be_opened(inside: list[str]) -> None:
    assert watch(program("refused", "parent-memory"), prefix=inside).stdout == "EACCES\n"


def test_a_poke(inside: list[str]) -> None:
    run = watch(program("stores", "int", 1000003), "--poke", "1:1000003:8", prefix=inside)
    assert run.stdout == "read: 8\n"


def test_a_missing_wait(inside: list[str]) -> None:
    run = watch(program("unwaited", "usleep"), "--schedule", "parent-first", prefix=inside)
    assert run.lines() == [(1, "parent: 5"), (2, "child: 7")]


def test_a_series(inside: list[str]) -> None:
    _, read = watch_series(
        series_line(program("segment_left", 4711, 64, 99)),
        series_line(program("segment_use", 4711)),
        prefix=inside,
    )
    assert read.stdout == "value: 99\n"


def test_orphans_of_process_1(inside: list[str]) -> None:
    run = watch(program("stubborn", "daemon"), "--limit", "wall-ms=300", prefix=inside)
    assert run["verdict"] == "wall-time"
    assert len(run.processes) == 3


@pytest.mark.parametrize("how", ["pipe", "pause"])
def test_nobody_can_go_on(inside: list[str], how: str) -> None:
    assert watch(program("deadlock", how), prefix=inside)["verdict"] == "deadlock"


def test_what_a_process_was_doing(inside: list[str]) -> None:
    run = watch(program("stubborn", "block"), "--limit", "wall-ms=200", prefix=inside)
    assert [each["doing"] for each in run.processes] == ["running", "running"]


@pytest.mark.parametrize("how", ["traced", "untraced"])
def test_the_limit_on_processes(inside: list[str], how: str) -> None:
    options = ["--untraced"] if how == "untraced" else []
    run = watch(
        program("takes", "processes"),
        *["--limit", "processes=20", "--limit", "wall-ms=2000", *options],
        prefix=inside,
    )
    assert run["verdict"] in {"traced": {"processes"}, "untraced": {"processes", "wall-time"}}[how]
    assert len(run.processes) < 40


@pytest.mark.parametrize("tracing", [[], ["--untraced"]], ids=["traced", "untraced"])
@pytest.mark.parametrize("way", ["signal-parent", "signal-parent-by-queue", "limit-parent"])
def test_a_program_cannot_end_its_witness(inside: list[str], way: str, tracing: list[str]) -> None:
    run = watch(program("refused", way), *tracing, prefix=inside)
    assert run["verdict"] == "ended"
    assert run.process(1)["code"] == 0


def test_the_caller_can_end_a_witness_that_is_process_1(
    inside: list[str], open_folder: Path
) -> None:
    folder = str(open_folder)
    running = start(open_folder, prefix=[*inside, "--bind", folder, folder])
    bubblewrap = running.witness.pid
    children = Path(f"/proc/{bubblewrap}/task/{bubblewrap}/children").read_text(encoding="ascii")
    os.kill(int(children), signal.SIGTERM)
    facts, _ = running.witness.communicate(timeout=PATIENCE)
    assert running.witness.returncode == 4
    assert json.loads(facts)["detail"] == "witness was told to stop"


@pytest.mark.parametrize(
    ("words", "made"),
    [
        (program("copies"), {"processes": 1, "segments": 0}),
        (program("segment_first"), {"processes": 0, "segments": 1}),
        (
            ["sh", "-c", "for i in 1 2 3; do (exit); ipcmk -M 1; done"],
            {"processes": 6, "segments": 3},
        ),
    ],
    ids=["a fork", "a segment", "both"],
)
def test_of_an_untraced_run_the_kernel_counts_what_was_made(
    inside: list[str], words: list[str], made: dict[str, int]
) -> None:
    assert watch(words, "--untraced", prefix=inside)["made"] == made


def test_many_segments_one_after_the_other_are_counted(inside: list[str]) -> None:
    made = "for i in $(seq 130); do ipcrm -m $(ipcmk -M 1 | grep -o '[0-9]*$'); done"
    assert watch(["sh", "-c", made], "--untraced", prefix=inside)["made"]["segments"] == 130


def test_more_segments_at_once_than_the_kernel_counts_are_not_told(inside: list[str]) -> None:
    made = "for i in $(seq 50); do ipcmk -M 1; done"
    facts = watch(["sh", "-c", made], "--untraced", prefix=inside)
    assert "segments" not in facts["made"]


def test_in_a_series_each_run_counts_for_itself(inside: list[str]) -> None:
    lines = [series_line(program("copies"), "--untraced")] * 2
    assert [run["made"]["processes"] for run in watch_series(*lines, prefix=inside)] == [1, 1]
