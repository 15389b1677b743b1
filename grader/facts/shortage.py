"""Whose is it when a call fails for want of processes, memory, segments or files?

What the grader made fail is not looked at here. What a run used up itself, by the limits that each
run has, or by limits that it set itself, is its own doing. All else is the machine's: nothing can
be said of the program then, and one line says what to raise. Only facts of witness count: a program
that prints "EAGAIN" proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from grader.facts.records import Granted, Run, Shortage

# Who met one of these has used up something by itself, whatever failed before.
USED_UP = ("processes", "memory", "segments", "output", "file-size", "open-files", "events")
MEGABYTE = 1 << 20


def machines_want(run: Run, most_in_group: int | None = None) -> str | None:
    """What this machine had too little of for the run, and what to raise; None where nothing was
    missing or the run itself had used it up. `most_in_group` is how many processes the cgroup of
    the grader may have.
    """
    if run.verdict in USED_UP:
        return None
    for shortage in run.shortages:
        if not is_own_doing(shortage, run):
            return _told(shortage, run, most_in_group)
    return None


def is_own_doing(shortage: Shortage, run: Run) -> bool:
    """Do the limits of a run explain it, or what the program did?"""
    if shortage.own_limits or shortage.own_arguments:
        return True
    if shortage.error == "EAGAIN":
        return shortage.tasks >= run.limits.processes
    if shortage.error == "ENOMEM":
        together = shortage.private_memory + shortage.segment_bytes
        mapped = shortage.address_space if shortage.call == "shmat" else 0
        return max(together, mapped) + shortage.size > run.limits.memory
    return False


def limit_of_processes(
    granted: Granted, machine: Mapping[str, int], most_in_group: int | None
) -> str:
    """The lowest of the limits is the one that was met."""
    limits: list[tuple[int | None, str]] = [
        (granted.processes, "ulimit -u"),
        (most_in_group, "the pids.max of the container or cgroup"),
        (machine.get("pid_max"), "kernel.pid_max"),
        (machine.get("threads_max"), "kernel.threads-max"),
    ]
    known = [(value, name) for value, name in limits if value is not None]
    if not known:
        return "the limit on processes"
    value, name = min(known)
    return f"{name} ({value} now), or end some processes"


def _told(shortage: Shortage, run: Run, most_in_group: int | None) -> str:
    machine, granted = run.machine, shortage.granted
    failed = f"{shortage.call} failed ({shortage.error}) for want of"
    match shortage.error:
        case "EAGAIN":
            may = run.limits.processes
            raised = limit_of_processes(granted, machine, most_in_group)
            had = f"the program had {shortage.tasks} of the {may} that it may have"
            return f"{failed} processes: {had}; raise {raised}"
        case "EMFILE":
            most = granted.open_files
            return (
                f"this machine grants a program {most} open files, and it may have"
                f" {run.limits.open_files}: raise ulimit -n ({most} now)"
            )
        case "ENFILE":
            return f"{failed} open files on this machine: raise {_now(machine, 'fs.file-max')}"
        case "ENOSPC":
            had = f"{shortage.segments} segment{'' if shortage.segments == 1 else 's'}"
            return (
                f"{failed} segments: the program had {had}; raise {_now(machine, 'kernel.shmmni')}"
                f" or {_now(machine, 'kernel.shmall')}, or remove segments that nobody needs"
                " (ipcs -m lists them)"
            )
        case "EINVAL":
            return (
                f"shmget failed (EINVAL): {shortage.size} bytes are more than this machine grants a"
                f" segment; raise {_now(machine, 'kernel.shmmax')}"
            )
    return f"{failed} memory: {_of_memory(shortage, machine)}"


def _of_memory(shortage: Shortage, machine: Mapping[str, int]) -> str:
    reasons = list(_bounds_of_memory(shortage))
    if reasons:
        return f"raise {reasons[0]}"
    if machine.get("overcommit_memory") == 2:
        return "this machine has promised all that it has; set vm.overcommit_memory=0 (2 now)"
    if "available_kb" in machine:
        return f"{machine['available_kb'] // 1024} MB are free on this machine; give it more"
    return "give this machine more"


def _bounds_of_memory(shortage: Shortage) -> Iterator[str]:
    """The limits that the call would have passed."""
    granted = shortage.granted
    for most, had, name in (
        (granted.address_space, shortage.address_space, "ulimit -v"),
        (granted.private_memory, shortage.private_memory, "ulimit -d"),
    ):
        if most is not None and had + shortage.size > most:
            yield f"{name} ({most // 1024} now)"


def _now(machine: Mapping[str, int], setting: str) -> str:
    """A setting of the kernel with its value."""
    value = machine.get(setting.rpartition(".")[2].replace("-", "_"))
    return setting if value is None else f"{setting} ({value} now)"
