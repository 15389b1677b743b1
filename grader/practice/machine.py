"""The student's machine: witness, an IPC namespace of its own, and how a run is made."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.base import console
from grader.base.bounds import most_in_group, raise_soft_limit
from grader.base.noexec import mounted_noexec, remount
from grader.facts.command import Command, series_text
from grader.facts.from_json import read_run
from grader.facts.records import FactsError, Run
from grader.facts.shortage import machines_want
from grader.grading import pace
from grader.practice.exercises import KIT, Problem

if TYPE_CHECKING:
    from grader.grading.valgrind import Memory

WITNESS = KIT / "build" / "witness"
RULES = Path("grader/witness/build.mk")
MAKES = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")  # what an outer make passes to an inner one
CLONE_NEWIPC, CLONE_NEWUSER = 0x08000000, 0x10000000
REFUSED = 3  # witness's exit status if the machine does not allow what it needs
CPU, CPU_MS = "cpu-ms", 1000
SEGMENTS = Path("/proc/sysvipc/shm")
ATTEMPTS = 2
FIRST_BUILD = "Building witness, which watches your programs. Only once; it takes a moment."


def enter_own_world() -> bool:
    """Move to an IPC namespace without any segments; False if the system forbids it.

    Then no check meets a segment of another program, or one that was left behind, and a check
    leaves nothing on the machine.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    raise_soft_limit()
    if os.geteuid() == 0 and libc.unshare(CLONE_NEWIPC) == 0:
        return True
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWIPC) != 0:
        return False
    try:
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="ascii")
    except OSError:
        pass  # the ids show as nobody's; files stay the user's own
    return True


def keys_in_use() -> set[int]:
    """The keys of all segments that this process can see."""
    try:
        lines = SEGMENTS.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return set()
    return {int(line.split()[0]) for line in lines if line.split()}


def build_witness() -> None:
    """Build witness if it is missing or older than its sources."""
    sources = list((KIT / RULES).parent.glob("*.[ch]"))
    if WITNESS.is_file():
        built = WITNESS.stat().st_mtime
        if all(source.stat().st_mtime <= built for source in sources):
            return
    else:
        console.write(f"{FIRST_BUILD}\n")
    jobs = len(os.sched_getaffinity(0))
    done = subprocess.run(
        ["make", "-s", "-j", str(jobs), "-f", str(RULES), "build/witness"],
        cwd=KIT,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Problem(f"witness cannot be built: {said[0] if said else 'make printed nothing'}")


def clean_environment() -> dict[str, str]:
    """The environment without what an outer make passes to an inner one."""
    return {n: v for n, v in os.environ.items() if n not in MAKES}


def _is_too_large(run: Run) -> bool:
    """A program that exceeds its memory limit is not the machine's fault."""
    return any(call.name == "exec" and call.error == "ENOMEM" for call in run.all_calls)


def _how(status: int) -> str:
    return f"status {status}" if status >= 0 else f"signal {-status}"


def _impatient(command: Command) -> Command:
    """A lower CPU limit: students should hear soon that a program loops; others need less."""
    if any(name == CPU for name, _ in command.limits):
        return command
    return replace(command, limits=(*command.limits, (CPU, CPU_MS)))


class Want(Problem):
    """The machine had too little of something, which says nothing about the program."""


class Machine:
    """Runs commands of one program in a folder under witness (see Submission)."""

    def __init__(self, program: Path, folder: Path) -> None:
        self._program = program
        self._folder = folder

    def run(self, commands: Sequence[Command]) -> list[Run]:
        """The facts of each command; one after the other, in one series of witness. Repeated once
        if the machine had too little of something.
        """
        want = None
        for _ in range(ATTEMPTS):
            runs = self._unhurried(commands)
            wants = [machines_want(run, most_in_group()) for run in runs]
            want = next(filter(None, wants), None)
            if want is None:
                return runs
        raise Want(f"this machine cannot check it: {want}")

    def explore(self, asked: Command) -> list[Run]:
        """The facts of each order of its processes."""
        return self._series([asked], self._program)

    def _unhurried(self, commands: Sequence[Command]) -> list[Run]:
        """The facts of each command; on a slow machine with more time."""
        runs = self._series([_impatient(command) for command in commands], self._program)
        given = 1.0
        while pace.met_a_limit_of_time(runs):
            slower = pace.pace_of(self._series([pace.NOTHING] * pace.TIMES, WITNESS))
            if slower < given * pace.SLOW:
                break
            if slower > pace.MOST:
                raise Want(f"this machine cannot check it: {pace.told(slower)}")
            given = slower
            runs = self._series([pace.stretched(each, given) for each in commands], self._program)
        return runs

    def _series(self, commands: Sequence[Command], program: Path) -> list[Run]:
        lines = [command.words(str(program)) for command in commands]
        done = subprocess.run(
            [str(WITNESS), "--series", "-"],
            input=series_text(lines).encode("ascii"),
            cwd=self._folder,
            capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            reason = said[-1].removeprefix("witness: ") if said else ""
            if done.returncode == REFUSED and reason:
                raise Problem(f"this machine cannot check programs: {reason}")
            raise Problem(
                f"witness ended with {_how(done.returncode)}" + f": {reason}" * bool(reason)
            )
        try:
            runs = [read_run(json.loads(line)) for line in done.stdout.splitlines()]
        except (ValueError, KeyError, TypeError, FactsError) as error:
            raise Problem(f"witness's facts cannot be read: {error}") from error
        for run in runs:
            if run.verdict == "fault" and not _is_too_large(run):  # not the program's doing
                raise Problem(f"this machine cannot check programs: {run.detail}{self._why()}")
        return runs

    def _why(self) -> str:
        mount = mounted_noexec(self._program.parent)
        if mount is None:
            return ""
        return f": {mount} is mounted noexec: move your folder elsewhere, or: {remount(mount)}"

    def prefetch(self, commands: Sequence[Command]) -> list[Run]:
        """Nothing: the next run would find what one leaves in the student's folder."""
        return []

    def memory(self, commands: Sequence[Command]) -> Memory:
        """Public checks don't run valgrind: the page says how to do that by hand."""
        raise Problem("submission.valgrind() isn't available here; run valgrind ./PROGRAM")
