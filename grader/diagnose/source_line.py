"""The line of the student's file that a mistake belongs to: that of the call that is wrong in the
run that shows it. Where several lines are possible there is none: a wrong one misleads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from signal import Signals

from grader.facts.records import Call, Run, Signal
from grader.judge.fork_wait import waited_for
from grader.judge.segments import left_behind, missed_after_removal, never_detached

# What the rules call them, and the name in the facts.
NAMES = {
    "segment_create": "shmget",
    "segment_attach": "shmat",
    "segment_remove": "shmctl",
    "waitpid": "wait",
    "waitid": "wait",
}
FAULTS = (Signals.SIGSEGV, Signals.SIGBUS, Signals.SIGABRT, Signals.SIGFPE, Signals.SIGILL)

Lines = Mapping[int, str]  # the line of each event that has one, by its seq
Events = Iterable[int]


def place_of(diagnosis: str, names: tuple[str, ...], run: Run | None, lines: Lines) -> str:
    """ "sharing.c:31", or "" if the facts of this run don't say which line it is."""
    if run is None or not lines:
        return ""
    chosen = CHOSEN.get(diagnosis)
    events = chosen(run) if chosen else _calls(run, names)
    found = {lines.get(seq, "") for seq in events}
    return found.pop() if len(found) == 1 else ""


def _calls(run: Run, names: tuple[str, ...]) -> Events:
    known = {NAMES.get(name, name) for name in names}
    return [call.seq for call in run.all_calls if call.name in known]


def _created(run: Run) -> Events:
    return [call.seq for call in run.calls("shmget", ok=True) if call.created]


def _created_again(run: Run) -> Events:
    return list(_created(run))[1:]


def _created_and_left(run: Run) -> Events:
    left = {segment.number for segment in left_behind(run)}
    return [c.seq for c in run.calls("shmget", ok=True) if c.created and c.segment in left]


def _not_detached(run: Run) -> Events:
    owed = {(a.process, a.address) for a in never_detached(run) if a.own}
    return [c.seq for c in run.calls("shmat", ok=True) if (c.process, c.result) in owed]


def _attached_again(run: Run) -> Events:
    seen: set[int] = set()
    for call in run.calls("shmat", ok=True):
        if call.process in seen:
            yield call.seq
        seen.add(call.process)


def _attached_by_children(run: Run) -> Events:
    return [c.seq for c in run.calls("shmat", ok=True) if not run.is_parent(c.process)]


def _not_waited_for(run: Run) -> Events:
    never = {child.number for child in run.children if not waited_for(run, child)}
    return [fork.seq for fork in run.forks if fork.child in never]


def _forked_again(run: Run) -> Events:
    return [fork.seq for fork in run.forks if fork.ok][1:]


def _removed_too_early(run: Run) -> Events:
    missed = missed_after_removal(run)
    before = [call.seq for call in _removals(run) if missed and call.seq < missed.seq]
    return before[-1:]


def _removed_again(run: Run) -> Events:
    return [call.seq for call in _removals(run)][1:]


def _removed_by_children(run: Run) -> Events:
    return [call.seq for call in _removals(run) if not run.is_parent(call.process)]


def _crashes(run: Run) -> Events:
    signals = (event for event in run.events if isinstance(event, Signal) and event.from_kernel)
    return [event.seq for event in signals if event.signal in FAULTS]


def _removals(run: Run) -> tuple[Call, ...]:
    return run.removals


CHOSEN: dict[str, Callable[[Run], Events]] = {
    "attached-again": _attached_again,
    "crashed": _crashes,
    "mode-unusable": _created,
    "never-detached": _not_detached,
    "never-waited": _not_waited_for,
    "no-ipc-excl": _created,
    "read-only-missing": _attached_by_children,
    "removed-by-another": _removed_by_children,
    "removed-too-early": _removed_too_early,
    "removed-twice": _removed_again,
    "segment-left": _created_and_left,
    "segment-too-small": _created,
    "size-and-flags-exchanged": _created,
    "size-ignored": _created,
    "too-many-children": _forked_again,
    "two-segments": _created_again,
}
