"""Whose is a failure for want of something: facts by hand, for each error and each owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from grader.facts.records import Granted, Limits, Run, Shortage
from grader.facts.shortage import USED_UP, is_own_doing, machines_want
from tests.judging.story import Story

MB = 1 << 20
Settings = Mapping[str, int]
SETTINGS = {
    "pid_max": 32768,
    "threads_max": 190_000,
    "shmmni": 4096,
    "shmall": 1 << 50,
    "shmmax": 1 << 60,
    "file_max": 9000,
    "overcommit_memory": 0,
    "available_kb": 300 * 1024,
}
FORK = Shortage(seq=9, process=1, call="fork", error="EAGAIN", tasks=31)
FORK_MEMORY = replace(FORK, error="ENOMEM", size=MB, private_memory=20 * MB)
SHMGET = Shortage(seq=9, process=1, call="shmget", error="ENOSPC", size=256)
SHMAT = Shortage(seq=9, process=1, call="shmat", error="ENOMEM", size=4096)
MAPPING = Shortage(seq=9, process=1, call="mmap", error="ENOMEM", size=16 * MB)
OPEN = Shortage(seq=9, process=1, call="open", error="EMFILE", granted=Granted(open_files=20))
EVERY = (
    FORK,
    FORK_MEMORY,
    SHMGET,
    replace(SHMGET, error="ENOMEM"),
    replace(SHMGET, error="ENFILE"),
    replace(SHMGET, error="EINVAL"),
    SHMAT,
    replace(SHMAT, error="ENFILE"),
    MAPPING,
    OPEN,
)
named = pytest.mark.parametrize("each", EVERY, ids=lambda each: f"{each.call}-{each.error}")


def run(*shortages: Shortage, verdict: str = "ended", settings: Settings = {}) -> Run:
    story = Story().ends(1).run()
    machine = {**SETTINGS, **settings}
    return replace(story, shortages=shortages, machine=machine, verdict=verdict)


def test_a_run_that_wanted_nothing_wants_nothing() -> None:
    assert machines_want(run()) is None
    assert machines_want(Story().fork_fails("EAGAIN").fork_fails("EAGAIN", False).run()) is None


def test_words_prove_nothing() -> None:
    story = Story().says(1, "tally: fork: Resource temporarily unavailable (EAGAIN)").ends(1, 1)
    assert machines_want(story.run()) is None


@named
def test_what_nothing_explains_is_the_machines(each: Shortage) -> None:
    said = machines_want(run(each))
    assert said and "\n" not in said and ("raise" in said or "give it more" in said)


@named
def test_who_changed_its_own_limits_did_it_itself(each: Shortage) -> None:
    assert machines_want(run(replace(each, own_limits=True))) is None


@named
def test_who_asked_for_what_fails_anywhere_did_it_itself(each: Shortage) -> None:
    assert machines_want(run(replace(each, own_arguments=True))) is None


@named
@pytest.mark.parametrize("verdict", USED_UP)
def test_who_used_up_what_a_run_may_have_did_it_itself(each: Shortage, verdict: str) -> None:
    assert machines_want(run(each, verdict=verdict)) is None


@named
@pytest.mark.parametrize("verdict", ["wall-time", "cpu-time", "deadlock"])
def test_who_tries_again_for_ever_was_still_refused_by_the_machine(
    each: Shortage, verdict: str
) -> None:
    assert machines_want(run(each, verdict=verdict)) is not None


def test_the_first_that_is_not_its_own_decides() -> None:
    own = replace(FORK, own_limits=True)
    said = machines_want(run(own, own, SHMGET))
    assert said and said.startswith("shmget")


@pytest.mark.parametrize("tasks, own", [(1, False), (99, False), (100, True), (300, True)])
def test_processes_are_counted_against_the_runs_limit(tasks: int, own: bool) -> None:
    assert is_own_doing(replace(FORK, tasks=tasks), run()) is own


def test_another_limit_of_processes_is_another_bound() -> None:
    wide = replace(run(), limits=Limits(processes=200))
    assert not is_own_doing(replace(FORK, tasks=150), wide)


@pytest.mark.parametrize("call", ["fork", "shmget", "shmat"])
@pytest.mark.parametrize("megabytes, own", [(10, False), (255, False), (256, True), (900, True)])
def test_memory_is_summed_against_the_runs_limit(call: str, megabytes: int, own: bool) -> None:
    each = replace(FORK_MEMORY, call=call, size=MB)
    held = replace(each, private_memory=megabytes * MB - 4 * MB, segment_bytes=4 * MB)
    assert is_own_doing(held, run()) is own


@pytest.mark.parametrize("megabytes, own", [(10, False), (255, False), (257, True)])
def test_an_attachment_needs_addresses(megabytes: int, own: bool) -> None:
    assert is_own_doing(replace(SHMAT, address_space=megabytes * MB), run()) is own


@pytest.mark.parametrize(
    "processes, in_group, settings, raised",
    [
        (40, None, {}, "ulimit -u (40 now)"),
        (40, 33, {}, "the pids.max of the container or cgroup (33 now)"),
        (None, 33, {}, "the pids.max of the container or cgroup (33 now)"),
        (None, None, {"pid_max": 301}, "kernel.pid_max (301 now)"),
        (96_000, 5000, {"threads_max": 400}, "kernel.threads-max (400 now)"),
    ],
)
def test_the_lowest_limit_of_processes_is_named(
    processes: int | None, in_group: int | None, settings: dict[str, int], raised: str
) -> None:
    each = replace(FORK, granted=Granted(processes=processes))
    said = machines_want(run(each, settings=settings), in_group)
    assert said == (
        "fork failed (EAGAIN) for want of processes: the program had 31 of the 100 that it may"
        f" have; raise {raised}, or end some processes"
    )


def test_segments_and_files_name_their_settings() -> None:
    assert "kernel.shmmni (3 now) or kernel.shmall (" in str(
        machines_want(run(SHMGET, settings={"shmmni": 3}))
    )
    large = machines_want(run(replace(SHMGET, error="EINVAL"), settings={"shmmax": 128}))
    assert large == (
        "shmget failed (EINVAL): 256 bytes are more than this machine grants a segment;"
        " raise kernel.shmmax (128 now)"
    )
    assert "fs.file-max (9000 now)" in str(machines_want(run(replace(SHMAT, error="ENFILE"))))
    assert "raise ulimit -n (20 now)" in str(machines_want(run(OPEN)))


@pytest.mark.parametrize(
    "granted, settings, raised",
    [
        (Granted(address_space=10 * MB), {}, "raise ulimit -v (10240 now)"),
        (Granted(private_memory=10 * MB), {}, "raise ulimit -d (10240 now)"),
        (Granted(address_space=1 << 40), {}, "300 MB are free on this machine; give it more"),
        (Granted(), {"overcommit_memory": 2}, "set vm.overcommit_memory=0 (2 now)"),
    ],
)
def test_memory_names_what_bounds_it(
    granted: Granted, settings: dict[str, int], raised: str
) -> None:
    said = machines_want(run(replace(MAPPING, granted=granted), settings=settings))
    assert said and said.endswith(raised)


def test_what_the_machine_does_not_tell_is_left_out() -> None:
    bare = replace(run(FORK, replace(SHMGET, error="ENOMEM")), machine={})
    assert str(machines_want(bare)).endswith("raise the limit on processes")
    without = replace(run(SHMGET), machine={})
    assert "raise kernel.shmmni or kernel.shmall, or" in str(machines_want(without))
    memory = replace(run(FORK_MEMORY), machine={})
    assert str(machines_want(memory)).endswith("give this machine more")
