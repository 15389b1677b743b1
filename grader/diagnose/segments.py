"""Mistakes with the five operations on a segment."""

from __future__ import annotations

from collections.abc import Iterator

from grader.diagnose.case import ALL, Case, Said
from grader.facts import IPC_CREAT, Call, Run, Segment
from grader.judge.contents import BEHIND
from grader.judge.narrate import bytes_of, describe_call, listed, story, told, who
from grader.judge.segments import (
    SEGMENT_CALLS,
    attached_by,
    left_behind,
    missed_after_removal,
    not_detached_by,
)
from grader.judge.segments import never_detached as owed_attachments

PERMISSIONS = ("owner_may_read_and_write", "create_lets_the_owner_read_and_write")
CREATES = ("creates_a_segment", "creates_one_segment", "create_is_empty")
REMOVES = ("removes", "removed_by_its_creator")
CREATING = {
    "2": "2-sharing#create-once",
    "3": "3-segment#segment_create",
    "4": "4-keeper#create",
    "5": "5-read-only#create-and-remove",
    "6": "6-tally#a-slot-for-each-child",
}
REMOVING = {
    "2": "2-sharing#remove-once",
    "5": "5-read-only#create-and-remove",
    "6": "6-tally#remove-once",
}
DECIMALS = (600, 644, 660, 664, 666, 640, 700, 755, 777)  # written without the zero in front


def creating(case: Case) -> Iterator[Run]:
    """The runs in which the student's code is to create a segment."""
    for run in case.plain:
        if case.number == "4" and run.command[1:2] != ("create",):
            continue
        if case.number == "3" and run.command[2:3] != ("create",):
            continue
        yield run


def name_of(segment: Segment) -> str:
    return "a private key" if segment.key == 0 else f"key {segment.key}"


def exchanged(case: Case) -> Said | None:
    """shmget(key, flags, size) for shmget(key, size, flags)."""
    for run in creating(case):
        for call in run.calls("shmget", ok=False):
            size = call.size or 0
            if size & IPC_CREAT and not call.flags & IPC_CREAT and not run.created_segments:
                return Said(
                    "The size and the flags of shmget are exchanged.",
                    f"{call.size}, which is IPC_CREAT and the permissions in one number, stands "
                    "where the size belongs. The order is shmget(key, size, flags).",
                    _calls(case, run, call),
                    section=CREATING[case.number],
                )
    return None


def no_ipc_creat(case: Case) -> Said | None:
    for run in creating(case):
        if any(call.flags & IPC_CREAT for call in run.calls("shmget")):
            continue
        for call in run.calls("shmget", ok=False):
            missing = call.error == "ENOENT"
            if missing and not run.created_segments:
                why = (
                    "Without IPC_CREAT shmget only finds what exists already. To create one, join "
                    "IPC_CREAT and the permissions with |: IPC_CREAT | 0600."
                )
                if call.flags == 1:
                    why = "With || the flags became 1: one bar joins them, two mean “or”. " + why
                return Said(
                    "IPC_CREAT is missing: shmget looked for a segment that nobody had created.",
                    why,
                    _calls(case, run, call),
                    section=CREATING[case.number],
                )
    return None


def _calls(case: Case, run: Run, *calls: Call) -> tuple[str, ...]:
    """These calls; in exercise 3 they are a function's, and no process is named."""
    if case.number == "3":
        return case.story(run)
    return told(run, [f"{who(run, call.process)}  {describe_call(call)}" for call in calls])


def mode_unusable(case: Case) -> Said | None:
    for run in creating(case):
        for segment in run.created_segments:
            if segment.owner_may_read_and_write:
                continue
            mode = segment.mode & 0o777
            may = {0o400: "its owner may only read it", 0o200: "its owner may only write it"}
            denied = may.get(mode & 0o600, "not even its owner may use it")
            decimal = next((number for number in DECIMALS if number & 0o777 == mode), 0)
            typed = f" {decimal} without the zero is another number, in octal 0{decimal:o}."
            return Said(
                f"The segment's permissions are 0{mode:03o}: {denied}.",
                "The owner needs to read and write: 0600. Permissions are octal numbers, and those "
                f"begin with a zero.{typed if decimal else ''} (For root, who may do everything, "
                "it works all the same.)",
                case.story(run),
                (*PERMISSIONS, *ALL),
            )
    return None


