"""The world that a program finds."""

from __future__ import annotations

import pytest

from tests.patience import patient
from tests.witness.observed import alone, program, sandbox, series_line, watch, watch_series


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


def test_a_million_calls_keep_the_facts_small() -> None:
    run = watch(
        program("many_calls", 200_000),
        "--limit",
        f"wall-ms={patient(50) * 1000:.0f}",
        "--limit",
        f"cpu-ms={patient(50) * 1000:.0f}",
    )
    assert run["verdict"] == "ended"
    assert len(run["events"]) < 2000
    asked = run.calls("shmctl", command="IPC_STAT")
    assert sum(each.get("times", 1) for each in asked) == 200_000
    assert not run.segment()["left"] and run.segment()["removed"] is not None


def test_what_comes_again_is_told_once_until_something_else_happens() -> None:
    run = watch(program("asks_for_keys", 2000))
    asked = run.calls("shmget", ok=False)
    assert sum(each.get("times", 1) for each in asked) == 4002
    alike = [each["times"] for each in asked if each["key"] == 1 and each.get("times", 1) > 1]
    assert alike == [2000]
    made, removed = run.call("shmget", created=True), run.call("shmctl")
    before, after = [each for each in asked if each["key"] == 1][-2:]
    assert before["seq"] < before["last"] < made["seq"] < removed["seq"] < after["seq"]


def test_a_run_with_more_events_than_can_be_kept_ends_for_that() -> None:
    run = watch(program("asks_for_keys", 40_000))
    assert run["verdict"] == "events"
    assert 20_000 < len(run["events"]) < 40_000
    assert run.process(1)["end"] == "killed"
    assert run.events("exit")


@pytest.mark.parametrize("tracing", [[], ["--untraced"]], ids=["traced", "untraced"])
def test_what_witness_inherited_is_not_handed_on(tracing: list[str]) -> None:
    """Ignored and blocked signals, and open descriptors: a program finds none of them."""
    apart = sandbox() if tracing else alone()
    inherits = ["sh", "-c", "trap '' CHLD PIPE INT; exec 7</dev/null; exec \"$@\"", "sh"]
    blocks = ["env", "--block-signal=TERM"]
    shows = ["sh", "-c", "cat /proc/self/status; ls /proc/self/fd | tr '\\n' ' '"]
    run = watch(shows, *tracing, prefix=[*apart, *inherits, *blocks])
    told = dict(line.split(":\t", 1) for line in run.stdout.splitlines() if ":\t" in line)
    assert {int(told[name], 16) for name in ("SigIgn", "SigBlk")} == {0}
    assert run.stdout.splitlines()[-1].split() == ["0", "1", "2", "3"]  # 3: the folder itself


def test_no_argument_of_a_series_is_to_be_seen_from_inside() -> None:
    secret = "1:1000003:8"
    script = "cat /proc/$PPID/cmdline /proc/$PPID/environ 2>/dev/null; true"
    (run,) = watch_series(series_line(["sh", "-c", script], "--poke", secret), prefix=sandbox())
    assert "--series" in run.stdout
    assert secret not in run.stdout
