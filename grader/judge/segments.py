"""The five operations on a segment: created, accessed, attached, detached, removed, and by whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.base.check import Cause
from grader.facts.records import (
    IPC_EXCL,
    MESSAGE_QUEUE,
    SEMAPHORE_SET,
    Call,
    Event,
    Leftovers,
    Process,
    Run,
    Segment,
)
from grader.judge import codes
from grader.judge.evidence import NO_EVIDENCE, Evidence, told
from grader.judge.finding import Finding
from grader.judge.narrate import bytes_of, describe_call, listed, story, trouble, who

SEGMENT_CALLS = frozenset({"fork", "vfork", "clone", "wait", "shmget", "shmat", "shmdt", "shmctl"})
OBJECT_CALLS = frozenset(
    {"fork", "vfork", "clone", "wait", "semget", "semop", "semctl"}
    | {"msgget", "msgsnd", "msgrcv", "msgctl"}
)
GONE = ("ENOENT", "EINVAL", "EIDRM")


def creates_one(run: Run, size: int) -> Finding | None:
    """The parent created one segment, large enough for what is stored in it."""
    made = run.created_segments
    if not made:
        return Finding(
            " ".join(
                filter(
                    None, ["Your program created no shared memory segment.", _failed_shmget(run)]
                )
            ),
            expected="one segment, created by the parent",
            seen="no segment",
            evidence=story(run),
        )
    if len(made) > 1:
        return Finding(
            f"Your program created {len(made)} segments instead of one.",
            expected="one segment",
            seen=f"{len(made)} segments",
            evidence=story(run, names=SEGMENT_CALLS),
        )
    segment = made[0]
    if not run.is_parent(segment.creator):
        return Finding(
            f"The segment was created by {who(run, segment.creator or 0)}, not by the parent.",
            expected="created by process 1 (parent)",
            seen=f"created by {who(run, segment.creator or 0)}",
            evidence=story(run, names=SEGMENT_CALLS),
        )
    return large_enough(segment, size)


def creates_exclusively(run: Run, evidence: Evidence = NO_EVIDENCE) -> Finding | None:
    """The call that creates refuses a taken key itself: a look beforehand leaves a gap."""
    for call in run.calls("shmget", ok=True):
        if call.created and call.key != 0 and not call.flags & IPC_EXCL:
            return Finding(
                "The call that creates the segment doesn't have IPC_EXCL.",
                expected="IPC_CREAT | IPC_EXCL, in the same call",
                seen=describe_call(call),
                evidence=evidence or story(run),
                cause=Cause(codes.NO_EXCL),
            )
    return None


def large_enough(segment: Segment, size: int) -> Finding | None:
    """Judged from the call: the system rounds up to a page and hides a size that is too small."""
    if segment.size >= size:
        return None
    return Finding(
        f"The segment was created with {bytes_of(segment.size)}, but it has to hold {size}.",
        expected=f"at least {bytes_of(size)}",
        seen=bytes_of(segment.size),
    )


def _failed_shmget(run: Run) -> str:
    for call in run.calls("shmget", ok=False):
        if not call.injected:
            return f"{describe_call(call)}."
    return trouble(run)


def owner_may_use(run: Run) -> Finding | None:
    """Each created segment lets its owner read and write, by its mode."""
    for segment in run.created_segments:
        if not segment.owner_may_read_and_write:
            return Finding(
                f"The segment's permissions are 0{segment.mode & 0o777:03o}: its owner cannot "
                "both read and write it.",
                expected="permissions like 0600: the owner may read and write",
                seen=f"0{segment.mode & 0o777:03o}",
                evidence=told(run, (describe_call(c) for c in run.calls("shmget") if c.created)),
            )
    return None


@dataclass(frozen=True)
class Attachment:
    """A segment in the memory of one process: attached by it, or inherited through fork."""

    process: int
    address: str
    segment: int | None
    since: int
    own: bool
    read_only: bool
    detached: bool = False


def attachments(run: Run) -> tuple[Attachment, ...]:
    """Every attachment of every process, and whether it was detached by that process."""
    standing: dict[int, dict[str, Attachment]] = {}
    done: list[Attachment] = []
    births = {p.born: p for p in run.processes if p.number != 1 and not p.is_thread}
    moments: list[tuple[int, Event | None]] = [(event.seq, event) for event in run.events]
    known = {seq for seq, _ in moments}
    moments += [(seq, None) for seq in births if seq not in known]
    for seq, event in sorted(moments, key=lambda moment: moment[0]):
        if seq in births:
            child = births[seq]
            inherited = standing.setdefault(run.owner(child.parent), {})
            standing[child.number] = {
                address: replace(a, process=child.number, own=False, since=seq)
                for address, a in inherited.items()
            }
            if child.shares_memory:  # it has no memory of its own: what it detaches is detached
                standing[child.number] = inherited
        if not isinstance(event, Call) or not event.ok:
            continue
        mine = standing.setdefault(run.owner(event.process), {})
        if event.name == "shmat":
            address = str(event.result)
            mine[address] = Attachment(
                run.owner(event.process), address, event.segment, seq, True, event.read_only
            )
        elif event.name == "shmdt" and event.address in mine:
            done.append(replace(mine.pop(str(event.address)), detached=True))
        elif event.name == "exec":
            owner = run.owner(event.process)
            standing[owner] = {}  # the system did it: the program never detached them
            done += () if run.process(owner).shares_memory else mine.values()
    for number, mine in standing.items():
        done += [a for a in mine.values() if a.process == number]
    return tuple(sorted(done, key=lambda a: a.since))


def anything_attached(run: Run) -> bool:
    return bool(run.calls("shmat", ok=True))


def attached_by(run: Run, process: int) -> int:
    """How often this process itself attached one and the same segment."""
    times = Counter(call.segment for call in run.calls("shmat", process=process, ok=True))
    return max(times.values(), default=0)


def attached_in_child(run: Run) -> bool:
    """Did a child have anything attached, by itself or inherited?"""
    return any(not run.is_parent(a.process) for a in attachments(run))


def attaches_once(run: Run) -> Finding | None:
    """Each process attaches at most once."""
    for process in run.processes:
        times = 0 if process.is_thread else attached_by(run, process.number)
        if times > 1:
            return Finding(
                f"{who(run, process.number).capitalize()} attached the segment {times} times.",
                expected="once per process",
                seen=f"{times} times",
                evidence=story(run, names=SEGMENT_CALLS, about=[process.number]),
            )
    return None


def never_detached(run: Run, by_children: bool = True) -> tuple[Attachment, ...]:
    """The attachments that a process should have detached and did not.

    Those are the ones that it made itself, or an inherited one if it made none. Neither the end of
    a program, nor exec, nor a signal detaches for it; only a process that a memory fault ended owes
    nothing (unless it sent itself that signal), nor one that the grader ended. If a child is meant
    to be killed by its write, no child owes anything.
    """
    owed: list[Attachment] = []
    everything = attachments(run)
    for process in run.processes:
        if process.is_thread or not _ended_by_itself(process):
            continue
        if not by_children and not run.is_parent(process.number):
            continue
        mine = [a for a in everything if a.process == process.number]
        own = [a for a in mine if a.own]
        if own:
            owed += [a for a in own if not a.detached]
        elif mine and not any(a.detached for a in mine):
            owed.append(mine[0])
    return tuple(owed)


def _ended_by_itself(process: Process) -> bool:
    if process.end == "signal":
        return process.fault is None  # a signal that was sent, perhaps by the process itself
    return process.end == "exit"


def parent_detaches(run: Run) -> Finding | None:
    """The parent detached what it had attached: its child cannot, killed by its write."""
    return detaches(run, by_children=False)


def detaches(run: Run, by_children: bool = True) -> Finding | None:
    """Each process detached what it had attached."""
    owed = never_detached(run, by_children)
    if not owed:
        return None
    failed = next((c for c in run.calls("shmdt", ok=False) if c.process == owed[0].process), None)
    message = not_detached_by(run, owed)
    if failed is not None:
        message += f" {describe_call(failed)}."
    elif not all(attachment.own for attachment in owed):
        message += " A child that is forked after shmat inherits the attachment."
    return Finding(
        message,
        expected="detached once by each process that has it attached",
        seen=f"attached {len(run.calls('shmat', ok=True))}, "
        f"detached {len(run.calls('shmdt', ok=True))}",
        evidence=story(run, names=SEGMENT_CALLS, about=[owed[0].process]),
    )


def not_detached_by(run: Run, owed: Sequence[Attachment]) -> str:
    """Who did not detach, in a sentence."""
    first = owed[0].process
    mine = [a for a in attachments(run) if a.process == first and a.own]
    done = sum(a.detached for a in mine)
    if done:
        return f"{who(run, first).capitalize()} detached {done} of its {len(mine)} attachments."
    names = dict.fromkeys(who(run, attachment.process) for attachment in owed)
    return f"{listed(list(names)).capitalize()} never detached the segment."


def left_behind(run: Run) -> tuple[Segment, ...]:
    """The segments that this run created and nobody removed."""
    return tuple(segment for segment in run.created_segments if segment.removed is None)


def counts(run: Run) -> str:
    """The five operations, counted: only calls that succeeded."""
    gets = run.calls("shmget", ok=True)
    created = sum(call.created for call in gets)
    removed = sum(call.ok for call in run.removals)
    return (
        f"created {created}, accessed {len(gets) - created}, "
        f"attached {len(run.calls('shmat', ok=True))}, "
        f"detached {len(run.calls('shmdt', ok=True))}, removed {removed}"
    )


def removal_began(run: Run, segment: Segment) -> int | None:
    """When the call that removed it began: another process can miss the segment before that call
    is seen to return."""
    for call in run.removals:
        if call.ok and call.segment == segment.number:
            return call.began
    return None


def missed_after_removal(run: Run) -> Call | None:
    """A call that failed because the segment had been removed before."""
    for segment in run.created_segments:
        removed = removal_began(run, segment)
        if removed is None:
            continue
        for call in run.all_calls:
            if call.injected or call.error not in GONE or call.seq < removed:
                continue
            if call.name == "shmat" and call.id == segment.id:
                return call
            if call.name == "shmget" and call.key == segment.key and call.key != 0:
                return call
    return None


def removes(run: Run) -> Finding | None:
    """Each segment was removed once, and nothing else was left behind.

    A removal that came too early is reported by its effect on the output, and a program that fails
    because of it may try once more.
    """
    left = left_behind(run)
    evidence = story(run, names=SEGMENT_CALLS)
    if left:
        name = "IPC_PRIVATE" if left[0].key == 0 else str(left[0].key)
        failed = next((call for call in run.removals if call.error), None)
        why = f" {describe_call(failed)}." if failed else ""
        return Finding(
            f"The segment with key {name} ({bytes_of(left[0].size)}) was never removed.{why}",
            expected="removed once",
            seen=f"never removed ({counts(run)})",
            evidence=evidence,
        )
    failed = next((call for call in run.removals if call.error and not call.injected), None)
    if failed is not None and run.parent.exited_with(0):
        which = "A second removal" if any(call.ok for call in run.removals) else "A removal"
        return Finding(
            f"{which} failed: {who(run, failed.process)}, {describe_call(failed)}.",
            expected="removed once",
            seen=f"shmctl with IPC_RMID was called {_times(len(run.removals))}",
            evidence=evidence,
        )
    return nothing_else_left(run)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def nothing_else_left(run: Run) -> Finding | None:
    """No semaphores, message queues or POSIX objects are left behind."""
    over = run.leftovers
    makers = [left.by for left in over.objects]
    names = _some(SEMAPHORE_SET, over.semaphores) + _some(MESSAGE_QUEUE, over.message_queues)
    names += [f"POSIX shared memory {name}" for name in over.posix_shm]
    names += [f"POSIX message queue /{name}" for name in over.posix_queues]
    if not names:
        return None
    return Finding(
        f"Your program left behind: {', '.join(names)}.",
        expected="nothing",
        seen="\n".join([", ".join(names), *_made(run)]),
        evidence=story(run, names=OBJECT_CALLS, about=makers) if makers else NO_EVIDENCE,
        cause=Cause(codes.LEAVES_OTHER, _kind_of_other(over)),
        hint="These outlive a program too: semctl, msgctl, shm_unlink and mq_unlink remove them.",
    )


def _made(run: Run) -> list[str]:
    """Who made the sets and queues that stay, where it is known."""
    return [
        f"the {kind} was made by {who(run, by)}"
        for kind, by in dict.fromkeys((left.kind, left.by) for left in run.leftovers.objects)
    ]


def _kind_of_other(over: Leftovers) -> str:
    """Which kind to report: the first one that is left."""
    kinds = {
        SEMAPHORE_SET: over.semaphores,
        MESSAGE_QUEUE: over.message_queues,
        "POSIX shared memory": len(over.posix_shm),
        "POSIX message queue": len(over.posix_queues),
    }
    return next(kind for kind, count in kinds.items() if count)


def _some(what: str, count: int) -> list[str]:
    return [] if count == 0 else [f"a {what}" if count == 1 else f"{count} {what}s"]


def removed_by_creator(run: Run) -> Finding | None:
    """The process that created the segment removed it."""
    for segment in run.created_segments:
        creator, remover = segment.creator, segment.removed_by
        if creator is None or remover is None:
            continue
        if run.owner(creator) != run.owner(remover):
            return Finding(
                f"The segment was created by {who(run, creator)} and removed by "
                f"{who(run, remover)}.",
                expected=f"removed by {who(run, creator)}",
                seen=f"removed by {who(run, remover)}",
                evidence=story(run, names=SEGMENT_CALLS, about=[creator, remover]),
            )
    return None
