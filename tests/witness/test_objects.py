"""Semaphore sets, message queues and pipes: who made, used and removed them."""

from __future__ import annotations

import subprocess

import pytest

from grader.base.exercise import exercise_of
from grader.facts.from_json import read_run
from grader.facts.records import LeftObject
from grader.judge.narrate import story
from grader.judge.segments import nothing_else_left
from grader.picture import model
from grader.picture.draw import draw
from grader.picture.mermaid import mermaid
from grader.picture.svg import svg
from tests.patience import patient
from tests.witness.observed import WITNESS, program, series_line, watch, watch_series

KINDS = {"set": "semaphore set", "queue": "message queue"}
NUMBERS = {"parent": 1, "child": 2, "nobody": None}
FAILING = (
    "fork wait shmget shmat shmdt shmctl semget semop semctl msgget msgsnd msgrcv msgctl pipe kill"
)


@pytest.mark.parametrize("remover", ["parent", "child", "nobody"])
@pytest.mark.parametrize("maker", ["parent", "child"])
@pytest.mark.parametrize("what", ["set", "queue"])
def test_an_object_has_a_maker_and_a_remover(what: str, maker: str, remover: str) -> None:
    run = watch(program("objects", what, maker, remover))
    (made,) = run["objects"]
    assert (made["kind"], made["number"], made["key"]) == (KINDS[what], 1, 0x6B69)
    assert (made["creator"], made["removed_by"]) == (NUMBERS[maker], NUMBERS[remover])
    assert not made["preexisting"]
    (call,) = [each for each in run.events("call") if each.get("created")]
    assert (made["created"], call["process"], call[what]) == (call["seq"], NUMBERS[maker], 1)
    left = remover == "nobody"
    assert made["left"] == left
    assert run["leftovers"]["objects"] == (
        [{"kind": KINDS[what], "number": 1, "by": NUMBERS[maker]}] if left else []
    )
    assert run["leftovers"]["semaphores"] == (left and what == "set")
    assert run["leftovers"]["message_queues"] == (left and what == "queue")


def test_each_use_is_told() -> None:
    run = watch(program("messages"))
    assert run.stdout == "1\n"
    pipe, pipe2 = run.calls("pipe", ok=True)
    assert (pipe["descriptors"], pipe["flags"]) == ([3, 4], 0)
    assert (pipe2["descriptors"], pipe2["flags"]) == ([5, 6], 0o2000000)
    up = run.call("semop")
    assert (up["process"], up["set"], up["operations"]) == (2, 1, [[0, 1, 0], [1, -2, 0o4000]])
    sent, got = run.call("msgsnd"), run.call("msgrcv")
    assert (sent["process"], sent["queue"], sent["size"], sent["type"]) == (2, 1, 6, 5)
    assert (got["process"], got["queue"], got["type"], got["result"]) == (1, 1, 5, 6)
    changed, asked, removed = run.calls("semctl")
    assert (changed["command"], changed["semaphore"], changed["value"]) == ("SETVAL", 1, 3)
    assert (asked["command"], asked["result"]) == ("GETVAL", 1)
    assert (removed["command"], removed["set"]) == ("IPC_RMID", 1)
    assert run.call("msgctl")["command"] == "IPC_RMID"
    assert run.call("msgget")["created"] and run.call("semget")["created"]


@pytest.mark.parametrize("schedule", ["none", "parent-first", "one-at-a-time", "seed:3"])
def test_of_many_that_ask_at_once_one_is_the_maker(schedule: str) -> None:
    run = watch(program("makers", 6), "--schedule", schedule)
    assert run["verdict"] == "ended"
    asked = run.calls("semget", ok=True)
    (made,) = [each for each in asked if each["created"]]
    assert len(asked) == 6
    assert made["seq"] == min(each["seq"] for each in asked)
    assert run["leftovers"]["objects"] == [
        {"kind": "semaphore set", "number": 1, "by": made["process"]}
    ]


def test_a_wait_for_a_semaphore_that_an_ignored_signal_woke_is_told_once() -> None:
    run = watch(program("semaphore_waits", "ignored"))
    assert run.stdout == "got it\n"
    (waited,) = run.calls("semop", process=1)
    assert (waited["result"], waited["error"], waited["operations"]) == (0, None, [[0, -1, 0]])


def test_a_wait_for_a_semaphore_that_a_handler_ended_is_told_so() -> None:
    run = watch(program("semaphore_waits", "handled"))
    assert run.stdout == "EINTR\n"
    assert run.call("semop")["error"] == "EINTR"


def test_a_wait_for_a_semaphore_that_never_came_says_for_which() -> None:
    run = watch(program("semaphore_waits", "for_ever"))
    assert run["verdict"] == "deadlock"
    waited = run.call("semop")
    assert (waited["result"], waited["error"]) == (None, None)
    assert (waited["set"], waited["operations"]) == (1, [[0, -1, 0]])
    assert run["leftovers"]["objects"] == [{"kind": "semaphore set", "number": 1, "by": 1}]


