"""The command `grader/doctor`: what this machine offers to the grader, what is missing, and the
command that mends it.

Exit status: 0 a level that is chosen by itself holds, 2 bad input, 3 none does.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader import needs
from grader.machine import missing_to_grade, witness_file
from grader.sandbox import LEVELS, MEGABYTE, Held, Unavailable, cgroup, ladder, probe

HEALTHY, BAD_INPUT, ILL = 0, 2, 3
WIDTH = 12
SYSTEM = Path("/proc/sys")

# Settings of the kernel that forbid a level: the file, the value that forbids, what, what mends it.
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
        "user namespaces are for root only",
        "sysctl -w kernel.unprivileged_userns_clone=1",
    ),
    (
        "user/max_user_namespaces",
        "0",
        "no user namespace may be made",
        "sysctl -w user.max_user_namespaces=15000",
    ),
    (
        "kernel/yama/ptrace_scope",
        "3",
        "no process may trace another one until the next start of the system",
        "remove kernel.yama.ptrace_scope=3 from /etc/sysctl.d, and start the system anew",
    ),
    (
        "kernel/yama/ptrace_scope",
        "2",
        "only root may trace",
        "sysctl -w kernel.yama.ptrace_scope=1",
    ),
)
CONTAINER_FILES = ("/.dockerenv", "/run/.containerenv")


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's: what was looked at, what was seen, what mends it."""

    name: str
    seen: str
    mend: str = ""
    bad: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    words = sys.argv[1:] if arguments is None else arguments
    if words:
        print("usage: grader/doctor", file=sys.stderr)
        return HEALTHY if list(words) == ["--help"] else BAD_INPUT
    needed = list(_needed())
    if any(finding.bad for finding in needed):
        _print(needed)
        print("This machine cannot grade yet: see → above.")
        return ILL
    levels = [_level(level) for level in LEVELS]
    best = levels[0]
    _print([*needed, *levels, _sums(), *(_settings() if best.bad else ())])
    holding = [finding.name for finding in levels if not finding.bad]
    chosen = next((name for name in holding if name in ladder.AUTOMATIC), None)
    if chosen:
        print(f"This machine grades at level {chosen}.")
    elif holding:
        print(f"This machine grades only where less is asked for: --isolation {holding[0]}")
    else:
        print("This machine cannot grade yet: see → above.")
    return HEALTHY if chosen else ILL


def _needed() -> Iterator[Finding]:
    """The programs and modules, and the witness."""
    missing = missing_to_grade()
    if missing:
        seen = f"{needs.names(missing)} missing"
        yield Finding("packages", seen, needs.advice(missing), bad=True)
        return
    yield Finding("packages", needs.names(needs.table().needed("grade")))
    try:
        yield Finding("witness", os.path.relpath(witness_file()))
    except Unavailable as problem:
        yield Finding("witness", str(problem), "make witness", bad=True)


def _level(level: str) -> Finding:
    """Found by trying, as a grade does."""
    witness = Held(witness_file().read_bytes(), "witness")
    try:
        with ladder.start(level, witness, ladder.KIT_SECRETS) as job:
            probe.judge(job.finish())
    except Unavailable as problem:
        seen, mend = _split(str(problem))
        return Finding(level, seen, mend, bad=True)
    asked = "" if level in ladder.AUTOMATIC else " (only where --isolation asks for it)"
    return Finding(level, f"holds{asked}")


def _sums() -> Finding:
    """What bounds the processes of a run together."""
    if cgroup.hierarchies():
        memory = f"{cgroup.MEMORY // MEGABYTE} MB and {cgroup.PROCESSES} processes for a run in sum"
        return Finding("sums", f"{memory}, by a cgroup")
    return Finding("sums", f"no cgroup can be made ({cgroup.refusal()}): limits of each process")


def _split(problem: str) -> tuple[str, str]:
    """What was seen, and the advice that stands behind it."""
    for mark in (" (allow ", " (in a container", ": chmod ", ": apt-get "):
        seen, found, advice = problem.partition(mark)
        if found:
            return seen, (found.strip(" (:") + " " + advice).removesuffix(")")
    return problem, ""


def _settings() -> Iterator[Finding]:
    """What the system says of itself that explains a refusal."""
    sudo = "" if os.geteuid() == 0 else "sudo "
    for name, value, what, mend in SETTINGS:
        try:
            said = (SYSTEM / name).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if said == value:
            command = f"{sudo}{mend}" if mend.startswith("sysctl") else mend
            yield Finding("setting", f"{what}: {name} = {value}", command)
    if any(Path(name).exists() for name in CONTAINER_FILES):
        yield Finding(
            "container",
            "a container's own rules may forbid namespaces or ptrace",
            f"{probe.IN_A_CONTAINER}; for ptrace: --cap-add SYS_PTRACE",
        )


def _print(findings: Sequence[Finding]) -> None:
    for finding in findings:
        print(f"{finding.name:{WIDTH}} {finding.seen}")
        if finding.mend:
            print(f"{'':{WIDTH}} → {finding.mend}")
