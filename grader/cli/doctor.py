"""The command `grader/doctor`: what this machine offers to the grader, what is missing, and the
command that fixes it. It lists everything and stops at nothing.

Exit status: 0 it grades, 2 bad input, 3 it does not.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.base import console
from grader.base.kit import KIT
from grader.cli.exit_status import ended
from grader.cli.requirements import WITNESS, missing_to_grade
from grader.grading.intake import BadInput
from grader.practice import machine as practice
from grader.practice.exercises import Problem
from grader.sandbox import LEVELS, MEGABYTE, Held, Unavailable, advice, cgroup, ladder, probe
from grader.setup import needs

HEALTHY, ILL = 0, 3
WIDTH = 12
SYSTEM = Path("/proc/sys")
USAGE = "usage: grader/doctor"
INTERRUPTED = "interrupted"
PURPOSES = {
    "check": "a student's checks",
    "grade": "grading",
    "class": "grading a class",
    "test": "the tests of the kit",
}
TARGETS = {"check": "make check", "grade": "make grade", "class": "make batch", "test": "make test"}

# Settings of the kernel that forbid a level: the file, the value that forbids, what, what fixes it.
SETTINGS = (
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "AppArmor forbids user namespaces to ordinary programs (as on Ubuntu 24.04)",
        "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    (
        "kernel/unprivileged_userns_clone",
        "0",
        "only root may make user namespaces",
        "sysctl -w kernel.unprivileged_userns_clone=1",
    ),
    (
        "user/max_user_namespaces",
        "0",
        "nobody may make a user namespace",
        "sysctl -w user.max_user_namespaces=15000",
    ),
    (
        "kernel/yama/ptrace_scope",
        "3",
        "no process may trace another one until the machine restarts",
        "remove kernel.yama.ptrace_scope=3 from /etc/sysctl.d, and restart the machine",
    ),
    (
        "kernel/yama/ptrace_scope",
        "2",
        "only root may trace",
        "sysctl -w kernel.yama.ptrace_scope=1",
    ),
)

# Limits of this shell that a grade may run into: what, how much is enough, how to raise it.
LIMITS = (
    (resource.RLIMIT_NPROC, 512, "processes of this user", "ulimit -u 4096"),
    (resource.RLIMIT_NOFILE, 256, "open files", "ulimit -n 1024"),
    (resource.RLIMIT_FSIZE, 64 * MEGABYTE, "bytes in a file", "ulimit -f unlimited"),
    (resource.RLIMIT_AS, 1024 * MEGABYTE, "bytes of memory in a process", "ulimit -v unlimited"),
    (resource.RLIMIT_CPU, 600, "seconds of computing in a process", "ulimit -t unlimited"),
)


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's: what was looked at, what was seen, what fixes it."""

    name: str
    seen: str
    fix: str = ""
    bad: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    words = sys.argv[1:] if arguments is None else arguments
    return ended("doctor", lambda: _examined(list(words)), INTERRUPTED)


def _examined(words: Sequence[str]) -> int:
    if words == ["--help"]:
        console.write(f"{USAGE}\n")
        return HEALTHY
    if words:
        raise BadInput(USAGE)
    installed = [finding for purpose in PURPOSES for finding in _installed(purpose)]
    witness = _witness()
    levels = [] if witness.bad else [_level(level) for level in LEVELS]
    best_is_bad = not levels or levels[0].bad
    _print([*installed, witness, *levels, _sums(), *_limits()])
    _print(list(_settings()) if best_is_bad else [])
    holding = [finding.name for finding in levels if not finding.bad]
    chosen = next((name for name in holding if name in ladder.AUTOMATIC), None)
    lacking = {finding.name for finding in installed if finding.bad}
    # A student's checks need no level; the others want one that is chosen by itself.
    enough = {"check": bool(holding) or (not witness.bad and _watches())}
    works = [
        TARGETS[purpose]
        for purpose in PURPOSES
        if purpose not in lacking and enough.get(purpose, chosen is not None)
    ]
    console.write(f"Works here: {', '.join(works) or 'nothing yet'}\n")
    if missing_to_grade() or not holding:
        console.write("This machine cannot grade yet: see → above.\n")
    elif chosen:
        console.write(f"This machine grades at level {chosen}.\n")
        return HEALTHY
    else:
        console.write(f"This machine grades only with less isolation: --isolation {holding[0]}\n")
    return ILL


