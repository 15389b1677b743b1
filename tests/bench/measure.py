"""Timing of commands, side by side: rounds go through all variants in turn, so that what else the
machine does falls on all of them alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
LESSON = "fork,vfork,clone,clone3,execve,wait4,waitid,exit_group,kill,write,writev"
SHARED_MEMORY = "shmget,shmat,shmdt,shmctl"
ENVIRONMENT = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
STRACE = ["strace", "-f", "--seccomp-bpf", "--quiet=all", "-o", "/dev/null"]
STRACE += ["-e", f"trace={LESSON},{SHARED_MEMORY}"]


def milliseconds(command: Sequence[str]) -> float:
    """How long a command takes from its start to its reaping; it must succeed."""
    silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    began = time.perf_counter()
    pid = os.posix_spawnp(command[0], list(command), ENVIRONMENT, file_actions=silent)
    _, status = os.waitpid(pid, 0)
    taken = time.perf_counter() - began
    if status != 0:
        raise SystemExit(f"bench: ended with status {status}: {' '.join(command)}")
    return taken * 1000


def medians(variants: Mapping[str, Sequence[str]], rounds: int) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds + 1):
        for name, command in variants.items():
            taken[name].append(milliseconds(command))
    return {name: statistics.median(times[1:]) for name, times in taken.items()}  # 0 warmed up


def peak_memory_kb(command: Sequence[str]) -> int:
    """The most memory that the command, or any process of it, had at once."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
    if status != 0:
        raise SystemExit(f"bench: ended with status {status}: {' '.join(command)}")
    return usage.ru_maxrss