def test_in_a_series_a_set_belongs_to_the_command_that_made_it() -> None:
    first, second, third = watch_series(
        series_line(program("objects", "set", "parent", "nobody")),
        series_line(program("objects", "set", "nobody", "child")),
        series_line(program("objects", "set", "parent", "nobody")),
    )
    assert first["leftovers"]["objects"] == [{"kind": "semaphore set", "number": 1, "by": 1}]
    (found,) = second["objects"]
    assert (found["number"], found["preexisting"], found["creator"]) == (1, True, None)
    assert found["removed_by"] == 2 and not found["left"]
    assert second["leftovers"]["objects"] == []
    assert third["leftovers"]["objects"] == [{"kind": "semaphore set", "number": 2, "by": 1}]


@pytest.mark.parametrize("call", FAILING.split())
def test_each_call_of_the_help_can_be_made_to_fail(call: str) -> None:
    told = subprocess.run(
        [WITNESS, "--help"], capture_output=True, text=True, timeout=patient(30), check=True
    ).stdout
    names = told.split("CALL is one of", 1)[1].split(";", 1)[0].split()
    assert names == FAILING.split()
    words = {"kill": ["signals", "child"]}.get(call) or (
        ["segment_life"] if call.startswith("shm") else ["messages"]
    )
    run = watch(program(*words), "--fail", f"{call}:EPERM@1", "--limit", "wall-ms=1000")
    first = run.calls(call)[0]
    assert (first["error"], first["injected"], first["result"]) == ("EPERM", True, None)


def test_the_story_tells_each_use() -> None:
    run = read_run(watch(program("messages"), "--schedule", "child-first").facts)
    told = [line.split("  ", 1)[1].strip() for line in story(run).lines[1:]]
    ids = {call.name: call.result for call in run.all_calls if call.created}
    of_set, of_queue = ids["semget"], ids["msgget"]
    for line in (
        "pipe → to read from 3, to write to 4",
        f"msgget(IPC_PRIVATE, 0600) → {of_queue}, a new message queue",
        f"semget(IPC_PRIVATE, 2, 0600) → {of_set}, a new semaphore set",
        f"semctl({of_set}, SETVAL, 3 for semaphore 1) → done",
        f"semop({of_set}, +1 on semaphore 0, -2 on semaphore 1) → done",
        f"msgsnd({of_queue}, 6 bytes of type 5) → sent",
        f"msgrcv({of_queue}, type 5) → got 6 bytes",
        f"semctl({of_set}, GETVAL) → 1",
        f"semctl({of_set}, IPC_RMID) → removed",
        f"msgctl({of_queue}, IPC_RMID) → removed",
    ):
        assert line in told, told


def test_a_signal_is_told_with_its_target() -> None:
    run = read_run(watch(program("signals", "child")).facts)
    assert any("kill(process 2, 10 (SIGUSR1)) → done" in line for line in story(run).lines)


@pytest.mark.parametrize("what", ["set", "queue"])
def test_what_is_left_is_told_with_its_maker(what: str) -> None:
    kind = KINDS[what]
    run = read_run(watch(program("objects", what, "child", "nobody")).facts)
    assert run.leftovers.objects == (LeftObject(kind, 1, 2),)
    found = nothing_else_left(run)
    assert found is not None
    assert found.message == f"Your program left behind: a {kind}."
    assert found.seen == f"a {kind}\nthe {kind} was made by process 2 (child)"
    assert any(f"a new {kind}" in line for line in found.evidence.lines)


@pytest.mark.parametrize("left", [True, False], ids=["left", "removed"])
@pytest.mark.parametrize("what", ["set", "queue"])
def test_it_is_drawn_as_a_lane(what: str, left: bool) -> None:
    facts = watch(program("objects", what, "child", "nobody" if left else "parent")).facts
    picture = draw(read_run(facts), exercise_of("2-sharing"))
    (place,) = [n for n, lane in enumerate(picture.lanes) if lane.kind == KINDS[what]]
    lane = picture.lanes[place]
    assert (lane.name, lane.label, lane.open) == (f"the {KINDS[what]} 27497", KINDS[what], left)
    (made,) = [n for n, row in enumerate(picture.rows) if row.kind == model.CREATE]
    assert (lane.first, picture.rows[made].arrow) == (made, (1, place))
    wrong = [row.wrong for row in picture.rows if row.lane == place]
    assert wrong == (["never removed"] if left else [])
    assert left or picture.rows[lane.last].kind == model.REMOVE
    assert {"set": ">V<", "queue": ">Q<"}[what] in svg(picture, "p")
    assert KINDS[what] in mermaid(picture)
