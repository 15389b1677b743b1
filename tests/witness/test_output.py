"""Who wrote which bytes, by whatever call and on whatever descriptor."""

from __future__ import annotations

import pytest

from tests.witness.observed import program, watch

STREAMS = ("pipe", "terminal")


@pytest.mark.parametrize("stream", STREAMS)
def test_lines_have_their_writers_in_order(stream: str) -> None:
    run = watch(program("copies", 40), "--stdout", stream)
    assert run.lines() == [(2, "child: 42"), (1, "parent: 40")]
    assert run.stdout == "child: 42\nparent: 40\n"
    assert run["stdout"]["bytes"] == len(run.stdout)


@pytest.mark.parametrize("stream", STREAMS)
def test_a_gathered_write_is_one_write(stream: str) -> None:
    assert watch(program("write_vector"), "--stdout", stream).writes() == [(1, "vector: 1\n")]


@pytest.mark.parametrize("stream", STREAMS)
def test_a_line_in_pieces_keeps_the_writer_of_each(stream: str) -> None:
    run = watch(program("write_pieces"), "--stdout", stream)
    assert run.writes() == [(1, "pie"), (2, "ces: "), (1, "2\n")]


def test_two_lines_in_one_write_are_one_write() -> None:
    assert watch(program("write_together")).writes() == [(1, "first: 1\nsecond: 2\n")]


@pytest.mark.parametrize("stream", STREAMS)
def test_a_duplicate_of_stdout_is_stdout(stream: str) -> None:
    run = watch(program("write_duplicate"), "--stdout", stream)
    assert run.writes() == [(2, "duplicate: 3\n")]


@pytest.mark.parametrize("stream", STREAMS)
def test_only_stdout_and_stderr_are_output(stream: str) -> None:
    run = watch(program("write_elsewhere"), "--stdout", stream)
    assert run.writes() == [(1, "output\n")]
    assert run.writes("stderr") == [(1, "error\n")]
    assert (run.stdout, run.stderr) == ("output\n", "error\n")


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize(
    "call", ["sendfile", "splice", "tee", "vmsplice", "copy_file_range", "pwritev2", "pwrite"]
)
def test_every_byte_on_stdout_stands_in_an_event(call: str, stream: str) -> None:
    run = watch(program("write_otherwise", call), "--stdout", stream)
    assert "".join(text for _, text in run.writes()) == run.stdout
    if run.stdout == "":  # the call can't write there, or is refused
        assert run.stderr.startswith(f"{call}: E")
    else:
        assert run.writes() == [(1, "otherwise: 4\n")]


@pytest.mark.parametrize("stream", STREAMS)
def test_every_byte_value_survives(stream: str) -> None:
    run = watch(program("bytes"), "--stdout", stream)
    assert run.stdout.encode("latin-1") == bytes(range(256))


def test_a_write_lies_between_the_calls_around_it() -> None:
    run = watch(program("copies"))
    child, parent = run.events("write")
    reaped = run.call("wait")["seq"]
    assert child["began"] <= child["seq"] < reaped < parent["began"] <= parent["seq"]


def test_output_of_a_run_without_tracing_is_kept() -> None:
    run = watch(program("copies"), "--untraced")
    assert run.stdout == "child: 7\nparent: 5\n"
    assert run.events("call") == []
    assert run.process(1)["code"] == 0


def test_a_buffer_that_fork_copied_shows_on_a_pipe_only() -> None:
    command = ["sh", "-c", "printf one; (printf two); printf three"]
    assert watch(command).stdout == "onetwothree"


@pytest.mark.parametrize("stream", STREAMS)
def test_a_text_written_letter_by_letter_is_whole_and_its_facts_are_small(stream: str) -> None:
    run = watch(program("write_letters", 12_000), "--stdout", stream)
    assert len(run.stdout) == 12_000
    assert "".join(text for _, text in run.writes()) == run.stdout
    assert len(run["events"]) < 2000
    last = run.events("write")[-1]
    assert last["seq"] < last["last"] < run.events("exit")[0]["seq"]


def test_another_name_of_the_terminal_is_stdout_too() -> None:
    run = watch(program("write_terminal"), "--stdout", "terminal")
    assert run.writes() == [(1, "one "), (2, "two\n")]
