"""--poke, --signal and --content: the world changed under the program, and its segments read."""

from __future__ import annotations

import signal

import pytest

from tests.witness.observed import Record, program, watch


@pytest.mark.parametrize("schedule", ["none", "parent-first", "one-at-a-time"])
@pytest.mark.parametrize("kind", ["int", "long", "double"])
@pytest.mark.parametrize(("old", "new"), [(1000003, 5000), (-1000003, 77), (1000003, -9)])
def test_a_poked_value_is_what_the_parent_reads(
    kind: str, old: int, new: int, schedule: str
) -> None:
    run = watch(program("stores", kind, old), "--poke", f"1:{old}:{new}", "--schedule", schedule)
    assert run.stdout == f"read: {new}\n"
    (poke,) = run.events("poke")
    assert (poke["old"], poke["new"], poke["offset"]) == (old, new, 0)
    assert poke["segment"] == run.segment()["number"]


def test_the_width_of_the_poked_place_is_told() -> None:
    last = watch(program("slots", 3), "--poke", "3:3000009:5").events("poke")
    assert [(each["offset"], each["width"]) for each in last] == [(8, 4)]
    double = watch(program("stores", "double", 1000003), "--poke", "1:1000003:5").events("poke")
    assert [each["width"] for each in double] == [8]


def test_a_value_that_stands_twice_is_left_alone() -> None:
    run = watch(program("stores", "int", 1000003, "twice"), "--poke", "1:1000003:5000")
    assert run.stdout == "read: 1000003\n"
    assert [each["found"] for each in run.events("poke")] == [2]


def test_a_value_that_stands_nowhere_is_told() -> None:
    run = watch(program("stores", "int", 1000003), "--poke", "1:424242:5000")
    assert run.stdout == "read: 1000003\n"
    assert [each["found"] for each in run.events("poke")] == [0]


FAR = [(8192, 4096), (16384, 16380), (1 << 20, 4100), (32 << 20, (32 << 20) - 4)]


@pytest.mark.parametrize(("size", "offset"), FAR)
def test_a_value_far_behind_the_first_page_is_seen(size: int, offset: int) -> None:
    far = watch(program("stores_far", size, offset, 1000003), "--content")
    pieces = {at: bytes.fromhex(piece) for at, piece in far.events("content")[-1]["further"]}
    assert pieces == {
        offset & ~7: (1000003).to_bytes(4, "little").rjust(offset % 8 + 4, b"\0").ljust(8, b"\0")
    }
    assert [offset, 3] in [change for each in far.events("content") for change in each["changed"]]


@pytest.mark.parametrize(("size", "offset"), FAR)
def test_a_value_far_behind_the_first_page_is_poked(size: int, offset: int) -> None:
    run = watch(program("stores_far", size, offset, 1000003), "--poke", "1:1000003:5000")
    assert run.stdout.startswith("read: 5000,")
    assert [each["offset"] for each in run.events("poke")] == [offset]


def test_looking_at_a_large_segment_does_not_fill_the_memory() -> None:
    run = watch(program("stores_far", 32 << 20, 20 << 20, 1000003), "--content")
    bare = watch(program("stores_far", 32 << 20, 20 << 20, 1000003))
    assert run.stdout == bare.stdout


def test_each_child_has_its_poke() -> None:
    run = watch(
        program("slots", 3),
        "--poke",
        "1:1000003:1",
        "--poke",
        "2:2000006:2",
        "--poke",
        "3:3000009:3",
    )
    assert run.stdout == "total: 6\n"
    assert sorted(each["offset"] for each in run.events("poke")) == [0, 4, 8]


def test_a_signal_is_replaced_at_its_delivery() -> None:
    run = watch(program("fault_read_only"), "--signal", "11:15")
    assert run.stdout == "child killed by signal 15\n"
    child = run.process(2)
    assert (child["end"], child["signal"]) == ("signal", signal.SIGTERM)
    (told,) = run.events("signal", process=2)
    assert (told["signal"], told["replaced_by"]) == (11, 15)
    assert child["fault"]["read_only"]


def test_other_signals_are_delivered_as_they_are() -> None:
    run = watch(program("ends", "signal", 10), "--signal", "11:15")
    assert run.stdout == "child killed by signal 10\n"


def authors(contents: list[Record]) -> list[tuple[int, int | None]]:
    """Which slot was changed by whom."""
    return [
        (offset // 4, each["author"])
        for each in contents
        for offset, length in each["changed"]
        for offset in range(offset - offset % 4, offset + length, 4)
    ]


@pytest.mark.parametrize("schedule", ["one-at-a-time", "parent-first", "child-first"])
def test_each_change_has_its_author(schedule: str) -> None:
    run = watch(program("slots", 3), "--content", "--schedule", schedule)
    assert run.stdout == "total: 6000018\n"
    if schedule == "one-at-a-time":
        assert sorted(authors(run.events("content"))) == [(0, 2), (1, 3), (2, 4)]
    else:
        assert all(author in (None, slot + 2) for slot, author in authors(run.events("content")))


def test_the_bytes_of_a_segment_are_told() -> None:
    run = watch(program("segment_life"), "--content")
    value = (1234567).to_bytes(4, "little").rstrip(b"\0").hex()
    last = run.events("content", when="remove")[-1]
    assert (last["bytes"], last["size"]) == (value, 4)
    first = run.events("content")[0]
    assert first["bytes"] == ""


def test_a_parent_that_writes_while_its_child_lives_is_the_author() -> None:
    run = watch(program("parent_writes"), "--content", "--schedule", "one-at-a-time")
    assert {author for _, author in authors(run.events("content"))} == {1}


def test_no_content_without_being_asked() -> None:
    assert watch(program("segment_life")).events("content") == []


def test_content_of_a_large_segment_is_cut() -> None:
    run = watch(program("segment_left", 24601, 1 << 20, 5), "--content")
    contents = run.events("content")
    assert all(len(each["bytes"]) <= 8192 for each in contents)
    assert contents[-1]["size"] == 1 << 20
    assert contents[-1]["bytes"] == "05"
