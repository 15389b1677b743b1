"""Mistakes in the five functions of segment.c."""

from __future__ import annotations

from collections.abc import Iterator

from grader.diagnose.case import Case, RuleMatch
from grader.diagnose.creation import without_excl
from grader.facts.records import IPC_CREAT, IPC_EXCL, Run
from grader.judge import codes
from grader.judge.driver import MINUS_ONE, NULL, answers, name_of, story
from grader.judge.evidence import NO_EVIDENCE
from grader.judge.functions import TAKES
from grader.judge.narrate import bytes_of

BY_COMMAND = {  # a command of the driver, and the test that looks at it
    "create": "create_makes_a_zeroed_segment",
    "access": "access_finds_any_size",
    "attach": "attach_reads_and_writes",
    "attach_read_only": "attach_read_only",
    "detach": "detach_detaches",
    "remove": "remove_removes",
}


TAKES_THE_KEY = (
    "create_makes_a_zeroed_segment",
    "access_finds_any_size",
    "create_refuses_a_taken_key",
)


def runs_of(case: Case, command: str) -> Iterator[Run]:
    """The runs of one command of the driver."""
    return (run for run in case.plain if run.command[2:3] == (command,))


def no_ipc_excl(case: Case) -> RuleMatch | None:
    if not case.failed("create_refuses_a_taken_key"):
        return None
    if looked := without_excl(case, "create_refuses_a_taken_key"):
        return looked
    for run in runs_of(case, "create"):
        for call in run.calls("shmget", ok=True):
            if not call.created and not call.flags & IPC_EXCL:
                if any(other.flags & IPC_EXCL for other in run.calls("shmget")):
                    return _takes_it_over(run)
                return RuleMatch(
                    "segment_create returns an existing segment: IPC_EXCL is missing.",
                    "IPC_CREAT alone means: create it, unless it exists. With IPC_CREAT | "
                    "IPC_EXCL, shmget fails if it exists.",
                    story(run),
                    ("create_refuses_a_taken_key",),
                )
    return None


def wrong_size(case: Case) -> RuleMatch | None:
    if not case.failed("access_finds_any_size"):
        return None
    for run in runs_of(case, "access"):
        for call in run.calls("shmget", ok=False):
            if call.error == "EINVAL" and call.size:
                return RuleMatch(
                    f"segment_access asks for {call.size} bytes, so it doesn't find a smaller "
                    "segment.",
                    "You don't need to know the size to look up a segment: with size 0, shmget "
                    "finds every one.",
                    story(run),
                    ("access_finds_any_size", "access_never_creates"),
                )
    return None


def too_large(case: Case) -> RuleMatch | None:
    """segment_create asks shmget for more than it was asked for."""
    if not case.failed("create_makes_a_zeroed_segment"):
        return None
    for run in runs_of(case, "create"):
        asked = int(run.command[4])
        for segment in run.created_segments:
            if segment.size > asked:
                return RuleMatch(
                    f"segment_create makes a segment of {bytes_of(segment.size)}, but size is "
                    f"{asked}.",
                    "Whoever looks the segment up sees its size, and relies on it. The parameter "
                    "size is in bytes already: pass it on to shmget as it is.",
                    story(run),
                    ("create_makes_a_zeroed_segment",),
                )
    return None


def old_errno(case: Case) -> RuleMatch | None:
    """A call succeeded, and its function failed with the errno that was there before."""
    for command, test in BY_COMMAND.items():
        for run in runs_of(case, command) if case.failed(test) else ():
            function = command.partition("_")[0]
            call, failure = TAKES[function], NULL if function == "attach" else MINUS_ONE
            given = [a for a in answers(run, run.command[1]) if a.result == failure and a.error]
            if given and run.calls(call) and not run.calls(call, ok=False):
                return RuleMatch(
                    f"segment_{function} looks at errno, but {call} succeeded.",
                    f"errno holds an old error here ({name_of(given[0].error)}): a call that "
                    "succeeds doesn't reset it. Only the result of the call says whether it "
                    "failed.",
                    story(run),
                    (test,),
                )
    return None


def _takes_it_over(run: Run) -> RuleMatch:
    done = "removes the old segment" if run.removals else "returns the old segment"
    return RuleMatch(
        f"If the key is taken, segment_create {done}.",
        "That segment belongs to somebody else, who still needs it. segment_create must return "
        "-1, with errno EEXIST, and leave it alone.",
        story(run),
        ("create_refuses_a_taken_key",),
    )