def too_small(case: Case) -> Said | None:
    for run in creating(case):
        for call in run.calls("shmget", ok=False):
            if call.error == "EINVAL" and call.size == 0 and call.flags & IPC_CREAT:
                return Said(
                    "A new segment cannot have 0 bytes.",
                    "Size 0 is for looking up a segment that exists. Who creates one says how "
                    "many bytes are to be stored in it, at least 1.",
                    _calls(case, run, call),
                    section=CREATING[case.number],
                )
        needed = _needed(case, run)
        for segment in run.created_segments:
            alone = len(run.created_segments) == 1  # else: whose is too small is beside the point
            if alone and 0 < segment.size < needed:
                how = "sizeof tells how many bytes a type takes"
                if case.number == "3":
                    how = "segment_create asks for as many bytes as its parameter size says"
                elif case.number == "6":
                    how += "; every slot needs so many"
                return Said(
                    f"The segment is too small: it has {bytes_of(segment.size)}, and {needed} are "
                    "needed.",
                    "The system hands out whole pages of memory, so a few bytes too many do no "
                    f"visible harm today. The size has to be right all the same: {how}.",
                    _calls(case, run, *(c for c in run.calls("shmget") if c.created)),
                    (*CREATES, "create_makes_a_zeroed_segment", "prints_the_total"),
                )
    told = case.message(*CREATES)
    if BEHIND in told:
        return Said(
            "The segment is too small: a value is stored behind its end.",
            f"{told} The system hands out whole pages of memory, so that does no visible harm "
            "today. Ask for room for all that you store: sizeof of the whole struct, or of what "
            "stands in front and of every slot.",
            case.evidence(*CREATES),
            CREATES,
        )
    return None


def _needed(case: Case, run: Run) -> int:
    if case.number == "3":
        return int(run.command[4])
    return 4 * (len(run.command) - 1) if case.number == "6" else 4


def two_segments(case: Case) -> Said | None:
    run = case.normal
    if run is None or len(run.created_segments) < 2 or not case.failed(*CREATES):
        return None
    makers = list(dict.fromkeys(s.creator for s in run.created_segments if s.creator))
    names = listed([who(run, maker) for maker in makers])
    private = any(segment.key == 0 for segment in run.created_segments)
    why = "IPC_PRIVATE makes a new segment at each call. "
    return Said(
        f"There are {len(run.created_segments)} segments instead of one, made by {names}.",
        f"{why if private else ''}Processes share what lies in one and the same segment. The "
        "parent creates it, once, and the children use that one.",
        story(run, names=SEGMENT_CALLS, about=makers[:2]),
        section=CREATING[case.number],
    )


def removed_too_early(case: Case) -> Said | None:
    if case.number == "4":
        return _gone_in_keeper(case)
    run = case.normal
    call = missed_after_removal(run) if run else None
    if run is None or call is None:
        return None
    segment = next(s for s in run.created_segments if s.removed and s.removed < call.seq)
    return Said(
        f"{who(run, segment.removed_by or 1).capitalize()} removed the segment while it was still "
        "needed.",
        f"Afterwards {who(run, call.process)} called {describe_call(call)}. Remove when every "
        "process that needs the segment has attached it; last of all, after the wait, is safest.",
        story(run, names=SEGMENT_CALLS, about=[segment.removed_by or 1]),
        section=REMOVING[case.number],
    )


def _gone_in_keeper(case: Case) -> Said | None:
    for run in case.plain:
        gone = [call for call in run.removals if call.ok]
        if gone and run.command[1:2] == ("create",) and not _own(run, gone[0]):
            return Said(
                "keeper create removes the segment that has the key already.",
                "Somebody keeps a text in it. Where the key is taken, create fails, and leaves "
                "that segment as it is.",
                story(run, names=SEGMENT_CALLS),
                ("create_twice_fails",),
            )
        if gone and run.command[1:2] in (("create",), ("read",)):
            return Said(
                f"keeper {run.command[1]} removes the segment: the next command cannot find it.",
                "A segment outlives the program that made it. Here that is the point: only the "
                "command remove removes it.",
                story(run, names=SEGMENT_CALLS),
            )
    return None


def _own(run: Run, removal: Call) -> bool:
    """Did this run itself make the segment that it removes?"""
    return any(segment.number == removal.segment for segment in run.created_segments)


def no_segment(case: Case) -> Said | None:
    if not case.failed(*CREATES):
        return None
    run = next(creating(case), None) if case.number == "4" else case.normal
    if run is None or run.created_segments or run.calls("shmget", ok=False):
        return None
    if not run.lines and not run.ended_well:
        return None
    files = f" It left a file, {run.leftovers.files[0]}." if run.leftovers.files else ""
    way = (
        "What is stored goes another way."
        if case.number == "4"
        else (
            "The value went another way, or it is an ordinary variable: of that each process has "
            "a copy of its own."
        )
    )
    return Said(
        "There is no shared memory segment.",
        f"{way}{files} Asked for is a segment as on the first page: shmget makes one.",
        story(run),
        (*CREATES, *(name for name in case.results if not case.failed(name)), *SHARED),
    )


SHARED = ("parent_prints_the_shared_sum", "one_child_for_each_value", "prints_the_total")


