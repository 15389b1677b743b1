"""Programs that the program runs: system("ipcs"), popen, a child that becomes another program.

A process that makes no call of the lesson and prints no labeled line before its exec is a helper,
and so is all that it starts after that. What helpers do is nobody's work: they are taken out of
the family, and their calls, and the calls that start them and wait for them, out of the events.
What they print stays, but counts for nobody. A program that runs itself again is no helper, nor is
a process that is still there when the parent has ended.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from grader.facts.records import Call, Content, Event, Process, Run, Write

LABELED = re.compile(r"^\s*(\w+:\s*[-+]?\d|child killed by signal)", re.MULTILINE)
BESIDES = ("exec", "kill", "sleep", "pipe")  # traced calls that are no calls of the lesson


def without_helpers(run: Run) -> Run:
    """The run with its helpers set apart."""
    execs = _execs(run.events)
    if not execs:
        return run
    found: dict[int, int] = {}  # a helper, and since when
    for process in run.processes:  # in order of birth
        since = _helper_since(run, process, execs, found)
        if since is not None:
            found[process.number] = since
    helpers = tuple(p for p in run.processes if p.number in found)
    return replace(
        run,
        processes=tuple(p for p in run.processes if p.number not in found),
        helpers=helpers,
        events=tuple(event for event in run.events if not _is_of(event, found)),
    )


def _execs(events: Iterable[Event]) -> dict[int, int]:
    """Which process became another program, and when first."""
    execs: dict[int, int] = {}
    for event in events:
        if isinstance(event, Call) and event.name == "exec" and event.ok and not event.itself:
            execs.setdefault(event.process, event.seq)
    return execs


def _helper_since(
    run: Run, process: Process, execs: dict[int, int], found: dict[int, int]
) -> int | None:
    if process.number == 1 or process.outlived_parent:
        return None
    if process.parent in found and process.born > found[process.parent]:
        return process.born
    since = execs.get(process.number)
    if since is None or process.is_thread:
        return None
    before = [e for e in run.events if e.process == process.number and e.seq < since]
    return None if any(map(belongs_to_the_lesson, before)) else since


def belongs_to_the_lesson(event: Event) -> bool:
    if isinstance(event, Call):
        return event.name not in BESIDES
    return isinstance(event, Write) and LABELED.search(event.text) is not None


def _is_of(event: Event, helpers: dict[int, int]) -> bool:
    """Is this a helper's doing, or a call that starts one or waits for one?"""
    if isinstance(event, Call) and event.child in helpers:
        return True
    return event.process in helpers and not isinstance(event, (Write, Content))