def key_ignored(case: Case) -> RuleMatch | None:
    message = case.message("create_makes_a_zeroed_segment")
    if case.cause("create_makes_a_zeroed_segment").code != codes.WRONG_KEY:
        return None
    return RuleMatch(
        "segment_create doesn't use the key that it is given.",
        f"{message} Others look the segment up by the key that the caller chose.",
        case.evidence("create_makes_a_zeroed_segment"),
        TAKES_THE_KEY,
    )


def returns_truth(case: Case) -> RuleMatch | None:
    """segment_detach or segment_remove returns 1 for success, as if asked whether it worked."""
    shown: dict[str, Run] = {}
    for function in ("detach", "remove"):
        for run in runs_of(case, function) if case.failed(BY_COMMAND[function]) else ():
            given = [a for a in answers(run, run.command[1]) if a.function == function]
            if given and given[0].result == 1 and run.calls(TAKES[function], ok=True):
                shown.setdefault(function, run)
    if not shown:
        return None
    names = " and ".join(f"segment_{function}" for function in shown)
    return RuleMatch(
        f"{names} return{'s' if len(shown) == 1 else ''} 1 for success instead of 0.",
        "0 means success, and -1 failure, as with the system call itself. A comparison, as in "
        "return call() == 0, makes a 1 of it. Return the call's result as it is.",
        story(next(iter(shown.values()))),
        (*(BY_COMMAND[function] for function in shown), "failures_are_handed_on"),
    )


def always_read_only(case: Case) -> RuleMatch | None:
    if not case.failed("attach_reads_and_writes"):
        return None
    for run in runs_of(case, "attach"):
        for call in run.calls("shmat", ok=True):
            if call.read_only:
                return RuleMatch(
                    "segment_attach attaches read-only although read_only is false.",
                    "With SHM_RDONLY, a write kills the program. Pass it only if read_only is "
                    "true: read_only ? SHM_RDONLY : 0.",
                    story(run),
                    ("attach_reads_and_writes", "attach_read_only"),
                )
    return None


def access_creates(case: Case) -> RuleMatch | None:
    if not case.failed("access_never_creates"):
        return None
    # it shows best if there is no segment
    for run in sorted(runs_of(case, "access"), key=_finds_one):
        for call in run.calls("shmget"):
            if call.flags & IPC_CREAT:
                return RuleMatch(
                    "segment_access passes IPC_CREAT: it must find a segment, never create one.",
                    "IPC_CREAT belongs only in segment_create. To find a segment that exists, 0 is "
                    "enough as flags: shmget(key, 0, 0), which fails with ENOENT if there is none.",
                    story(run),
                    ("access_never_creates", "access_finds_any_size"),
                )
    return None


def _finds_one(run: Run) -> bool:
    return any(not call.created for call in run.calls("shmget", ok=True))


def read_only_missing(case: Case) -> RuleMatch | None:
    if not case.failed("attach_read_only"):
        return None
    for run in runs_of(case, "attach_read_only"):
        calls = run.calls("shmat", ok=True)
        if calls and not calls[0].read_only:
            return RuleMatch(
                "SHM_RDONLY is missing when read_only is true.",
                "SHM_RDONLY is a flag for shmat, as its third argument: read_only ? SHM_RDONLY : "
                "0. read_only itself, or permissions, do nothing there.",
                story(run),
                ("attach_read_only",),
            )
    return None


def never_detached(case: Case) -> RuleMatch | None:
    if case.cause("detach_detaches").code != codes.STILL_ATTACHED:
        return None
    return RuleMatch(
        "segment_detach doesn't detach the segment.",
        "shmdt takes the address from shmat, unchanged: shmdt(address).",
        next((story(run) for run in runs_of(case, "detach")), NO_EVIDENCE),
        ("detach_detaches",),
    )


def segment_left(case: Case) -> RuleMatch | None:
    if case.cause("remove_removes").code != codes.STILL_THERE:
        return None
    return RuleMatch(
        "segment_remove doesn't remove the segment.",
        "Use shmctl(shmid, IPC_RMID, NULL): the shmid, not the key, and in this order.",
        next((story(run) for run in runs_of(case, "remove")), NO_EVIDENCE),
        ("remove_removes",),
    )


def errno_lost(case: Case) -> RuleMatch | None:
    if case.cause("errno_is_kept").code != codes.ERRNO_LOST:
        return None
    noisy = case.failed_by(codes.PRINTS, ["quiet_and_stateless"])
    why = "The functions print, and printing can change errno. " if noisy else ""
    return RuleMatch(
        "errno is lost: after a failure it isn't what the system call set.",
        f"{case.message('errno_is_kept')} {why}The caller wants to know why it failed: nothing "
        "may change errno between the failing call and the return.",
        case.evidence("errno_is_kept"),
        ("errno_is_kept", *noisy),
    )
