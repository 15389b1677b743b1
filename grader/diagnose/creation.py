"""Mistakes in creating a segment: its key, its size, its permissions, and how many."""

from __future__ import annotations

from collections.abc import Iterator

from grader.diagnose.case import ALL, Case, RuleMatch
from grader.diagnose.numbers import numbers
from grader.facts.records import IPC_CREAT, Call, Run
from grader.judge import codes
from grader.judge.evidence import Evidence, told
from grader.judge.narrate import bytes_of, describe_call, listed, story, who
from grader.judge.segments import SEGMENT_CALLS

PERMISSIONS = ("owner_may_read_and_write", "create_lets_the_owner_read_and_write")
CREATES = ("creates_a_segment", "creates_one_segment", "create_is_empty")
SHARED = ("parent_prints_the_shared_sum", "one_child_for_each_value", "prints_the_total")
DECIMALS = (600, 644, 660, 664, 666, 640, 700, 755, 777)  # written without the leading zero


def creating(case: Case) -> Iterator[Run]:
    """The runs in which the student's code should create a segment."""
    for run in case.plain:
        if case.exercise.is_commands and run.command[1:2] != ("create",):
            continue
        if case.exercise.is_functions and run.command[2:3] != ("create",):
            continue
        yield run


def _exchanged(run: Run) -> Call | None:
    failed = () if run.created_segments else run.calls("shmget", ok=False)
    wrong = (c for c in failed if (c.size or 0) & IPC_CREAT and not c.flags & IPC_CREAT)
    return next(wrong, None)


def exchanged(case: Case) -> RuleMatch | None:
    """shmget(key, flags, size) for shmget(key, size, flags)."""
    for run in creating(case):
        for call in filter(None, [_exchanged(run)]):
            if not call.injected:
                return RuleMatch(
                    "The size and the flags of shmget are swapped.",
                    f"You passed {call.size} (IPC_CREAT and the permissions) as the size. The "
                    "order is shmget(key, size, flags).",
                    _calls(case, run, call),
                    section=case.page("create"),
                    shown_in=lambda other: _exchanged(other) is not None,
                )
    return None


def key_and_size_exchanged(case: Case) -> RuleMatch | None:
    """shmget(size, key, flags), where the caller says which is which."""
    for run in creating(case) if not case.exercise.shares else ():
        swapped = _swapped(run)
        if swapped is not None:
            return RuleMatch(
                "The key and the size of shmget are swapped.",
                f"You passed {swapped.key}, the size, as the key. The order is shmget(key, size, "
                "flags).",
                _calls(case, run, swapped),
                section=case.page("create"),
                shown_in=lambda other: _swapped(other) is not None,
            )
    return None


def _swapped(run: Run) -> Call | None:
    """The call in which the size stands first, then the key: both end the command."""
    if len(run.command) < 4 or not all(word.lstrip("-").isdecimal() for word in run.command[-2:]):
        return None
    key, size = map(int, run.command[-2:])
    calls = (c for c in run.calls("shmget") if (c.key, c.size) == (size, key) and key != size)
    return next(calls, None)


def without_excl(case: Case, test: str) -> RuleMatch | None:
    """It looks first, and then creates without IPC_EXCL."""
    if case.cause(test).code != codes.NO_EXCL:
        return None
    return RuleMatch(
        "IPC_EXCL is missing in the call that creates the segment.",
        "You look first whether the key is taken. Between the look and the creation another "
        "program can create a segment with that key, and then you get that one. With IPC_CREAT | "
        "IPC_EXCL the system looks and creates in one step.",
        case.evidence(test),
        (test,),
    )


def _finds_none(run: Run) -> bool:
    """Did it look for a segment, in vain, and create none?"""
    failed = run.calls("shmget", ok=False)
    return not run.created_segments and any(call.error == "ENOENT" for call in failed)


def no_ipc_creat(case: Case) -> RuleMatch | None:
    for run in creating(case):
        if any(call.flags & IPC_CREAT for call in run.calls("shmget")):
            continue
        for call in run.calls("shmget", ok=False):
            missing = call.error == "ENOENT"
            if missing and not run.created_segments:
                why = (
                    "Without IPC_CREAT, shmget only finds a segment that already exists. To create "
                    "one, join IPC_CREAT and the permissions with |: IPC_CREAT | 0600."
                )
                if call.flags == 1:
                    why = (
                        "With || the flags became 1: use one bar to join them; two mean “or”. "
                        + why
                    )
                return RuleMatch(
                    "IPC_CREAT is missing: shmget looked for a segment that nobody had created.",
                    why,
                    _calls(case, run, call),
                    section=case.page("create"),
                    shown_in=_finds_none,
                )
    return None


def _calls(case: Case, run: Run, *calls: Call) -> Evidence:
    """These calls; those of a function are shown without a process."""
    if case.exercise.is_functions:
        return case.story(run)
    return told(run, [f"{who(run, call.process)}  {describe_call(call)}" for call in calls])


