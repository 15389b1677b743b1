"""Ways round a tracer: closed, or said aloud."""

from __future__ import annotations

import platform

import pytest

from tests.witness.observed import program, watch

REFUSED = [
    "prctl-seccomp",
    "seccomp",
    "traceme",
    "seize-parent",
    "unshare",
    "setns",
    "io_uring",
    "read-parent",
    "write-parent",
    "steal-descriptor",
    "clone-untraced",
    "clone-parent",
    "clone-namespace",
]
if platform.machine() == "x86_64":
    REFUSED += ["i386", "x32"]


@pytest.mark.parametrize("way", REFUSED)
def test_a_way_round_is_refused_and_told(way: str) -> None:
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


@pytest.mark.parametrize("way", ["seccomp", "i386", "io_uring", "unshare"])
def test_a_way_round_is_refused_without_tracing_too(way: str) -> None:
    if way == "i386" and platform.machine() != "x86_64":
        pytest.skip("int 0x80 is x86's own")
    run = watch(program("refused", way), "--untraced")
    assert run.stdout in ("EPERM\n", "ENOSYS\n", "")
