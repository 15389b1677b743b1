"""Who waited for whom, and what was never waited for."""

from __future__ import annotations

import pytest

from tests.witness.observed import program, watch


def test_a_wait_names_the_child_that_it_reaped() -> None:
    run = watch(program("copies"))
    call = run.call("wait")
    assert (call["process"], call["child"], call["status"]) == (1, 2, 0)
    assert (run.process(2)["reaped"], run.process(2)["reaped_by"]) == (call["seq"], 1)


def test_the_end_of_the_child_lies_before_its_reaping() -> None:
    run = watch(program("copies"))
    assert run.process(2)["ended"] < run.process(2)["reaped"]


def test_a_zombie_was_never_reaped() -> None:
    run = watch(program("zombie"))
    child = run.process(2)
    assert (child["end"], child["code"], child["reaped"]) == ("exit", 3, None)
    call = run.call("wait")
    assert (call["via"], call["options"] & 0x1000000) == ("waitid", 0x1000000)
    assert run["leftovers"]["processes"] == []


def test_a_child_that_outlives_its_parent_is_a_leftover() -> None:
    run = watch(program("outlives"), "--linger", 50)
    assert run["verdict"] == "ended"
    assert run.stdout == "parent: done\n"
    assert run["leftovers"]["processes"] == [2]
    child = run.process(2)
    assert child["outlived_parent"] and child["end"] == "killed" and child["reaped"] is None


def test_a_grandchild_that_keeps_stdout_open_does_not_hold_up_the_end() -> None:
    run = watch(program("held_open"), "--linger", 50)
    assert run["verdict"] == "ended"
    assert run.stdout == "parent: done\n"
    assert run["leftovers"]["processes"] == [3]


def test_a_lingering_child_may_finish_its_line() -> None:
    run = watch(program("unwaited"), "--schedule", "parent-first")
    assert run.lines() == [(1, "parent: 5"), (2, "child: 7")]
    assert run.process(2)["end"] == "exit"
    assert run.process(2)["outlived_parent"]
    assert run["leftovers"]["processes"] == [2]


def test_polling_waits_are_told_as_they_were() -> None:
    run = watch(program("waits_by_polling"))
    *before, last = run.calls("wait")
    assert last["child"] == 2
    assert all(each["result"] == 0 and each["child"] is None for each in before)
    assert all(each["options"] & 1 for each in [*before, last])


def test_a_wait_in_a_handler_counts() -> None:
    run = watch(program("waits_in_handler"))
    assert run.process(2)["reaped_by"] == 1
    assert run.lines() == [(2, "child"), (1, "parent")]


def test_a_wait_with_the_signal_ignored_spans_the_end_of_the_child() -> None:
    run = watch(program("waits_ignored"))
    call = run.call("wait")
    assert call["error"] == "ECHILD"
    assert call["began"] < run.process(2)["ended"] < call["seq"]
    assert call["released"] == [2]


def test_a_zombie_that_a_wait_does_not_find_is_not_released() -> None:
    """The second wait for a process that was waited for fails, while another one is a zombie."""
    run = watch(program("waits_twice"))
    (call,) = run.calls("wait", ok=False)
    assert (call["error"], call["released"]) == ("ECHILD", [])
    assert run.process(2)["reaped"] is None


def test_each_of_many_children_is_reaped() -> None:
    run = watch(program("children", 64))
    assert len(run.processes) == 65
    assert all(each["reaped_by"] == 1 for each in run.processes[1:])
    assert sorted(each["child"] for each in run.calls("wait", ok=True)) == list(range(2, 66))
    assert run.calls("wait")[-1]["error"] == "ECHILD"


@pytest.mark.parametrize("how", ["usleep", "sleep"])
def test_a_sleep_is_no_wait(how: str) -> None:
    run = watch(program("unwaited", how))
    assert run.calls("wait") == []
    assert run.calls("sleep")[0]["ms"] == {"usleep": 20, "sleep": 1000}[how]
    assert run.process(2)["reaped"] is None


def test_a_wait_that_never_returned_names_the_child_that_it_waited_for() -> None:
    run = watch(program("waits_for_one"), "--limit", "wall-ms=300")
    call = run.call("wait")
    assert (call["result"], call["error"], call["child"], call["status"]) == (
        None,
        None,
        None,
        None,
    )
    assert call["pid"] == run.process(2)["pid"]
    assert (call["via"], call["id_type"], call["options"]) == ("waitid", 1, 4)
