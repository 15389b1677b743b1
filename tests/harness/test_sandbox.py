"""What a program in the sandbox sees, and that it ends when it should."""

import os
from pathlib import Path

import pytest

from grader import sandbox
from grader.sandbox import Ended, Held, Placed, Unavailable, ladder, probe, start
from tests.harness.conftest import KIT
from tests.patience import patient


def inside(
    script: str, *files: Placed, deadline: float = patient(20), out_limit: int = 10000
) -> Ended:
    command = ["/bin/sh", "-c", script]
    with start(command, files, deadline=deadline, out_limit=out_limit) as job:
        return job.finish()


def seen(script: str, *files: Placed) -> str:
    return inside(script, *files).out.decode()


def test_a_placed_file_is_there_with_its_mode_and_can_be_placed_again() -> None:
    file = Placed("/program/tally", Held(b"content"), 0o555)
    for _ in range(2):
        assert seen("cat /program/tally; stat -c ' %a' /program/tally", file) == "content 555\n"


def test_status_output_and_errors_come_back() -> None:
    ended = inside("echo out; echo err >&2; exit 7")
    assert (ended.status, ended.out, ended.err) == (7, b"out\n", b"err\n")
    assert not ended.late and not ended.flooded


def test_the_environment_is_empty_but_for_three() -> None:
    names = {line.partition("=")[0] for line in seen("env").splitlines()}
    assert names - {"PWD", "SHLVL", "_"} == {"PATH", "HOME", "LANG"}


@pytest.mark.parametrize("path", [KIT, Path("/etc/passwd"), Path("/etc/shadow")])
def test_a_file_of_the_host_is_not_there(path: Path) -> None:
    assert seen(f"test -e {path} || echo absent") == "absent\n"


def test_the_usual_places_are_there_and_empty() -> None:
    assert seen("ls -A /root /home /var /opt | grep -v :").split() == ["tmp"]
    assert seen("cat /etc/group /etc/hosts /etc/hostname") == ""


def test_a_student_s_program_knows_its_user_and_nobody_else() -> None:
    command = ["/bin/sh", "-c", "id -un; wc -l < /etc/passwd"]
    with start(command, [], runs_student=True, deadline=patient(30)) as job:
        assert job.finish().out == b"student\n1\n"


@pytest.mark.parametrize("path", ["/x", "/usr/bin/x", "/program/x", "/dev/x", "/etc/x", "/proc/x"])
def test_the_system_cannot_be_written(path: str) -> None:
    program = Placed("/program/tally", Held(b""), 0o555)
    assert seen(f"touch {path} 2>/dev/null || echo refused", program) == "refused\n"


@pytest.mark.parametrize("path", [".", "/tmp", "/dev/shm"])
def test_the_working_folders_can_be_written_up_to_a_size(path: str) -> None:
    fill = f"head -c 100M /dev/zero 2>/dev/null > {path}/x; stat -c %s {path}/x"
    assert 0 < int(seen(fill)) <= sandbox.TMP_SIZE


def test_settings_of_the_kernel_cannot_be_written() -> None:
    assert seen("echo 1 2>/dev/null > /proc/sys/kernel/shm_rmid_forced || echo refused") == (
        "refused\n"
    )


def test_there_is_no_network_and_no_other_process() -> None:
    assert seen("cat /proc/net/dev | tail -n +3 | grep -v lo: | wc -l") == "0\n"
    assert seen("ls -d /proc/[0-9]* | wc -l") in ("1\n", "2\n", "3\n")


def test_no_descriptor_of_the_grader_is_open() -> None:
    file = Placed("/program/tally", Held(b"content"))
    assert set(seen("ls /proc/self/fd", file).split()) <= {"0", "1", "2", "3"}


def test_root_of_the_host_is_nobody_inside() -> None:
    assert seen("id -u") != "0\n"
    assert seen("grep CapEff /proc/self/status").split()[1] == "0" * 16


def test_a_job_that_does_not_end_is_ended_at_its_deadline() -> None:
    ended = inside("echo begun; (setsid sleep 600 &) ; exec sleep 600", deadline=patient(0.3))
    assert ended.late and ended.out == b"begun\n"


def test_a_flood_is_cut() -> None:
    ended = inside("exec cat /dev/zero", out_limit=1000)
    assert ended.flooded and len(ended.out) == 1000


def test_leaving_the_block_ends_the_job() -> None:
    with start(["/bin/sleep", "600"], [], deadline=600) as job:
        pass
    assert job.running is not None and job.running.wait() < 0


def test_a_held_file_is_read_from_its_beginning_each_time() -> None:
    held = Held(b"x" * 100_000)
    for _ in range(2):
        descriptor = held.open()
        with open(descriptor, "rb") as stream:
            assert stream.read() == b"x" * 100_000


def test_the_probe_holds_on_this_machine() -> None:
    witness = Held((KIT / "build" / "witness").read_bytes())
    with ladder.start(sandbox.NAMESPACES, witness, []) as job:
        probe.judge(job.finish())


@pytest.mark.parametrize(
    ("ended", "told"),
    [
        (
            Ended(3, b"", b"witness: cannot trace: the container forbids ptrace\n", False, False),
            "ptrace",
        ),
        (
            Ended(1, b"", b"bwrap: No permissions to create new namespace\n", False, False),
            "namespace",
        ),
        (
            Ended(
                0, b'{"verdict":"ended","detail":"","stdout":{"text":"mode 0"}}', b"", False, False
            ),
            "is cut off",
        ),
        (Ended(-9, b"", b"", True, False), "30 s"),
    ],
)
def test_a_sandbox_that_does_not_hold_is_not_used(ended: Ended, told: str) -> None:
    with pytest.raises(Unavailable, match=told):
        probe.judge(ended)


def test_a_refused_namespace_comes_with_what_to_allow() -> None:
    refused = b"bwrap: Creating new namespace failed: Operation not permitted\n"
    with pytest.raises(Unavailable, match="allow user namespaces"):
        probe.judge(Ended(1, b"", refused, False, False))


def test_nothing_lies_on_the_disk_while_a_sandbox_runs(tmp_path: Path) -> None:
    before = set(os.listdir("/tmp"))
    with start(["/bin/sleep", "600"], [Placed("/program/x", Held(b"x"))], deadline=600):
        new = {name for name in set(os.listdir("/tmp")) - before if "bwrap" in name.lower()}
    assert new == set()
