"""witness itself is clean under the address and undefined behaviour sanitizers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.witness.observed import WITNESS, program, series_line, watch, watch_series, witness

ASAN = WITNESS.with_name("witness-asan")
RUNS = [
    [*program("copies"), "--stdout", "terminal", "--schedule", "parent-first"],
    [*program("slots", 8), "--content", "--schedule", "one-at-a-time"],
    [*program("slots", 3), "--poke", "1:1000003:5", "--schedule", "reverse"],
    [*program("attempts"), "--fail", "shmat:ENOMEM", "--fail", "child1:wait:ECHILD@2"],
    [*program("fault_read_only"), "--signal", "11:15"],
    [*program("shares_then_fails"), "--linger", "20"],
    [*program("takes", "output"), "--limit", "output=5000"],
    [*program("takes", "time"), "--limit", "wall-ms=100"],
    [*program("children", 64), "--schedule", "seed:3"],
    [*program("deadlock"), "--schedule", "parent-first"],
    [*program("by_thread"), "--schedule", "child-first"],
    [*program("execs_in_thread", *program("copies"))],
    [*program("kills_busy"), "--content"],
    [*program("busy", "waitpid"), "--schedule", "parent-first"],
    [*program("refused", "i386")],
    [*program("messages"), "--content"],
    [*program("makers", 6), "--schedule", "seed:3"],
    [*program("objects", "queue", "child", "nobody"), "--fail", "msgctl:EPERM"],
    [*program("semaphore_waits", "handled"), "--schedule", "parent-first"],
    [*program("semaphore_waits", "for_ever")],
    [*program("bytes"), "--untraced"],
]


def named(words: list[str]) -> str:
    """A name that is the same in every worker: the folder of the programs is each one's own."""
    return " ".join(Path(word).name if word.startswith("/") else word for word in words)


@pytest.mark.parametrize("words", RUNS, ids=named)
def test_a_run_is_clean(words: list[str]) -> None:
    split = next((i for i, word in enumerate(words) if word.startswith("--")), len(words))
    watch(words[:split], *words[split:], binary=ASAN)


def test_a_series_is_clean() -> None:
    line = series_line(program("segment_left", 4711), "--content")
    after = series_line(program("segment_use", 4711, "remove"), "--content")
    assert len(watch_series(line, after, line, binary=ASAN)) == 3


@pytest.mark.parametrize(
    "wrong", [["--fail", "x"], ["--poke", ":::"], ["--limit", "="], ["--series"]]
)
def test_bad_usage_is_clean(wrong: list[str]) -> None:
    done = witness(wrong, binary=ASAN)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