def _installed(purpose: str) -> Iterator[Finding]:
    """What a purpose needs: that it works, not only that it is there."""
    table = needs.table()
    missing = needs.broken(table.needed(purpose))
    if purpose == "grade":
        missing += [need for need in missing_to_grade() if need not in missing]
    if missing:
        seen = f"{PURPOSES[purpose]}: missing: {needs.names(missing)}"
        yield Finding(purpose, seen, needs.advice(missing), bad=True)
    else:
        yield Finding(purpose, f"{PURPOSES[purpose]}: everything is installed")
    for name in table.purposes[purpose].wished:
        absent = needs.absent(table.of(name))
        if absent:
            seen = f"without {needs.names(absent)}, left out: {table.groups[name].left_out}"
            yield Finding("", seen, needs.advice(absent))


def _witness() -> Finding:
    """The program that watches, built here where it is missing."""
    try:
        practice.build_witness()
    except (Problem, OSError) as problem:
        return Finding("witness", str(problem), "install what `check` needs, see above", bad=True)
    return Finding("witness", os.path.relpath(WITNESS))


def _level(level: str) -> Finding:
    """Found by trying, as `make grade` does, which grades starter into results."""
    witness = Held(WITNESS.read_bytes(), "witness")
    secrets = ladder.secrets_of(KIT / "starter", KIT / "results")
    try:
        with ladder.start(level, witness, secrets) as job:
            probe.judge(job.finish())
    except probe.Refused as problem:
        return Finding(level, problem.seen, problem.fix, bad=True)
    except Unavailable as problem:
        return Finding(level, str(problem), bad=True)
    asked = "" if level in ladder.AUTOMATIC else " (only where --isolation asks for it)"
    return Finding(level, f"holds{asked}")


def _watches() -> bool:
    """Can a program be watched here, by whoever asks?"""
    command = probe.command_without_secrecy(str(WITNESS))
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, timeout=probe.SECONDS, check=False
    )
    return done.returncode == 0


def _sums() -> Finding:
    """What bounds the processes of a run together."""
    if cgroup.hierarchies():
        memory = f"{cgroup.MEMORY // MEGABYTE} MB and {cgroup.PROCESSES} processes"
        return Finding("sums", f"a cgroup holds each run to {memory} in all")
    return Finding("sums", f"no cgroup can be made ({cgroup.refusal()}): each process has limits")


def _limits() -> Iterator[Finding]:
    """Limits of this shell that a grade may run into."""
    for limit, enough, what, fix in LIMITS:
        now = resource.getrlimit(limit)[0]
        if now != resource.RLIM_INFINITY and now < enough:
            yield Finding("limit", f"at most {now} {what}; a grade may need {enough}", fix)


def _settings() -> Iterator[Finding]:
    """What the system says of itself that explains a refusal."""
    sudo = "" if os.geteuid() == 0 else "sudo "
    for name, value, what, fix in SETTINGS:
        try:
            said = (SYSTEM / name).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if said == value:
            command = f"{sudo}{fix}" if fix.startswith("sysctl") else fix
            yield Finding("setting", f"{what}: {name} = {value}", command)
    if advice.is_container():
        yield Finding(
            "container",
            "the rules of a container may forbid namespaces or ptrace",
            f"{advice.CONTAINER_OPTIONS} {advice.ALL_OF_PROC}; for ptrace: --cap-add SYS_PTRACE",
        )


def _print(findings: Sequence[Finding]) -> None:
    for finding in findings:
        console.write(f"{finding.name:{WIDTH}} {finding.seen}\n")
        if finding.fix:
            console.write(f"{'':{WIDTH}} → {finding.fix}\n")
