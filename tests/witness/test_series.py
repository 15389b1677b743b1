"""A series: several commands in one world, the facts of each for itself."""

from __future__ import annotations

import json

from tests.witness.observed import program, series_line, watch_series, witness


def test_a_segment_outlives_the_command_that_made_it() -> None:
    create, read, remove = watch_series(
        series_line(program("segment_left", 4711, 64, 1234)),
        series_line(program("segment_use", 4711)),
        series_line(program("segment_use", 4711, "remove")),
    )
    assert create["leftovers"]["segments"] == [1]
    assert read.stdout == "value: 1234\n"
    segment = read.segment()
    assert segment["preexisting"] and segment["creator"] is None and segment["left"]
    assert segment["number"] == create.segment()["number"] == remove.segment()["number"]
    assert remove.segment()["removed_by"] == 1
    assert remove["leftovers"]["segments"] == []


def test_each_command_has_its_own_options() -> None:
    plain, failing, last = watch_series(
        series_line(program("attempts")),
        series_line(program("attempts"), "--fail", "shmat:ENOMEM"),
        series_line(program("world"), "--stdout", "terminal"),
    )
    assert "shmat: ok" in plain.stdout
    assert "shmat: ENOMEM" in failing.stdout
    assert last.stdout.startswith("stdout is a terminal\n")


def test_words_are_percent_decoded() -> None:
    odd = ["a b", "", "100%", "ä", "line\nbreak"]
    (run,) = watch_series(series_line(program("arguments", *odd)))
    assert run.stdout.encode("latin-1").decode() == "".join(f"<{each}>" for each in odd) + "\n"


def test_a_command_after_one_that_hit_a_limit_runs() -> None:
    hit, after = watch_series(
        series_line(program("takes", "time"), "--limit", "wall-ms=100"),
        series_line(program("copies")),
    )
    assert (hit["verdict"], after["verdict"]) == ("wall-time", "ended")
    assert after.stdout == "child: 7\nparent: 5\n"


def test_a_process_that_one_command_left_is_gone_at_the_next() -> None:
    left, after = watch_series(
        series_line(program("outlives"), "--linger", "20"), series_line(program("copies"))
    )
    assert left["leftovers"]["processes"] == [2]
    assert after["leftovers"]["processes"] == []
    assert len(after.processes) == 2


def test_facts_are_one_line_each_and_written_at_once() -> None:
    done = witness(["--series", "-"], stdin=(series_line(program("copies")) + "\n") * 3)
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    assert all(json.loads(line)["schema"] == "witness/v1" for line in lines)


def test_an_empty_series_is_no_facts() -> None:
    done = witness(["--series", "-"], stdin="")
    assert done.stdout == ""
    assert done.returncode in (0, 2)