def mode_unusable(case: Case) -> RuleMatch | None:
    for run in creating(case):
        for segment in run.created_segments:
            if segment.owner_may_read_and_write:
                continue
            mode = segment.mode & 0o777
            may = {0o400: "its owner can only read it", 0o200: "its owner can only write it"}
            denied = may.get(mode & 0o600, "not even its owner can use it")
            decimal = next((number for number in DECIMALS if number & 0o777 == mode), 0)
            typed = (
                f" {decimal} without the leading zero is a different number, 0{decimal:o} in octal."
            )
            return RuleMatch(
                f"The segment's permissions are 0{mode:03o}: {denied}.",
                "The owner needs to read and write: 0600. Permissions are octal numbers, which "
                f"start with a zero.{typed if decimal else ''} (For root, who may do everything, "
                "it works anyway.)",
                case.story(run),
                _explained_by_the_mode(case),
                shown_in=_locks_its_owner_out,
            )
    return None


def _locks_its_owner_out(run: Run) -> bool:
    return not all(segment.owner_may_read_and_write for segment in run.created_segments)


def _explained_by_the_mode(case: Case) -> tuple[str, ...]:
    """Everything, unless the other tests used runs in which the owner may read and write."""
    if not any(run.options.get("owner_mode") for run in case.runs):
        return (*PERMISSIONS, *ALL)
    return (*PERMISSIONS, *CREATES)


def _asks_for_nothing(call: Call) -> bool:
    return call.error == "EINVAL" and call.size == 0 and call.flags & IPC_CREAT != 0


def too_small(case: Case) -> RuleMatch | None:
    for run in creating(case):
        for call in run.calls("shmget", ok=False):
            if _asks_for_nothing(call):
                return RuleMatch(
                    "A new segment can't have 0 bytes.",
                    "Size 0 is for looking up a segment that exists. To create one, say how many "
                    "bytes you need: at least 1.",
                    _calls(case, run, call),
                    section=case.page("create"),
                    shown_in=lambda other: any(map(_asks_for_nothing, other.calls("shmget"))),
                )
        needed = _needed(case, run)
        for segment in run.created_segments:
            alone = (
                len(run.created_segments) == 1
            )  # otherwise which of them is too small does not matter
            if alone and 0 < segment.size < needed:
                how = "sizeof says how many bytes a type takes"
                if case.exercise.is_functions:
                    how = "pass the parameter size on to shmget"
                elif case.exercise.has_slots:
                    how += "; every slot needs that many"
                return RuleMatch(
                    f"The segment is too small: it has {bytes_of(segment.size)}, but it needs "
                    f"{needed}.",
                    "The system rounds up to whole pages, so writing too far doesn't crash yet. "
                    f"Ask for the right size: {how}.",
                    _calls(case, run, *(c for c in run.calls("shmget") if c.created)),
                    (*CREATES, "create_makes_a_zeroed_segment", "prints_the_total"),
                )
    if case.cause(*CREATES).code == codes.BEHIND_THE_END:
        return RuleMatch(
            "The segment is too small: a value is stored past its end.",
            f"{case.message(*CREATES)} The system rounds up to whole pages, so that doesn't crash "
            "yet. Ask for room for everything that you store: sizeof the whole struct, or what "
            "comes first plus every slot.",
            case.evidence(*CREATES),
            CREATES,
        )
    return None


def _needed(case: Case, run: Run) -> int:
    if case.exercise.is_functions:
        return int(run.command[4])
    return case.exercise.segment.size(numbers(run)) if case.exercise.segment else 0


def two_segments(case: Case) -> RuleMatch | None:
    run = case.normal
    if run is None or len(run.created_segments) < 2 or not case.failed(*CREATES):
        return None
    makers = list(dict.fromkeys(s.creator for s in run.created_segments if s.creator))
    names = listed([who(run, maker) for maker in makers])
    private = any(segment.key == 0 for segment in run.created_segments)
    why = "IPC_PRIVATE makes a new segment at each call. "
    return RuleMatch(
        f"There are {len(run.created_segments)} segments instead of one, created by {names}.",
        f"{why if private else ''}Processes share data only through the same segment. The parent "
        "creates it, once, and the children use that one.",
        story(run, names=SEGMENT_CALLS, about=makers[:2]),
        section=case.page("create"),
        shown_in=lambda other: len(other.created_segments) > 1,
    )


def no_segment(case: Case) -> RuleMatch | None:
    if not case.failed(*CREATES):
        return None
    run = next(creating(case), None) if case.exercise.is_commands else case.normal
    if run is None or run.created_segments or run.calls("shmget", ok=False):
        return None
    if not run.lines and not run.ended_well:
        return None
    files = f" It left a file, {run.leftovers.files[0]}." if run.leftovers.files else ""
    way = (
        "The text is stored somewhere else."
        if case.exercise.is_commands
        else (
            "The value took another route, or it's an ordinary variable: each process has its own."
        )
    )
    return RuleMatch(
        "There is no shared memory segment.",
        f"{way}{files} Use a shared memory segment: shmget creates one.",
        story(run),
        (*CREATES, *(name for name in case.results if not case.failed(name)), *SHARED),
    )
