"""The kinds of positive facts that a check can rest on, each with a way to take it out of a run.

A check rests on a kind if the solution no longer passes it once all such facts are gone. That is
tried, not read off the code.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from grader.facts.records import (
    Call,
    Content,
    Event,
    Moment,
    Poke,
    Process,
    Run,
    Signal,
    Stream,
    Write,
)

NOTHING = Stream(0, "")


@dataclass(frozen=True)
class Kind:
    """A kind of fact: how it is called in the table, and a run without it."""

    name: str
    without: Callable[[Run], Run]


def _events(run: Run, drop: Callable[[Event], bool]) -> Run:
    return replace(run, events=tuple(event for event in run.events if not drop(event)))


def _processes(run: Run, change: Callable[[Process], Process]) -> Run:
    return replace(run, processes=tuple(map(change, run.processes)))


def _without_copies(run: Run) -> Run:
    """Each child shares its parent's memory."""
    shared = _processes(run, lambda p: replace(p, shares_memory=p.number != 1))
    return replace(
        shared,
        events=tuple(
            replace(event, shares_memory=True) if isinstance(event, Call) and event.child else event
            for event in run.events
        ),
    )


def _without_waits(run: Run) -> Run:
    kept = _events(run, lambda e: isinstance(e, Call) and e.name == "wait")
    return _processes(kept, lambda p: replace(p, reaped=None, reaped_by=None))


def _without_creations(run: Run) -> Run:
    kept = _events(run, lambda e: isinstance(e, Call) and e.created)
    return replace(kept, segments=())


def _without(name: str) -> Callable[[Run], Run]:
    return lambda run: _events(run, lambda e: isinstance(e, Call) and e.name == name)


def _without_look_ups(run: Run) -> Run:
    return _events(
        run, lambda e: isinstance(e, Call) and e.name == "shmget" and e.ok and not e.created
    )


def _without_removals(run: Run) -> Run:
    kept = _events(run, lambda e: isinstance(e, Call) and e.command == "IPC_RMID")
    segments = (replace(s, removed=None, removed_by=None, left=True) for s in run.segments)
    return replace(kept, segments=tuple(segments))


def _without_lines(run: Run) -> Run:
    kept = _events(run, lambda e: isinstance(e, Write) and e.stream == "stdout")
    return replace(kept, stdout=NOTHING)


def _without_messages(run: Run) -> Run:
    kept = _events(run, lambda e: isinstance(e, Write) and e.stream == "stderr")
    return replace(kept, stderr=NOTHING)


def _without_pokes(run: Run) -> Run:
    return _events(run, lambda e: isinstance(e, Poke))


def _without_content(run: Run) -> Run:
    return _events(run, lambda e: isinstance(e, Content))


def _without_injections(run: Run) -> Run:
    return _events(run, lambda e: isinstance(e, Call) and e.injected)


def _without_crashes(run: Run) -> Run:
    kept = _events(run, lambda e: isinstance(e, Signal))
    return _processes(kept, lambda p: replace(p, fault=None))


def _without_ends(run: Run) -> Run:
    kept = _events(run, lambda e: isinstance(e, Moment) and e.kind == "exit")
    return _processes(kept, lambda p: replace(p, ended=None, end=None, code=0, signal=0))


KINDS = (
    Kind("a child that is a copy", _without_copies),
    Kind("a wait", _without_waits),
    Kind("a segment created", _without_creations),
    Kind("a look-up by key", _without_look_ups),
    Kind("shmat", _without("shmat")),
    Kind("shmdt", _without("shmdt")),
    Kind("a removal", _without_removals),
    Kind("the segment's content", _without_content),
    Kind("a poke", _without_pokes),
    Kind("lines printed", _without_lines),
    Kind("words on stderr", _without_messages),
    Kind("an injected failure", _without_injections),
    Kind("a memory fault", _without_crashes),
    Kind("an exit status", _without_ends),
)
# Not of a run, but of what is compared with it.
UNTRACED, VALGRIND = "an untraced run", "valgrind's reports"
