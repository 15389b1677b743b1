"""Each limit has its verdict, and ends a run that does not end itself."""

from __future__ import annotations

import errno
import os
import time

import pytest

from tests.patience import patient
from tests.witness.observed import Observed, program, watch

MB = 1 << 20
SECOND = 1_000_000  # in microseconds


def assert_all_gone(run: Observed) -> None:
    for process in run["processes"]:
        with pytest.raises(ProcessLookupError):
            os.kill(process["pid"], 0)


def test_wall_time() -> None:
    no_end = ("--limit", f"virtual-ms={2**50}")  # it sleeps, and would have slept for an hour soon
    run = watch(program("takes", "time"), "--limit", "wall-ms=200", *no_end)
    assert run["verdict"] == "wall-time"
    assert 200_000 <= run["wall_us"] < patient(2) * SECOND
    assert run.process(1)["end"] == "killed"
    assert_all_gone(run)


def test_processor_time() -> None:
    run = watch(program("takes", "cpu"), "--limit", "cpu-ms=100")
    assert run["verdict"] == "cpu-time"
    assert run["cpu_us"] >= 100_000
    assert_all_gone(run)


def test_memory() -> None:
    run = watch(program("takes", "memory"), "--limit", f"memory={64 * MB}")
    assert run["verdict"] == "memory"
    assert run["max_rss_kb"] <= 64 * 1024


def test_segments_together() -> None:
    run = watch(program("takes", "segments"), "--limit", f"segments={4 * MB}")
    assert run["verdict"] == "segments"
    assert len(run["segments"]) <= 4
    assert_all_gone(run)


def test_one_segment() -> None:
    run = watch(program("takes", "one-segment"), "--limit", f"segments={4 * MB}")
    assert run["verdict"] == "segments"
    assert run["segments"] == []


def test_processes() -> None:
    started = time.monotonic()
    run = watch(program("takes", "processes"), "--limit", "processes=20", "--limit", "wall-ms=5000")
    assert run["verdict"] == "processes"
    assert len(run.processes) < 40
    assert time.monotonic() - started < patient(5)
    assert_all_gone(run)


def test_output() -> None:
    run = watch(program("takes", "output"), "--limit", "output=100000")
    assert run["verdict"] == "output"
    assert len(run.stdout) <= 100000 < run["stdout"]["bytes"]
    assert set(run.stdout) == {"x"}
    assert_all_gone(run)


@pytest.mark.parametrize("stream", ["pipe", "terminal"])
def test_output_below_the_limit_is_whole(stream: str) -> None:
    count = 20000
    run = watch(["seq", str(count)], "--stdout", stream)
    assert run.stdout == "".join(f"{n}\n" for n in range(1, count + 1))


def test_file_size(tmp_path: object) -> None:
    run = watch(program("takes", "file"), "--limit", f"file-size={MB}", cwd=tmp_path)
    assert run["verdict"] == "file-size"
    assert run.stdout == f"write: {errno.errorcode[errno.EFBIG]}\n"


def test_open_files() -> None:
    run = watch(program("takes", "descriptors"), "--limit", "open-files=16")
    assert run["verdict"] == "open-files"
    assert run.stdout == "dup: EMFILE\n"


def test_open_files_that_are_closed_again() -> None:
    run = watch(program("takes", "descriptors-for-a-moment"), "--limit", "open-files=16")
    assert run["verdict"] == "open-files"
    assert run.stderr == "dup: Too many open files\n"


def test_fewer_open_files_than_the_limit() -> None:
    run = watch(["sh", "-c", "exec 9</dev/null; echo open >&2"], "--limit", "open-files=16")
    assert (run["verdict"], run.stderr) == ("ended", "open\n")


def test_a_limit_that_was_hit_is_an_event() -> None:
    run = watch(program("takes", "time"), "--limit", "wall-ms=100")
    assert [each["limit"] for each in run.events("limit")] == ["wall-time"]
    assert run["detail"]


@pytest.mark.parametrize("how", ["pipe", "semaphore", "pause"])
@pytest.mark.parametrize("schedule", ["none", "parent-first"])
def test_when_nobody_can_go_on_the_run_ends_at_once(how: str, schedule: str) -> None:
    run = watch(program("deadlock", how), "--schedule", schedule)
    assert run["verdict"] == "deadlock"
    assert run["wall_us"] < patient(5) * SECOND
    assert_all_gone(run)


def test_what_each_process_was_doing_at_the_deadline_is_told() -> None:
    run = watch(program("stubborn", "block"), "--limit", "wall-ms=200")
    assert [each["doing"] for each in run.processes] == ["running", "running"]
    waiting = watch(
        ["sh", "-c", f"{program('takes', 'cpu')[0]} cpu; true"], "--limit", "wall-ms=200"
    )
    assert waiting.process(1)["doing"] == "blocked in wait4"


@pytest.mark.parametrize("how", ["block", "ignore", "stop", "daemon"])
@pytest.mark.parametrize("schedule", ["none", "parent-first"])
def test_the_deadline_holds_for_the_stubborn(how: str, schedule: str) -> None:
    started = time.monotonic()
    run = watch(program("stubborn", how), "--limit", "wall-ms=300", "--schedule", schedule)
    assert run["verdict"] in {"stop": {"wall-time", "deadlock"}}.get(how, {"wall-time"})
    assert time.monotonic() - started < patient(5)
    assert_all_gone(run)


def test_a_child_that_spins_on_is_ended_with_the_run() -> None:
    run = watch(program("stubborn", "detach"), "--linger", 100)
    assert run["verdict"] == "ended"
    assert run["leftovers"]["processes"] == [2]
    assert_all_gone(run)


@pytest.mark.parametrize(
    ("thing", "limit", "verdict"),
    [
        ("time", "wall-ms=200", "wall-time"),
        ("cpu", "cpu-ms=100", "cpu-time"),
        ("output", "output=100000", "output"),
    ],
)
def test_limits_hold_without_tracing(thing: str, limit: str, verdict: str) -> None:
    assert watch(program("takes", thing), "--untraced", "--limit", limit)["verdict"] == verdict


def test_a_flood_of_small_pieces_ends_by_their_number() -> None:
    """Each costs a stop: a factor of the limit in bytes would take as long as all limits allow."""
    run = watch(program("write_letters", 2_000_000), "--limit", "output=5000")
    assert run["verdict"] == "output"
    assert 20_000 < run["stdout"]["bytes"] < 40_000
