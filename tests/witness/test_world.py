"""The world that a program finds."""

from __future__ import annotations

import pytest

from tests.witness.observed import program, watch


@pytest.mark.parametrize("stream", ["terminal", "pipe"])
@pytest.mark.parametrize("how", ["traced", "untraced"])
def test_a_program_finds_a_plain_world(stream: str, how: str) -> None:
    options = ["--untraced"] if how == "untraced" else []
    run = watch(program("world"), "--stdout", stream, *options)
    assert run.stdout.splitlines() == [
        f"stdout is a {stream}",
        "stderr is a pipe",
        "stdin has 0 bytes",
    ]


def test_arguments_arrive_as_they_are() -> None:
    odd = ["", " ", "a b", "%20", "ä\n", "--", "-x"]
    run = watch(program("arguments", *odd))
    assert run.stdout.encode("latin-1").decode() == "".join(f"<{each}>" for each in odd) + "\n"
    assert run["command"][1:] == [each.encode().decode("latin-1") for each in odd]


def test_options_are_told_back() -> None:
    run = watch(program("copies"), "--stdout", "terminal", "--schedule", "seed:12")
    assert run["options"]["stdout"] == "terminal"
    assert run["options"]["schedule"] == "seed:12"
    assert run["options"]["untraced"] is False


def test_the_numbers_of_events_grow() -> None:
    run = watch(program("slots", 8), "--content", "--schedule", "reverse")
    numbers = [each["seq"] for each in run["events"]]
    assert numbers == sorted(set(numbers))
    times = [each["us"] for each in run["events"]]
    assert times == sorted(times)
    assert run["events_dropped"] == 0


def test_a_million_calls_keep_the_facts_small() -> None:
    run = watch(
        program("many_calls", 200_000), "--limit", "wall-ms=50000", "--limit", "cpu-ms=50000"
    )
    assert run["verdict"] == "ended"
    assert run["events_dropped"] > 0
    assert not run.segment()["left"] and run.segment()["removed"] is not None