def read_only_missing(case: Case) -> Said | None:
    run = case.normal
    if run is None or not case.failed("attaches_read_only"):
        return None
    in_shmget = any(call.flags & 0o10000 for call in run.calls("shmget"))
    return Said(
        "The child did not attach the segment with SHM_RDONLY.",
        ("SHM_RDONLY stands among shmget's flags, where it means nothing. " if in_shmget else "")
        + "SHM_RDONLY is a flag of shmat, its third argument: shmat(descriptor, NULL, SHM_RDONLY). "
        "Without it the system does not refuse the child's write.",
        story(run, names=SEGMENT_CALLS),
        ("attaches_read_only", "write_ends_the_child", "status_is_decoded", "failures")
        + ("parent_reads_the_segment",),
    )


def not_looked_up(case: Case) -> Said | None:
    run = case.normal
    if run is None or not case.failed("each_child_looks_it_up_by_key"):
        return None
    inherited = not any(attached_by(run, child.number) for child in run.children)
    what = "pointer" if inherited else "descriptor"
    return Said(
        f"The children use the inherited {what} instead of looking the segment up by its key.",
        "Here each child does it like a stranger who knows only the key: shmget(KEY, 0, 0), and "
        "then a shmat of its own.",
        story(run, names=SEGMENT_CALLS, about=[run.children[0].number]),
        ("each_child_looks_it_up_by_key", "each_process_attaches_once"),
    )


def attached_again(case: Case) -> Said | None:
    run = case.normal
    if run is None or not case.failed("attaches_once_per_process", "each_process_attaches_once"):
        return None
    often = [p for p in run.processes if not p.is_thread and attached_by(run, p.number) > 1]
    if not often:
        return None
    return Said(
        f"{who(run, often[0].number).capitalize()} attached the segment "
        f"{attached_by(run, often[0].number)} times instead of once.",
        "shmat gives a pointer that stays valid until shmdt. Keep it, and use it again.",
        story(run, names=SEGMENT_CALLS, about=[often[0].number]),
        ("attaches_once_per_process", "each_process_attaches_once"),
    )


def never_detached(case: Case) -> Said | None:
    run = case.normal
    if run is None or not case.failed("detaches"):
        return None
    owed = owed_attachments(run)
    if not owed:
        return None
    failed = next((c for c in run.calls("shmdt", ok=False) if not c.injected), None)
    why = "A process that attached the segment detaches it when it is done: shmdt(address)."
    if failed is not None:
        why = (
            f"{who(run, failed.process).capitalize()}: {describe_call(failed)}. It needs the "
            f"address that shmat gave, unchanged. {why}"
        )
    elif not all(attachment.own for attachment in owed):
        why += " A child that is forked after shmat has inherited the attachment, and detaches it."
    return Said(
        not_detached_by(run, owed),
        why,
        story(run, names=SEGMENT_CALLS, about=[owed[0].process]),
        ("detaches",),
    )


def segment_left(case: Case) -> Said | None:
    run = case.normal
    if run is None or not left_behind(run) or not case.failed("removes"):
        return None
    segment = left_behind(run)[0]
    failed = next((call for call in run.removals if call.error), None)
    others = [call for call in run.calls("shmctl") if call.command != "IPC_RMID"]
    why = (
        f"The segment with {name_of(segment)} ({bytes_of(segment.size)}) was still there when your "
        "program had ended: a segment outlives the program. See it yourself: run it, then ipcs -m."
    )
    if failed is not None:
        why = f"{describe_call(failed)}. It needs the descriptor that shmget gave. {why}"
    elif others:
        why = f"shmctl was called with {others[0].command}; it is IPC_RMID that removes. {why}"
    return Said(
        "The segment was never removed.",
        why,
        story(run, names=SEGMENT_CALLS),
        REMOVES,
    )


def removed_twice(case: Case) -> Said | None:
    run = case.normal
    if run is None or not case.failed("removes") or left_behind(run):
        return None
    failed = next((call for call in run.removals if call.error and not call.injected), None)
    if failed is None:
        return None
    return Said(
        "The segment was removed twice.",
        f"The second time, in {who(run, failed.process)}, there was nothing left to remove: "
        f"{describe_call(failed)}. Once is enough, by the process that created it.",
        story(run, names=SEGMENT_CALLS, about=[failed.process]),
        REMOVES,
    )


def removed_by_another(case: Case) -> Said | None:
    run = case.normal
    if run is None or not case.failed(*REMOVES):
        return None
    for segment in run.created_segments:
        creator, remover = segment.creator, segment.removed_by
        if creator and remover and run.owner(creator) != run.owner(remover):
            return Said(
                f"The segment was created by {who(run, creator)} and removed by "
                f"{who(run, remover)}.",
                "Who creates it, removes it: the parent knows, after its wait, that nobody needs "
                "it any more.",
                story(run, names=SEGMENT_CALLS, about=[creator, remover]),
                REMOVES,
            )
    return None
