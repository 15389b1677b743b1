"""Mistakes in the five functions of segment.c."""

from __future__ import annotations

from collections.abc import Iterator

from grader.diagnose.case import Case, Said
from grader.facts.records import IPC_CREAT, IPC_EXCL, Run
from grader.judge import codes
from grader.judge.driver import story
from grader.judge.evidence import NO_EVIDENCE


def runs_of(case: Case, command: str) -> Iterator[Run]:
    """The runs of one command of the driver."""
    return (run for run in case.plain if run.command[2:3] == (command,))


def no_ipc_excl(case: Case) -> Said | None:
    if not case.failed("create_refuses_a_taken_key"):
        return None
    for run in runs_of(case, "create"):
        for call in run.calls("shmget", ok=True):
            if not call.created and not call.flags & IPC_EXCL:
                if any(other.flags & IPC_EXCL for other in run.calls("shmget")):
                    return _takes_it_over(run)
                return Said(
                    "IPC_EXCL is missing: segment_create hands out a segment that was there "
                    "already.",
                    "IPC_CREAT alone means: create it, unless it exists. With IPC_CREAT | IPC_EXCL "
                    "shmget fails where it exists.",
                    story(run),
                    ("create_refuses_a_taken_key",),
                )
    return None


def wrong_size(case: Case) -> Said | None:
    if not case.failed("access_finds_any_size"):
        return None
    for run in runs_of(case, "access"):
        for call in run.calls("shmget", ok=False):
            if call.error == "EINVAL" and call.size:
                return Said(
                    f"segment_access asks for {call.size} bytes, and a smaller segment is not "
                    "found.",
                    "Who looks a segment up need not know its size: with size 0 shmget finds "
                    "every one.",
                    story(run),
                    ("access_finds_any_size", "access_never_creates"),
                )
    return None


def _takes_it_over(run: Run) -> Said:
    done = "removes the old segment" if run.removals else "hands out the old segment"
    return Said(
        f"Where the key is taken, segment_create {done}.",
        "That segment belongs to somebody else, who still needs it. segment_create returns -1 "
        "then, with errno EEXIST, and leaves it alone.",
        story(run),
        ("create_refuses_a_taken_key",),
    )


def key_ignored(case: Case) -> Said | None:
    message = case.message("create_makes_a_zeroed_segment")
    if case.cause("create_makes_a_zeroed_segment").code != codes.WRONG_KEY:
        return None
    return Said(
        "segment_create does not use the key that it is given.",
        f"{message} Others look the segment up by the key that the caller chose.",
        case.evidence("create_makes_a_zeroed_segment"),
        ("create_makes_a_zeroed_segment", "access_finds_any_size", "create_refuses_a_taken_key"),
    )


def always_read_only(case: Case) -> Said | None:
    if not case.failed("attach_reads_and_writes"):
        return None
    for run in runs_of(case, "attach"):
        for call in run.calls("shmat", ok=True):
            if call.read_only:
                return Said(
                    "segment_attach attaches read-only although read_only is false.",
                    "With SHM_RDONLY a write ends the program. It belongs there only where "
                    "read_only is true: read_only ? SHM_RDONLY : 0.",
                    story(run),
                    ("attach_reads_and_writes", "attach_read_only"),
                )
    return None


def access_creates(case: Case) -> Said | None:
    if not case.failed("access_never_creates"):
        return None
    # where there is no segment it shows best
    for run in sorted(runs_of(case, "access"), key=_finds_one):
        for call in run.calls("shmget"):
            if call.flags & IPC_CREAT:
                return Said(
                    "segment_access has IPC_CREAT: it is to find a segment, and not to make one.",
                    "IPC_CREAT belongs in segment_create alone. To find a segment that exists, "
                    "0 is enough as flags: shmget(key, 0, 0), which fails with ENOENT where there "
                    "is none.",
                    story(run),
                    ("access_never_creates", "access_finds_any_size"),
                )
    return None


def _finds_one(run: Run) -> bool:
    return any(not call.created for call in run.calls("shmget", ok=True))


def read_only_missing(case: Case) -> Said | None:
    if not case.failed("attach_read_only"):
        return None
    for run in runs_of(case, "attach_read_only"):
        calls = run.calls("shmat", ok=True)
        if calls and not calls[0].read_only:
            return Said(
                "SHM_RDONLY is missing where read_only is true.",
                "SHM_RDONLY is a flag of shmat, its third argument: read_only ? SHM_RDONLY : 0. "
                "read_only itself, or permissions, mean nothing there.",
                story(run),
                ("attach_read_only",),
            )
    return None


def never_detached(case: Case) -> Said | None:
    if case.cause("detach_detaches").code != codes.STILL_ATTACHED:
        return None
    return Said(
        "segment_detach does not detach the segment.",
        "shmdt takes the address that shmat gave, unchanged: shmdt(address).",
        next((story(run) for run in runs_of(case, "detach")), NO_EVIDENCE),
        ("detach_detaches",),
    )


def segment_left(case: Case) -> Said | None:
    if case.cause("remove_removes").code != codes.STILL_THERE:
        return None
    return Said(
        "segment_remove does not remove the segment.",
        "It takes shmctl(shmid, IPC_RMID, NULL): the shmid, not the key, and in this "
        "order.",
        next((story(run) for run in runs_of(case, "remove")), NO_EVIDENCE),
        ("remove_removes",),
    )


def errno_lost(case: Case) -> Said | None:
    if not case.failed("errno_is_kept"):
        return None
    noisy = case.failed_by(codes.PRINTS, ["quiet_and_stateless"])
    why = "The functions print, and printing can change errno. " if noisy else ""
    return Said(
        "errno is lost: after a failure it is not what the system call set.",
        f"{case.message('errno_is_kept')} {why}The caller wants to know why it failed: between "
        "the failing call and the return nothing may change errno.",
        case.evidence("errno_is_kept"),
        ("errno_is_kept", *noisy),
    )
