"""Ways round a tracer: closed, or said aloud."""

from __future__ import annotations

import platform
import signal
import subprocess

import pytest

from tests.witness.observed import program, watch

REFUSED = [
    "prctl-seccomp",
    "prctl-seccomp-wide",
    "seccomp",
    "traceme",
    "seize-parent",
    "unshare",
    "setns",
    "io_uring",
    "io_setup",
    "read-parent",
    "write-parent",
    "steal-descriptor",
    "clone-untraced",
    "clone-parent",
    "clone-namespace",
    "signal-parent",
    "signal-parent-by-tgkill",
    "signal-parent-by-tkill",
    "signal-parent-by-queue",
    "signal-parent-by-descriptor",
    "signal-everyone",
    "signal-parents-group",
    "limit-parent",
    "slow-parent",
    "slow-user",
    "idle-parent",
    "pin-parent",
    "own-parent",
    "own-parent-by-structure",
    "own-parent-by-ioctl",
]
if platform.machine() == "x86_64":
    REFUSED += ["i386", "x32"]


def has_32_bit_calls() -> bool:
    """A kernel may be built without them, or be started with ia32_emulation=0."""
    return subprocess.run(program("refused", "i386"), check=False).returncode != -signal.SIGSEGV


@pytest.mark.parametrize("way", REFUSED)
def test_a_way_round_is_refused_and_told(way: str) -> None:
    if way == "i386" and not has_32_bit_calls():
        pytest.skip("this kernel has no 32-bit calls: int $0x80 is a fault of the program")
    run = watch(program("refused", way))
    assert run.stdout in ("EPERM\n", "ENOSYS\n")
    assert len(run.processes) == 1
    assert [each["process"] for each in run.events("call", refused=True)] == [1]
    assert run["verdict"] == "ended"


def test_an_undumpable_program_is_seen_all_the_same() -> None:
    run = watch(program("undumpable"))
    assert run.lines() == [(1, "prctl: 0"), (2, "child")]
    assert run.process(2)["reaped_by"] == 1
    assert run["trusted"]


@pytest.mark.parametrize("way", ["seccomp", "i386", "io_uring", "io_setup", "unshare"])
def test_a_way_round_is_refused_without_tracing_too(way: str) -> None:
    if way == "i386" and platform.machine() != "x86_64":
        pytest.skip("int 0x80 is x86's own")
    run = watch(program("refused", way), "--untraced")
    assert run.stdout in ("EPERM\n", "ENOSYS\n", "")


@pytest.mark.parametrize(
    ("whom", "answer", "target", "signal"),
    [
        ("child", "0", 2, 10),
        ("self", "0", 1, 0),
        ("group", "0", None, 10),
        ("child-group", "0", None, 10),
        ("zombie", "0", 2, 10),
        ("gone", "ESRCH", 2, 10),
        ("descriptor", "0", 2, 10),
    ],
)
def test_a_run_signals_its_own_processes(
    whom: str, answer: str, target: int | None, signal: int
) -> None:
    run = watch(program("signals", whom))
    sent = run.calls("kill")[0]
    assert run.stdout == f"{answer}\n"
    assert (sent["target"], sent["signal"]) == (target, signal)
    assert run.calls("kill", refused=True) == []
    ends = {"self": 10, "zombie": 0, "gone": 0}
    assert run.process(2)["signal"] == ends.get(whom, 10)


def test_who_signals_a_stranger_is_told() -> None:
    (sent,) = watch(program("refused", "signal-parent")).calls("kill")
    assert (sent["error"], sent["target"], sent["signal"]) == ("EPERM", None, 15)
