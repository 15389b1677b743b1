"""A machine that grants less than a run needs is told so before anything is graded."""

from __future__ import annotations

import resource
import subprocess
from pathlib import Path

import pytest

from grader.base.bounds import lowest_bound
from grader.sandbox import room
from tests.harness.conftest import KIT

PLENTY = [resource.RLIM_INFINITY] * len(room.NEEDS)


def with_limit(limit: int, value: int) -> list[int]:
    return [value if need.limit == limit else resource.RLIM_INFINITY for need in room.NEEDS]


@pytest.mark.parametrize(
    "limit, value, said",
    [
        (
            resource.RLIMIT_NPROC,
            40,
            "this user may have 40 processes at a time, and a run needs 110: raise the hard limit"
            " (ulimit -u 110)",
        ),
        (resource.RLIMIT_NOFILE, 32, "32 open files, and a run needs 64"),
        (resource.RLIMIT_AS, 1 << 30, "1048576 KB of address space, and a run needs 2097152"),
        (resource.RLIMIT_DATA, 1 << 20, "(ulimit -d 262144)"),
        (resource.RLIMIT_FSIZE, 0, "this user may have 0 KB in a file"),
    ],
)
def test_each_hard_limit_that_is_too_low_has_its_line(limit: int, value: int, said: str) -> None:
    (line,) = room.refusals(with_limit(limit, value), None)
    assert said in line and "\n" not in line


def test_enough_is_enough() -> None:
    assert not list(room.refusals(PLENTY, None))
    assert not list(room.refusals([need.least for need in room.NEEDS], room.PROCESSES))


def test_a_container_may_grant_too_few_processes() -> None:
    (line,) = room.refusals(PLENTY, 50)
    assert "may have 50 processes" in line and "--pids-limit" in line


@pytest.mark.parametrize("name", ["shmmni", "shmmax", "shmall"])
def test_each_setting_for_segments_that_is_too_low_has_its_line(name: str) -> None:
    settings: dict[str, int | None] = dict.fromkeys(("shmmni", "shmmax", "shmall"), 1 << 40)
    assert not list(room.segment_refusals(settings, 4096))
    (line,) = room.segment_refusals({**settings, name: 3}, 4096)
    assert line.startswith(f"kernel.{name} is 3,") and f"sysctl -w kernel.{name}=" in line
    assert not list(room.segment_refusals({**settings, name: None}, 4096))


@pytest.mark.parametrize(
    "own, bounds, lowest",
    [
        ("0::/user/me\n", {"user/pids.max": "77", "user/me/pids.max": "max"}, 77),
        ("0::/user/me\n", {"user/pids.max": "77", "user/me/pids.max": "5\n"}, 5),
        ("0::/\n", {"pids.max": "9"}, 9),
        ("0::/\n", {}, None),
        ("4:pids:/a\n3:memory:/b\n0::/\n", {"pids/a/pids.max": "8", "memory/b/pids.max": "1"}, 8),
        ("0::/../../elsewhere\n", {"pids.max": "12"}, 12),
    ],
)
def test_the_lowest_bound_of_the_cgroups_around(
    own: str, bounds: dict[str, str], lowest: int | None, tmp_path: Path
) -> None:
    for path, value in bounds.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(value, encoding="ascii")
    assert lowest_bound(own, tmp_path) == lowest


# In a process of its own: limits are for all that follows.
MAKE_ROOM = """
import resource, sys
from grader.sandbox import room
soft, hard = int(sys.argv[1]), int(sys.argv[2])
for limit in (resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE):
    resource.setrlimit(limit, (soft, hard))
room.make_room()
print(resource.getrlimit(resource.RLIMIT_NPROC), resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def made(soft: int, hard: int) -> str:
    command = ["/usr/bin/python3", "-c", MAKE_ROOM, str(soft), str(hard)]
    return subprocess.check_output(command, cwd=KIT, text=True).strip()


def test_soft_limits_are_raised() -> None:
    assert made(20, 400) == "(400, 400) (400, 400)"
    assert made(100, 400) == "(400, 400) (100, 400)"
