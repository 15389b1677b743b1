"""--poke, --signal, --past-end, --content: the world is changed, and the segments are read."""

from __future__ import annotations

import signal

import pytest

from tests.witness.observed import Record, program, series_line, watch, watch_series


@pytest.mark.parametrize("schedule", ["none", "parent-first", "one-at-a-time"])
@pytest.mark.parametrize("kind", ["int", "long", "double", "extended", "packed"])
@pytest.mark.parametrize(("old", "new"), [(1000003, 5000), (-1000003, 77), (1000003, -9)])
def test_a_poked_value_is_what_the_parent_reads(
    kind: str, old: int, new: int, schedule: str
) -> None:
    run = watch(program("stores", kind, old), "--poke", f"1:{old}:{new}", "--schedule", schedule)
    assert run.stdout == f"read: {new}\n"
    (poke,) = run.events("poke")
    assert (poke["old"], poke["new"], poke["offset"]) == (old, new, int(kind == "packed"))
    assert poke["segment"] == run.segment()["number"]


def test_the_width_of_the_poked_place_is_told() -> None:
    last = watch(program("slots", 3), "--poke", "3:3000009:5").events("poke")
    assert [(each["offset"], each["width"]) for each in last] == [(8, 4)]
    double = watch(program("stores", "double", 1000003), "--poke", "1:1000003:5").events("poke")
    assert [each["width"] for each in double] == [8]


def test_a_value_that_stands_twice_is_changed_at_both_places() -> None:
    run = watch(program("stores", "int", 1000003, "twice"), "--poke", "1:1000003:5000", "--content")
    assert run.stdout == "read: 5000\n"
    assert [(each["found"], each["changed"]) for each in run.events("poke")] == [(2, 2)]
    last = bytes.fromhex(run.events("content")[-1]["bytes"])
    assert (1000003).to_bytes(4, "little") not in last
    assert last.count((5000).to_bytes(4, "little")[:2]) == 2


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


@pytest.mark.parametrize(("how", "told"), [("blocked", 15), ("ignored", 11)])
def test_a_fault_ends_who_blocks_or_ignores_what_stands_in_for_it(how: str, told: int) -> None:
    run = watch(program("fault_read_only", how), "--signal", "11:15")
    assert run["verdict"] == "ended"
    assert run.stdout == f"child killed by signal {told}\n"


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


def test_what_a_held_child_will_read_can_be_changed_before_it_goes_on() -> None:
    poke = ("--poke", "-1:1000003:5")
    run = watch(program("reads_shared"), "--schedule", "parent-first", *poke)
    assert run.lines() == [(2, "5"), (1, "5")]
    (event,) = run.events("poke")
    assert (event["process"], event["found"], event["changed"]) == (2, 1, 1)
    assert event["seq"] > run.events("release")[0]["seq"]


def test_a_child_that_is_not_held_reads_what_is_there() -> None:
    run = watch(program("reads_shared"), "--schedule", "child-first", "--poke", "-1:1000003:5")
    assert run.lines() == [(2, "1000003"), (1, "1000003")] and run.events("poke") == []


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


@pytest.mark.parametrize("size", [4, 256, 4095, 5000, (1 << 20) + 4])
def test_what_lies_past_the_end_is_no_zero(size: int) -> None:
    plain = watch(program("past_end", size))
    assert plain.stdout == "first: 1000003\npast the end: 0\n"
    filled = watch(program("past_end", size), "--past-end")
    assert filled.stdout == "first: 1000003\npast the end: 90\n"
    assert filled["options"]["past_end"] and not plain["options"]["past_end"]


def test_a_segment_that_fills_its_pages_has_nothing_past_its_end() -> None:
    assert watch(program("past_end", 8192), "--past-end").stdout == "first: 1000003\n"


@pytest.mark.parametrize("size", [4, 5000])
def test_what_was_put_past_the_end_is_nobodys_content(size: int) -> None:
    """As without it: the same bytes, the same changes, the same authors."""
    turns = ("--content", "--schedule", "one-at-a-time")
    plain = watch(program("past_end", size), *turns)
    filled = watch(program("past_end", size), *turns, "--past-end")
    assert "past the end: 90" in filled.stdout
    shown = ("when", "bytes", "further", "changed", "author")
    contents = [[each[key] for key in shown] for each in filled.events("content")]
    assert contents == [[each[key] for key in shown] for each in plain.events("content")]
    assert filled.events("content")[-1]["bytes"] == "43420f"
    assert {author for _, author in authors(filled.events("content"))} == {2}


def test_what_the_program_itself_writes_past_the_end_is_seen() -> None:
    run = watch(program("past_end", 4, "writes"), "--content", "--past-end")
    assert run.events("content")[-1]["bytes"] == "43420f00" + "07"
    assert [4, 1] in [change for each in run.events("content") for change in each["changed"]]


def test_a_poke_does_not_find_what_lies_past_the_end() -> None:
    pattern = 0x5A5A5A5A
    run = watch(program("past_end", 8), "--past-end", "--poke", f"1:{pattern}:5")
    assert [each["found"] for each in run.events("poke")] == [0]
    run = watch(program("past_end", 8), "--past-end", "--poke", "1:1000003:5")
    assert run.stdout == "first: 5\npast the end: 90\n"


def test_an_end_that_is_filled_stays_so_for_the_next_command() -> None:
    made, found = watch_series(
        series_line(program("segment_left", 24601, 8, 5), "--past-end"),
        series_line(program("segment_use", 24601), "--content"),
    )
    assert found.segment()["preexisting"]
    assert {each["bytes"] for each in found.events("content")} == {"05"}


@pytest.mark.parametrize(("how", "author"), [("none", 2), ("old-size-0", None)])
def test_who_keeps_a_second_view_may_be_the_author_of_any_change(
    how: str, author: int | None
) -> None:
    run = watch(program("views", how), "--content")
    changed = [each for each in run.events("content") if each["changed"]]
    assert [each["author"] for each in changed] == [author]


def test_a_poke_of_child_0_comes_when_the_command_has_attached_the_segment() -> None:
    made, read = watch_series(
        series_line(program("keeps", "write", 1000003)),
        series_line(program("keeps", "read"), "--poke", "0:1000003:5000"),
    )
    assert made["verdict"] == "ended" and read.stdout == "read: 5000\n"
    assert [(each["found"], each["changed"]) for each in read.events("poke")] == [(1, 1)]
