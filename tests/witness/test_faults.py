"""--fail: the call is not made, and returns the error that was asked for."""

from __future__ import annotations

import pytest

from tests.witness.observed import Observed, program, watch

EACH = [
    ("fork", "EAGAIN"),
    ("fork", "ENOMEM"),
    ("shmget", "ENOSPC"),
    ("shmget", "EACCES"),
    ("shmat", "ENOMEM"),
    ("shmdt", "EINVAL"),
    ("shmctl", "EPERM"),
    ("wait", "ECHILD"),
]


def told(run: Observed) -> dict[str, str]:
    return dict(line.split(": ") for line in run.stdout.splitlines())


@pytest.mark.parametrize(("call", "error"), EACH)
def test_a_call_fails_with_the_error_asked_for(call: str, error: str) -> None:
    run = watch(program("attempts"), "--fail", f"{call}:{error}")
    went = told(run)
    assert went.pop(call) == error
    assert set(went.values()) == {"ok"}
    assert [(each["error"], each["injected"]) for each in run.calls(call)] == [(error, True)]


def test_nothing_else_is_marked_as_injected() -> None:
    run = watch(program("attempts"), "--fail", "shmat:ENOMEM")
    assert [each["call"] for each in run.events("call", injected=True)] == ["shmat"]


def test_a_fork_that_fails_makes_no_process() -> None:
    assert len(watch(program("attempts"), "--fail", "fork:EAGAIN").processes) == 1


def test_a_segment_that_is_refused_is_not_made() -> None:
    assert watch(program("attempts"), "--fail", "shmget:ENOSPC")["segments"] == []


def test_a_removal_that_fails_leaves_the_segment() -> None:
    run = watch(program("attempts"), "--fail", "shmctl:EPERM")
    assert run["leftovers"]["segments"] == [1]


def test_a_wait_that_fails_reaps_nobody() -> None:
    run = watch(program("attempts"), "--fail", "wait:ECHILD")
    assert run.process(2)["reaped"] is None


@pytest.mark.parametrize("call", ["fork", "vfork", "clone"])
def test_the_nth_fork_of_any_kind_fails(call: str) -> None:
    run = watch(program("forks_in_vain", call, 3), "--fail", "fork:EAGAIN@2")
    assert run.stdout == "1: ok\n2: EAGAIN\n3: ok\n"


def test_a_thread_is_no_fork() -> None:
    run = watch(program("by_thread"), "--fail", "fork:EAGAIN")
    assert run.stdout == "thread: 5\nmain: 6\n"


def test_numbers_count_over_the_whole_run() -> None:
    run = watch(program("lookups", 3), "--fail", "shmget:ENOENT@3")
    assert run.stdout == "1: ok\n2: ENOENT\n3: ok\n"


def test_one_child_alone_fails() -> None:
    run = watch(program("lookups", 3), "--fail", "child3:shmget:EINVAL")
    assert run.stdout == "1: ok\n2: ok\n3: EINVAL\n"


def test_a_number_with_a_child_counts_in_that_child() -> None:
    assert watch(program("lookups", 2), "--fail", "child2:shmget:EACCES@1").stdout == (
        "1: ok\n2: EACCES\n"
    )
    assert watch(program("lookups", 2), "--fail", "child2:shmget:EACCES@2").stdout == (
        "1: ok\n2: ok\n"
    )


def test_the_parent_alone_fails() -> None:
    run = watch(program("lookups", 2), "--fail", "parent:shmget:ENOSPC")
    assert run.process(1)["code"] == 99
    assert "No space left on device" in run.stderr


def test_several_faults_at_once() -> None:
    run = watch(program("attempts"), "--fail", "shmat:ENOMEM", "--fail", "wait:EINTR@1")
    assert told(run) == {
        "shmget": "ok",
        "shmat": "ENOMEM",
        "shmctl": "ok",
        "fork": "ok",
        "wait": "EINTR",
    }


def test_faults_stand_in_the_options_of_the_facts() -> None:
    run = watch(program("attempts"), "--fail", "child1:shmat:ENOMEM@2")
    assert run["options"]["fail"] == ["child1:shmat:ENOMEM@2"]


@pytest.mark.parametrize("schedule", ["parent-first", "child-first", "one-at-a-time"])
def test_a_fault_and_a_schedule_go_together(schedule: str) -> None:
    run = watch(
        program("forks_in_vain", "fork", 3), "--fail", "fork:EAGAIN@3", "--schedule", schedule
    )
    assert run.stdout == "1: ok\n2: ok\n3: EAGAIN\n"
