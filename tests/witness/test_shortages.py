"""A call that failed for want of something: what there was then, and whose doing it is."""

from __future__ import annotations

import os
import subprocess

import pytest

from grader.facts.from_json import read_run
from grader.facts.shortage import machines_want
from tests.witness.observed import ROOT, Observed, program, watch

MB = 1 << 20
UID = 610_000_000 + os.getpid()  # nobody else's: the kernel counts the processes of a user


def bounded(*limits: str) -> list[str]:
    """In front of witness: an ordinary user with these limits, and a world of segments of its own.

    In a user namespace of their own an ordinary user's other processes do not count.
    """
    if os.geteuid() == 0:
        who = ["setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups"]
        apart = ["unshare", "--ipc", *who, "prlimit", *limits]
    else:
        apart = ["unshare", "--user", "--map-current-user", "--ipc", "prlimit", *limits]
    reach = [*apart, "test", "-x", str(ROOT / "build" / "witness")]
    if subprocess.run(reach, capture_output=True, check=False).returncode != 0:
        pytest.skip("no other user may read this folder, or no namespace can be made here")
    return apart


def want(run: Observed) -> str | None:
    return machines_want(read_run(run.facts))


def shortage(run: Observed) -> dict[str, object]:
    """The first."""
    return dict(run["shortages"][0])


def test_nothing_is_told_where_nothing_was_missing() -> None:
    run = watch(program("wants", "children", 64))
    assert run["shortages"] == [] and "machine" not in run.facts
    assert run["options"]["limits"]["processes"] == 100


@pytest.mark.parametrize("order", ["none", "parent-first", "one-at-a-time"])
def test_the_machines_limit_of_processes_is_the_machines(order: str) -> None:
    prefix = bounded("--nproc=20")
    run = watch(program("wants", "children", 64), "--schedule", order, prefix=prefix)
    assert (run["verdict"], run.stdout) == ("ended", "fork: EAGAIN\n")
    told = shortage(run)
    assert (told["call"], told["error"]) == ("fork", "EAGAIN")
    assert isinstance(told["tasks"], int) and 10 < told["tasks"] < 20
    assert told["seq"] == run.calls("fork", ok=False)[0]["seq"]
    said = want(run)
    assert said and "raise ulimit -u (20 now)" in said


def test_a_soft_limit_is_raised() -> None:
    run = watch(program("wants", "children", 64), prefix=bounded("--nproc=20:200"))
    assert (run.stdout, run["shortages"]) == ("", [])


def test_what_the_grader_made_fail_is_no_shortage() -> None:
    run = watch(program("wants", "children", 5), "--fail", "fork:EAGAIN@2")
    assert run.stdout == "fork: EAGAIN\n" and run["shortages"] == []


@pytest.mark.parametrize("what", ["zombies", "threads"])
def test_who_fills_the_table_does_it_to_itself(what: str) -> None:
    """Processes that have ended and wait to be waited for, and threads, count to the system."""
    run = watch(program("wants", what, 300), prefix=bounded("--nproc=150"))
    assert run.stdout == f"{'fork' if what == 'zombies' else 'clone'}: EAGAIN\n"
    assert isinstance(tasks := shortage(run)["tasks"], int) and tasks > 100
    assert want(run) is None


def test_the_kits_limit_of_processes_is_the_runs_own() -> None:
    run = watch(program("wants", "children", 64), "--limit", "processes=10")
    assert run["verdict"] == "processes" and want(run) is None


@pytest.mark.parametrize("how", ["", "by-call", "by-child"])
def test_who_lowers_its_own_limit_of_processes_does_it_to_itself(how: str) -> None:
    run = watch(program("wants", "own-processes", how), prefix=bounded("--nproc=200"))
    assert run.stdout == "fork: EAGAIN\n"
    assert shortage(run)["own_limits"] is True and want(run) is None


@pytest.mark.parametrize("how", ["", "by-call", "by-child"])
def test_who_lowers_its_own_memory_does_it_to_itself(how: str) -> None:
    run = watch(program("wants", "own-memory", how))
    assert run.stdout == "shmat: ENOMEM\n"
    assert shortage(run)["own_limits"] is True and want(run) is None


def test_who_asks_for_its_limits_changes_none() -> None:
    """The C library asks for one at each start."""
    run = watch(["sh", "-c", f"ulimit -a >/dev/null; exec {' '.join(program('wants', 'far'))}"])
    assert shortage(run)["own_limits"] is False


