"""root runs a program as another user: where there are no namespaces, a uid is the wall."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from subprocess import PIPE

import pytest

from tests.witness.observed import (
    PATIENCE,
    WITNESS,
    Observed,
    alone,
    program,
    sandbox,
    watch,
    witness,
)
from tests.witness.test_clean_up import start
from tests.witness.test_segments import IPC_PRIVATE, IPC_RMID, LIBC, ids_on_this_machine

UID = 20_000 + os.getpid() % 40_000  # of this worker's own: tests run side by side
# What a container leaves to its root by default: neither SYS_PTRACE nor IPC_OWNER nor SYS_ADMIN.
FEW = "chown dac_override fowner fsetid kill mknod net_raw setgid setpcap setuid sys_chroot".split()
ROOTS = {
    "root": [],
    "a container's root": ["setpriv", ",".join(["--bounding-set=-all", *(f"+{c}" for c in FEW)])],
}

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs a program as another")


@pytest.fixture(params=ROOTS, name="root")
def each_root(request: pytest.FixtureRequest) -> list[str]:
    """The command in front of witness: an IPC namespace of its own, and what root may do."""
    return [*alone(), *ROOTS[request.param]]


def as_user(*options: object) -> list[object]:
    return ["--uid", UID, *options]


def test_the_program_is_that_user_alone_and_has_no_capability(root: list[str]) -> None:
    status = watch(["cat", "/proc/self/status"], *as_user(), prefix=root).stdout
    told = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert told["Uid"].split() == told["Gid"].split() == [str(UID)] * 4
    assert told["Groups"].strip() == ""
    assert {int(told[name], 16) for name in ("CapEff", "CapPrm", "CapInh", "CapAmb")} == {0}


@pytest.mark.parametrize("stream", ["pipe", "terminal"])
def test_lines_have_their_writers(root: list[str], stream: str) -> None:
    run = watch(program("copies"), *as_user("--stdout", stream), prefix=root)
    assert run.lines() == [(2, "child: 7"), (1, "parent: 5")]
    assert run["trusted"]


def test_what_is_on_the_stack_can_be_read(root: list[str]) -> None:
    """Words of it, and not the registers alone: without them no line is found."""
    run = watch(program("copies"), *as_user(), prefix=root)
    copied = [entry for entry in run["stacks"] if isinstance(entry, list)]
    assert copied and all(entry[-1] for entry in copied)


def test_an_output_may_be_opened_by_name(root: list[str]) -> None:
    run = watch(["sh", "-c", "echo named > /dev/stderr"], *as_user(), prefix=root)
    assert run.writes("stderr") == [(1, "named\n")]


def test_content_has_its_author(root: list[str]) -> None:
    run = watch(
        program("stores", "int", 1000003),
        *as_user("--content", "--schedule", "one-at-a-time"),
        prefix=root,
    )
    assert [each["author"] for each in run.events("content") if each["changed"]] == [2]


def test_a_poke_reaches_a_segment_that_is_its_users_alone(root: list[str]) -> None:
    run = watch(program("stores", "int", 1000003), *as_user("--poke", "1:1000003:8"), prefix=root)
    assert run.segment()["mode"] == 0o600
    assert run.stdout == "read: 8\n"


def test_a_segment_that_is_left_is_removed_and_that_of_another_is_not(root: list[str]) -> None:
    here = root[len(alone()) :]
    before = ids_on_this_machine()
    run = watch(program("segment_left", 0), *as_user(), prefix=here)
    assert run["leftovers"]["segments"] == [1]
    assert ids_on_this_machine() == before


@pytest.mark.parametrize("what", ["semaphore", "queue", "posix"])
def test_what_else_is_left_is_told_and_removed(root: list[str], what: str) -> None:
    name = f"witness-test-{os.getpid()}"
    command = program("leaves", what, name)
    for _ in range(2):  # what the first run left would be there at the start of the second
        left = watch(command, *as_user(), prefix=root)["leftovers"]
        assert left["semaphores"] == (what == "semaphore")
        assert left["message_queues"] == (what == "queue")
        assert left["posix_shm"] == ([name] if what == "posix" else [])
    assert not Path("/dev/shm", name).exists()


def test_files_of_the_run_are_told_and_outside_of_its_folder_removed(
    root: list[str], open_folder: Path
) -> None:
    open_folder.chmod(0o777)
    strange = open_folder / "of-another"
    strange.touch()
    made = f"/tmp/witness-test-{os.getpid()}"
    script = f"echo mine > mine; mkdir -p {made}/deep; echo theirs > {made}/deep/file"
    run = watch(["sh", "-c", script], *as_user(), cwd=open_folder, prefix=root)
    assert sorted(run["leftovers"]["files"]) == [made, "mine"]
    assert not Path(made).exists()
    assert {file.name for file in open_folder.iterdir()} == {"mine", "of-another"}


def test_what_another_run_leaves_meanwhile_is_not_counted(open_folder: Path) -> None:
    ready, go = open_folder / "ready", open_folder / "go"
    open_folder.chmod(0o777)
    # It computes while it waits: who sleeps would find that its time is over at once.
    waits = ["sh", "-c", f": > {ready}; until [ -e {go} ]; do :; done"]
    limits = [
        "--limit",
        f"cpu-ms={int(PATIENCE * 1000)}",
        "--limit",
        f"wall-ms={int(PATIENCE * 1000)}",
    ]
    with subprocess.Popen(
        [WITNESS, "--uid", str(UID), *limits, "--", *waits], stdout=PIPE
    ) as running:
        while not ready.exists() and running.poll() is None:
            time.sleep(0.01)
        meanwhile = LIBC.semget(IPC_PRIVATE, 1, 0o600)
        go.touch()
        facts, _ = running.communicate(timeout=PATIENCE)
    LIBC.semctl(meanwhile, 0, IPC_RMID)
    assert json.loads(facts)["verdict"] == "ended"
    assert json.loads(facts)["leftovers"]["semaphores"] == 0


def test_a_key_that_was_in_use_is_told_with_its_owner(root: list[str]) -> None:
    key = 1_804_289_383
    stranger = " ".join(["setpriv", "--reuid=64322", "--clear-groups"])
    stranger = f'{stranger} {" ".join(program("segment_left", key, 64))}'
    script = f'{stranger} && exec {WITNESS} --uid {UID} -- {" ".join(program("segment_left", key))}'
    done = subprocess.run([*root, "sh", "-c", script], capture_output=True, check=True)
    run = Observed(json.loads(done.stdout))
    assert not run.calls("shmget", ok=True)
    segment = run.segment()
    assert (segment["key"], segment["owner"]) == (key, 64322)
    assert segment["preexisting"] and segment["foreign"] and segment["left"]
    assert run["leftovers"]["segments"] == []


@pytest.mark.parametrize("how", ["pipe", "semaphore"])
def test_that_nobody_can_go_on_is_seen(root: list[str], how: str) -> None:
    assert watch(program("deadlock", how), *as_user(), prefix=root)["verdict"] == "deadlock"


def test_the_deadline_holds(root: list[str]) -> None:
    run = watch(program("stubborn", "daemon"), *as_user("--limit", "wall-ms=200"), prefix=root)
    assert run["verdict"] == "wall-time"
    assert len(run.processes) == 3


def test_the_memory_of_witness_cannot_be_opened(root: list[str]) -> None:
    assert watch(program("refused", "parent-memory"), *as_user(), prefix=root).stdout == "EACCES\n"


def test_after_a_kill_the_next_start_removes_the_segments_of_that_user(
    root: list[str], open_folder: Path
) -> None:
    running = start(open_folder, "--uid", str(UID), prefix=root[len(alone()) :])
    running.witness.kill()
    running.witness.wait(PATIENCE)
    running.wait_until_gone()
    watch(program("copies"), *as_user(), prefix=root[len(alone()) :])
    assert running.segment not in ids_on_this_machine()


def test_only_root_can_ask_for_it() -> None:
    done = witness(["--uid", UID, "--", "true"], prefix=sandbox())
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"witness: --uid {UID}: ") and done.stderr.count("\n") == 1
