"""What is wrong in a run, and where: the places that a picture marks.

Only facts that are wrong in any case; nothing that a correct program may do is marked. Each place
gets a few words, for readers who do not see the color."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from signal import Signals

from grader.base.exercise import Exercise, Kind, one
from grader.facts.records import SHM_RDONLY, Call, Line, Process, Run
from grader.judge.crash import ends_by_its_write
from grader.judge.fork_wait import waited_for
from grader.judge.narrate import who
from grader.judge.output import results
from grader.judge.segments import left_behind, missed_after_removal, never_detached

CRASHES = (Signals.SIGSEGV, Signals.SIGBUS, Signals.SIGABRT, Signals.SIGFPE, Signals.SIGILL)
DISTURBED = ("fail", "poke", "signal")
NOT_BY_WRITE = "not killed by its write to read-only memory"


@dataclass
class Wrongs:
    """Why something is wrong: calls by their seq, lines by their place, ends by their process."""

    calls: dict[int, list[str]] = field(default_factory=dict)
    lines: dict[int, list[str]] = field(default_factory=dict)
    ends: dict[int, list[str]] = field(default_factory=dict)
    # still there when all was over: by number, and for sets and queues by kind and number
    segments: dict[int, str] = field(default_factory=dict)
    objects: dict[tuple[str, int], str] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)  # of the run's lines, by their identity

    def call(self, call: Call, why: str) -> None:
        self.calls.setdefault(call.seq, []).append(why)

    def line(self, run: Run, line: Line, why: str) -> None:
        if not self.places:
            self.places = {id(other): place for place, other in enumerate(run.lines)}
        self.lines.setdefault(self.places[id(line)], []).append(why)

    def end(self, process: int, why: str) -> None:
        self.ends.setdefault(process, []).append(why)


def wrongs(run: Run, exercise: Exercise, asked: Sequence[str] = ()) -> Wrongs:
    """All that is wrong in a run of this exercise; `asked` are lines that should be there."""
    found = Wrongs()
    _calls(run, exercise, found)
    _crashes(run, exercise, found)
    if not exercise.takes(run.command[1:]) and not run.forks:
        _usage(run, found)
    elif exercise.forks:
        _fork_and_wait(run, exercise, found)
        _lines(run, exercise, asked, found)
        _endings(run, exercise, found)
    if exercise.shares:
        _segments(run, exercise, found)
    if exercise.kind is Kind.PROGRAM:
        for left in run.leftovers.objects:
            found.objects[left.kind, left.number] = "never removed"
    if exercise.kind is not Kind.PROGRAM and "remove" in run.command[1:3] and not run.faults_met:
        looked_up = {call.segment for call in run.calls("shmget", ok=True)}
        for segment in run.segments:
            if segment.number in looked_up and segment.left:
                found.segments[segment.number] = "not removed"
    if exercise.is_commands:
        _command(run, found)
    if exercise.is_commands and asked and asked[0].startswith(f"{exercise.final}:"):
        for line in run.lines:
            if line.text.rstrip() not in asked:
                found.line(run, line, f"should print {asked[0]}")
    return found


def _calls(run: Run, exercise: Exercise, found: Wrongs) -> None:
    refused_later = missed_after_removal(run)
    for call in run.all_calls:
        if call.result is None and call.error is None and not call.refused:
            if call.name == "wait" or run.verdict == "deadlock":
                found.call(call, "never returned")
        if call.refused:
            found.call(call, "not allowed here")
        elif call is refused_later:
            found.call(call, "the segment was already removed")
        elif exercise.shares and call.error and not call.injected and call.name[:3] == "shm":
            found.call(call, "failed")


def _crashes(run: Run, exercise: Exercise, found: Wrongs) -> None:
    for process in run.processes:
        if process.signal not in CRASHES or process.end != "signal":
            continue
        if exercise.child_crashes and process.number != 1:
            if process is not _dying(run) or ends_by_its_write(run) is None:
                continue
            found.end(process.number, NOT_BY_WRITE)
        else:
            found.end(process.number, "it crashed")
    if exercise.child_crashes and not run.faults_met and not any(c.crashed for c in run.children):
        for child in run.children:
            if child.end == "exit":
                found.end(child.number, NOT_BY_WRITE)


def _dying(run: Run) -> Process | None:
    return next((child for child in run.children if child.crashed), None)


def _fork_and_wait(run: Run, exercise: Exercise, found: Wrongs) -> None:
    for fork in run.forks:
        if fork.ok and fork.child and not run.process(fork.child).is_copy:
            found.call(fork, "nothing is copied")
    if exercise.children is one:
        for fork in [fork for fork in run.forks if fork.ok][1:]:
            found.call(fork, "should fork one child")
    met = run.faults_met
    judged = [c for c in run.children if c.ended is not None or c.number in run.leftovers.processes]
    never = [child for child in judged if not waited_for(run, child)]
    if never and not any(call.name == "wait" and call.injected for call in met):
        many = len(run.children) > 1
        names = " and ".join(f"process {child.number}" for child in never[:3])
        left = f"{names} and {len(never) - 3} more" if len(never) > 3 else names
        found.end(1, f"never waited for {left if many else 'its child'}")


def _lines(run: Run, exercise: Exercise, asked: Sequence[str], found: Wrongs) -> None:
    by_parent = [asked_line.label for asked_line in exercise.lines if asked_line.by_parent]
    for label in by_parent:
        for line in results(run, label):
            if not run.is_parent(line.process):
                found.line(run, line, "printed by a child, not by the parent")
                continue
            early = [c for c in run.children if not waited_for(run, c, line.began)]
            if early and label == exercise.first_by_parent:
                found.line(run, line, "printed before the parent waited")
    for label in exercise.by_child:
        for line in results(run, label):
            if run.is_parent(line.process):
                found.line(run, line, "printed by the parent, not by the child")
    for asked_line in exercise.lines:
        wanted = [text for text in asked if text.startswith(asked_line.start)]
        for line in results(run, asked_line.label):
            if wanted and line.text.rstrip() not in wanted:
                found.line(run, line, f"should print {wanted[0]}")


def _endings(run: Run, exercise: Exercise, found: Wrongs) -> None:
    """How the parent ended, with an injected failure and without one."""
    parent = run.parent
    if run.faults_met:
        fault = run.faults_met[0]
        for line in results(run, exercise.final):
            if line.began > fault.seq and run.owner(line.process) in (1, run.owner(fault.process)):
                found.line(run, line, f"printed although {fault.name} had failed")
        if parent.end == "exit" and parent.code != 1:
            found.end(1, "should exit with status 1")
        elif parent.end == "exit" and not run.error_lines:
            found.end(1, "reports nothing on stderr")
    elif parent.end == "exit" and parent.code != 0:
        found.end(1, "should exit with status 0")


def _usage(run: Run, found: Wrongs) -> None:
    """With wrong arguments a usage line and exit status 2 are right."""
    if not run.parent.exited_with(2):
        found.end(1, "wrong arguments: should exit with status 2")
    elif not run.error_lines:
        found.end(1, "wrong arguments: should print a usage line to stderr")
    for line in run.lines:
        found.line(run, line, "printed although the arguments are wrong")


def _command(run: Run, found: Wrongs) -> None:
    """A command of a series: 0 is success, 1 a failure, 2 is for wrong arguments."""
    if run.parent.end != "exit":
        return
    if run.parent.code not in (0, 1, 2):
        found.end(1, "should exit with status 0, or 1 if it fails")
    elif run.parent.code and not run.error_lines:
        found.end(1, "reports nothing on stderr")
    if run.command[1:2] == ("read",):
        for call in run.calls("shmat", ok=True):
            if not call.flags & SHM_RDONLY:
                found.call(call, "without SHM_RDONLY")


def _segments(run: Run, exercise: Exercise, found: Wrongs) -> None:
    for segment in left_behind(run):
        found.segments[segment.number] = "never removed"
    for segment in run.created_segments:
        creator, remover = segment.creator, segment.removed_by
        if creator and remover and run.owner(creator) != run.owner(remover):
            for call in run.removals:
                if call.ok and call.segment == segment.number:
                    found.call(call, f"{who(run, creator)} created it, and should remove it")
    created = [call for call in run.calls("shmget", ok=True) if call.created]
    for call in created:
        if not run.segment(call.segment or 0).owner_may_read_and_write:
            found.call(call, f"0{call.flags & 0o777:03o}: its owner can't read and write it")
    for call in created[1:]:
        found.call(call, "should create one segment")
    if exercise.attached_once:
        for process in run.processes:
            attached = run.calls("shmat", process=process.number, ok=True)
            for call in () if process.is_thread else attached[1:]:
                found.call(call, "should attach once per process")
    if exercise.shares and run.parent.exited_with(0) and not run.faults_met:
        for attachment in never_detached(run, by_children=not exercise.child_crashes):
            found.end(attachment.process, "never detached the segment")
    if exercise.child_crashes:
        mine = [c for c in run.calls("shmat", ok=True) if not run.is_parent(c.process)]
        if mine and not any(call.flags & SHM_RDONLY for call in mine):
            found.call(mine[0], "without SHM_RDONLY")


def joined(whys: Sequence[str] | None) -> str:
    """The reasons at one place, each once."""
    return "; ".join(_distinct(whys or ()))


def _distinct(whys: Sequence[str]) -> Iterator[str]:
    yield from dict.fromkeys(whys)
