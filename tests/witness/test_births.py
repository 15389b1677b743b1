"""Every way to get a process is seen, and named for what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.witness.observed import Observed, program, watch


def born(run: Observed) -> list[tuple[str, int, bool]]:
    return [(each["how"], each["parent"], each["shares_memory"]) for each in run.processes]


def test_fork_is_a_fork_by_the_parent() -> None:
    run = watch(program("copies"))
    assert born(run) == [("start", 0, False), ("fork", 1, False)]
    call = run.call("fork")
    assert (call["process"], call["child"]) == (1, 2)
    assert not call["shares_memory"] and not call["thread"]


def test_processes_are_numbered_by_birth_and_know_their_parent() -> None:
    run = watch(program("generations"))
    assert [each["number"] for each in run.processes] == [1, 2, 3]
    assert [each["parent"] for each in run.processes] == [0, 1, 2]
    assert [(each["process"], each["child"]) for each in run.calls("fork")] == [(1, 2), (2, 3)]


def test_vfork_shares_memory() -> None:
    run = watch(program("by_vfork"))
    assert born(run)[1] == ("vfork", 1, True)
    assert run.process(2)["code"] == 4


def test_posix_spawn_shares_memory_and_is_followed_through_exec() -> None:
    run = watch(program("by_spawn", *program("ends", "exit", 3)))
    assert born(run)[1] == ("vfork", 1, True)
    assert run.call("exec", process=2, ok=True)
    assert run.process(3)["code"] == 3


def test_clone_without_shared_memory_is_a_fork() -> None:
    run = watch(program("by_clone", "copy"))
    assert born(run)[1] == ("fork", 1, False)
    assert run.stdout == "shared: 0\n"


def test_clone_with_shared_memory_says_so() -> None:
    run = watch(program("by_clone", "share"))
    assert born(run)[1] == ("clone", 1, True)
    assert run.stdout == "shared: 8\n"


def test_clone3_is_answered_enosys_so_that_libc_falls_back() -> None:
    run = watch(program("by_clone3"))
    assert run.stdout == "clone3: ENOSYS\n"
    assert len(run.processes) == 1
    assert run["trusted"]


def test_a_thread_is_no_child_and_its_work_is_its_process_own() -> None:
    run = watch(program("by_thread"))
    assert len(run.processes) == 1
    assert run.stdout == "thread: 5\nmain: 6\n"
    assert run.segment()["removed"] is not None
    assert all(each["thread"] for each in run.calls("clone"))
    assert run.calls("fork") == []


@pytest.mark.parametrize("name", ["by_raw_calls", "static_segment_life"])
def test_calls_without_a_shared_libc_are_seen(name: str) -> None:
    run = watch(program(name))
    assert run["trusted"]
    assert born(run)[1] == ("fork", 1, False)
    assert [each["process"] for each in run.calls("shmat", ok=True)][:1] == [2]
    assert run.call("shmctl")["command"] == "IPC_RMID"
    assert run.call("wait")["child"] == 2
    assert not run.segment()["left"]


def test_a_static_program_is_seen_as_the_dynamic_one() -> None:
    run = watch(program("static_copies"))
    assert run.lines() == [(2, "child: 7"), (1, "parent: 5")]


def test_exec_keeps_number_and_children() -> None:
    run = watch(program("execs", *program("copies")))
    assert len(run.processes) == 2
    assert run.call("exec", process=1, ok=True)
    assert run.lines() == [(2, "child: 7"), (1, "parent: 5")]


def test_an_exec_tells_what_runs_now_and_how() -> None:
    words = program("copies")
    call = watch(program("execs", *words)).call("exec", ok=True)
    assert call["file"] == str(Path(words[0]).resolve()) and call["arguments"] == words
    failed = watch(program("execs", "/no/such/program")).call("exec", ok=False)
    assert "file" not in failed and "arguments" not in failed


def test_of_a_long_command_line_the_beginning_is_told() -> None:
    call = watch(program("execs", "/bin/true", "", "x" * 5000, "y")).call("exec", ok=True)
    first, empty, long = call["arguments"]
    assert (first, empty) == ("/bin/true", "") and 0 < len(long) < 2048 and set(long) == {"x"}


def test_a_failed_exec_is_told() -> None:
    run = watch(program("execs", "/no/such/program"))
    assert run.call("exec", ok=False)["error"] == "ENOENT"
    assert run.process(1)["code"] == 1


def test_a_thread_that_becomes_another_program_is_its_process_from_then_on() -> None:
    run = watch(program("execs_in_thread", *program("copies")))
    assert run["verdict"] == "ended" and run.stdout == "child: 7\nparent: 5\n"
    assert [each["how"] for each in run.processes] == ["start", "fork"]


def test_a_thread_that_became_another_program_is_awaited_no_more() -> None:
    """Else it would be taken for somebody who could go on."""
    run = watch(program("execs_in_thread", *program("deadlock", "pipe")))
    assert run["verdict"] == "deadlock"
