"""Does this machine grant what a run needs? Found before anything is graded, where it is certain.

What a process may have is bounded by the limits of its user (getrlimit(2)), by the cgroup that it
is in and, where runs share the machine's segments, by the kernel's settings for these. A soft limit
that is too low is raised; a hard one is told with what raises it.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.base.bounds import most_in_group, raise_soft_limit
from grader.sandbox.starting import Full

SYSTEM = Path("/proc/sys/kernel")
PROCESSES = 110  # the 100 of a run, and those that start and watch it
OPEN_FILES = 64
MEMORY = 256 << 20
ADDRESSES = 2 << 30  # valgrind's: it maps more than it uses
FILE_SIZE = 16 << 20
SEGMENTS = 500
SEGMENT_BYTES = 64 << 20
UNLIMITED = resource.RLIM_INFINITY


class Cramped(Full):
    """This machine grants less than a run needs, on whatever level."""


@dataclass(frozen=True)
class Need:
    """A limit of this user: how much a run needs of it, and how a shell names and counts it."""

    limit: int
    least: int
    what: str
    ulimit: str
    unit: int = 1


NEEDS = (
    Need(resource.RLIMIT_NPROC, PROCESSES, "processes at a time", "-u"),
    Need(resource.RLIMIT_NOFILE, OPEN_FILES, "open files", "-n"),
    Need(resource.RLIMIT_AS, ADDRESSES, "KB of address space", "-v", 1024),
    Need(resource.RLIMIT_DATA, MEMORY, "KB of memory", "-d", 1024),
    Need(resource.RLIMIT_FSIZE, FILE_SIZE, "KB in a file", "-f", 1024),
)


def make_room() -> None:
    """Raise the soft limits of this process, and so of all that it starts, where they are low; root
    may raise hard ones.
    """
    for need in NEEDS:
        soft, hard = resource.getrlimit(need.limit)
        if _is_below(hard, need.least):
            most = UNLIMITED if need.limit == resource.RLIMIT_NPROC else need.least
            with suppress(ValueError, OSError):
                resource.setrlimit(need.limit, (most, most))
        elif _is_below(soft, need.least):
            resource.setrlimit(need.limit, (hard, hard))
    raise_soft_limit()


def demand_room() -> None:
    """Raise Cramped where no run can have what it may need."""
    make_room()
    for refusal in refusals([resource.getrlimit(n.limit)[1] for n in NEEDS], most_in_group()):
        raise Cramped(refusal)


def refusals(hard: Sequence[int], in_group: int | None) -> Iterator[str]:
    """What is too low, one line each, from the hard limits of NEEDS."""
    for need, granted in zip(NEEDS, hard):
        if _is_below(granted, need.least):
            has, least = granted // need.unit, need.least // need.unit
            yield (
                f"this user may have {has} {need.what}, and a run needs {least}:"
                f" raise the hard limit (ulimit {need.ulimit} {least})"
            )
    if in_group is not None and in_group < PROCESSES:
        yield (
            f"this container or cgroup may have {in_group} processes at a time, and a run needs"
            f" {PROCESSES}: raise its pids.max (docker run --pids-limit)"
        )


def demand_segments() -> None:
    """Raise Cramped where this machine's settings for segments are lower than what a run may have:
    for levels on which all programs share them.
    """
    values = {name: _setting(name) for name in ("shmmni", "shmmax", "shmall")}
    for refusal in segment_refusals(values, resource.getpagesize()):
        raise Cramped(refusal)


def segment_refusals(settings: dict[str, int | None], page: int) -> Iterator[str]:
    """What is too low, one line each."""
    for name, least in (
        ("shmmni", SEGMENTS),
        ("shmmax", SEGMENT_BYTES),
        ("shmall", SEGMENT_BYTES // page),
    ):
        value = settings[name]
        if value is not None and value < least:
            yield (
                f"kernel.{name} is {value}, and a run needs {least}:"
                f" sysctl -w kernel.{name}={least}"
            )


def _setting(name: str) -> int | None:
    try:
        return int((SYSTEM / name).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _is_below(limit: int, least: int) -> bool:
    return limit != UNLIMITED and limit < least