def test_attachments_up_to_the_kits_limit_are_the_runs_own() -> None:
    run = watch(program("wants", "attachments"))
    assert run.stdout == "shmat: ENOMEM\n"
    assert len(run.calls("shmat", ok=True)) in (14, 15) and want(run) is None


def test_attachments_up_to_the_machines_limit_are_the_machines() -> None:
    run = watch(program("wants", "attachments"), prefix=bounded(f"--as={150 * MB}"))
    assert run.stdout == "shmat: ENOMEM\n"
    said = want(run)
    assert said and f"raise ulimit -v ({150 * 1024} now)" in said


@pytest.mark.parametrize("what", ["far", "huge-pages"])
def test_arguments_that_fail_anywhere_are_the_runs_own(what: str) -> None:
    run = watch(program("wants", what))
    assert run.stdout and all(each["own_arguments"] for each in run["shortages"])
    assert want(run) is None


@pytest.mark.parametrize("what", ["mapping", "heap"])
def test_memory_that_the_machine_does_not_grant_is_the_machines(what: str) -> None:
    prefix = bounded(f"--as={150 * MB}")
    run = watch(program("wants", what, 100 * MB), prefix=prefix)
    assert run.stdout == "" and run["verdict"] == "ended"
    run = watch(program("wants", what, 200 * MB), prefix=prefix)
    assert run.stdout == f"{'mmap' if what == 'mapping' else 'brk'}: ENOMEM\n"
    said = want(run)
    assert said and f"raise ulimit -v ({150 * 1024} now)" in said


@pytest.mark.parametrize("what", ["mapping", "heap"])
def test_memory_beyond_the_kits_limit_is_the_runs_own(what: str) -> None:
    run = watch(program("wants", what, 300 * MB), prefix=bounded(f"--as={150 * MB}"))
    assert run["verdict"] == "memory" and want(run) is None
    data = watch(program("wants", what, 120 * MB), prefix=bounded(f"--data={100 * MB}"))
    said = want(data)
    assert said and f"raise ulimit -d ({100 * 1024} now)" in said


def test_files_that_the_machine_does_not_grant_are_the_machines() -> None:
    run = watch(program("takes", "descriptors"), prefix=bounded("--nofile=20"))
    assert (run["verdict"], run.stdout) == ("ended", "dup: EMFILE\n")
    said = want(run)
    assert said and "raise ulimit -n (20 now)" in said


def test_files_up_to_the_kits_limit_are_the_runs_own() -> None:
    run = watch(program("takes", "descriptors"), prefix=bounded("--nofile=200"))
    assert run["verdict"] == "open-files" and want(run) is None


# In an IPC namespace of its own root may change its settings; the run inherits that namespace.
SET = 'echo "$2" > /proc/sys/kernel/$1; shift 2; exec "$@"'


def with_setting(name: str, value: int) -> list[str]:
    if os.geteuid() != 0:
        pytest.skip("only root may change the settings of a namespace")
    who = ["setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups"]
    return ["unshare", "--ipc", "sh", "-c", SET, "sh", name, str(value), *who]


def test_a_machine_without_room_for_a_segment() -> None:
    run = watch(program("takes", "segments"), prefix=with_setting("shmmni", 3))
    assert run.stdout == "shmget: ENOSPC\n"
    assert shortage(run)["segments"] == 3 and shortage(run)["segment_bytes"] == 3 * MB
    said = want(run)
    assert said and "raise kernel.shmmni (3 now)" in said


def test_a_machine_without_room_for_bytes() -> None:
    run = watch(program("takes", "segments"), prefix=with_setting("shmall", 256))
    said = want(run)
    assert said and "kernel.shmall (256 now)" in said


def test_a_machine_without_large_segments() -> None:
    prefix = with_setting("shmmax", 4096)
    run = watch(program("wants", "segment", 4097), prefix=prefix)
    assert run.stdout == "shmget: EINVAL\n"
    said = want(run)
    assert said and "4097 bytes" in said and "raise kernel.shmmax (4096 now)" in said
    none = watch(program("wants", "segment", 0), prefix=prefix)
    assert none.stdout == "shmget: EINVAL\n" and want(none) is None


def test_segments_up_to_the_kits_limit_are_the_runs_own() -> None:
    run = watch(program("takes", "segments"))
    assert run["verdict"] == "segments" and want(run) is None
    assert want(watch(program("wants", "segment", 1 << 40))) is None
