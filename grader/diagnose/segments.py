"""Mistakes in using a segment: looking it up, attaching and detaching it."""

from __future__ import annotations

from grader.diagnose.case import ALL, Case, RuleMatch
from grader.facts.records import Call, Run, Segment
from grader.judge.crash import attaches_read_only
from grader.judge.narrate import bytes_of, describe_call, story, who
from grader.judge.segments import (
    SEGMENT_CALLS,
    attached_by,
    never_detached as owed_attachments,
    not_detached_by,
)
from grader.judge.slots import each_looks_it_up


def read_only_missing(case: Case) -> RuleMatch | None:
    run = case.normal
    if run is None or not case.failed("attaches_read_only") or attaches_read_only(run) is None:
        return None
    in_shmget = any(call.flags & 0o10000 for call in run.calls("shmget"))
    return RuleMatch(
        "The child didn't attach the segment with SHM_RDONLY.",
        ("You gave SHM_RDONLY to shmget, where it does nothing. " if in_shmget else "")
        + "SHM_RDONLY is a flag for shmat, as its third argument: shmat(shmid, NULL, SHM_RDONLY). "
        "Without it, the system allows the child's write.",
        story(run, names=SEGMENT_CALLS),
        ("attaches_read_only", "write_ends_the_child", "status_is_decoded", "failures")
        + ("parent_reads_the_segment",),
    )


def not_looked_up(case: Case) -> RuleMatch | None:
    run = case.normal
    if run is None or not case.failed("each_child_looks_it_up_by_key"):
        return None
    if failed := _in_vain(run):
        return _not_found(run, failed)
    if each_looks_it_up(run, len(run.children)) is None:
        return None
    inherited = not any(attached_by(run, child.number) for child in run.children)
    what = "pointer" if inherited else "shmid"
    return RuleMatch(
        f"The children use the inherited {what} instead of looking up the segment by its key.",
        "Here each child acts like a stranger who knows only the key: shmget(KEY, 0, 0), and then "
        "its own shmat.",
        story(run, names=SEGMENT_CALLS, about=[run.children[0].number]),
        ("each_child_looks_it_up_by_key", "each_process_attaches_once"),
    )


def _other_key(made: Segment, call: Call) -> str:
    """Why nobody finds this segment by that key."""
    if made.size == call.key:
        return (
            f"The key and the size are swapped in the shmget that creates the segment: its key is "
            f"{made.key}, and it has {bytes_of(made.size)}. The order is shmget(key, size, flags)."
        )
    if made.key == 0:
        return "The segment was created with IPC_PRIVATE, so it has no key by which to find it."
    return (
        f"The segment was created with the key {made.key}, and here another one is looked up, "
        f"{call.key}. All processes must use the same key."
    )


def _in_vain(run: Run) -> Call | None:
    """A child's call that should have found the segment."""
    failed = (c for child in run.children for c in run.calls("shmget", child.number, ok=False))
    return next((call for call in failed if not call.injected), None)


def _not_found(run: Run, call: Call) -> RuleMatch:
    """The children did look it up, in vain."""
    detail = "Look at its result, and at the key and the flags that you pass."
    sizes = [segment.size for segment in run.segments if segment.key == call.key]
    if call.error == "EINVAL" and sizes and call.size is not None and call.size > sizes[0]:
        detail = (
            f"shmget refuses to find a segment of {bytes_of(sizes[0])} for who asks for "
            f"{bytes_of(call.size)}. To look it up, size 0 is enough: shmget(KEY, 0, 0)."
        )
    made = run.created_segments[:1]
    if call.error == "ENOENT" and made and made[0].key != call.key:
        detail = _other_key(made[0], call)
    return RuleMatch(
        f"{who(run, call.process).capitalize()} doesn't find the segment: {describe_call(call)}.",
        detail,
        story(run, names=SEGMENT_CALLS, about=[call.process]),
        ("each_child_looks_it_up_by_key", *ALL),
        shown_in=lambda other: _in_vain(other) is not None,
    )


def attached_again(case: Case) -> RuleMatch | None:
    run = case.normal
    if run is None or not case.failed("attaches_once_per_process", "each_process_attaches_once"):
        return None
    often = [p for p in run.processes if not p.is_thread and attached_by(run, p.number) > 1]
    if not often:
        return None
    return RuleMatch(
        f"{who(run, often[0].number).capitalize()} attached the segment "
        f"{attached_by(run, often[0].number)} times instead of once.",
        "The pointer from shmat stays valid until shmdt. Keep it, and use it again.",
        story(run, names=SEGMENT_CALLS, about=[often[0].number]),
        ("attaches_once_per_process", "each_process_attaches_once"),
    )


def never_detached(case: Case) -> RuleMatch | None:
    run = case.normal
    if run is None or not case.failed("detaches"):
        return None
    owed = owed_attachments(run, by_children=not case.exercise.child_crashes)
    if not owed:
        return None
    failed = next((c for c in run.calls("shmdt", ok=False) if not c.injected), None)
    why = "A process that attached the segment must detach it when it is done: shmdt(address)."
    if failed is not None:
        why = (
            f"{who(run, failed.process).capitalize()}: {describe_call(failed)}. It needs the "
            f"address from shmat, unchanged. {why}"
        )
    elif not all(attachment.own for attachment in owed):
        why += " A child that is forked after shmat inherits the attachment, and must detach it."
    return RuleMatch(
        not_detached_by(run, owed),
        why,
        story(run, names=SEGMENT_CALLS, about=[owed[0].process]),
        ("detaches",),
    )
