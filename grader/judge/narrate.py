"""The story of a run, line by line: who did what, in order."""

from __future__ import annotations

import errno
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from signal import Signals

from grader.base.text import cut
from grader.facts.records import (
    IPC_CREAT,
    IPC_EXCL,
    SHM_RDONLY,
    WNOHANG,
    WNOWAIT,
    Call,
    Line,
    Process,
    Run,
    Signal,
)
from grader.judge.evidence import CALL, END, LINE, NOTHING, Evidence, Key

GRADER = -1  # as a process in a story
MOST_LINES = 18
MOST_SAID = 3  # lines on stderr that are kept in a long story
MOST_ALIKE = 2  # calls that are told one by one, although they are the same
LONGEST_COMMAND = 70
LONGEST_WORD = 16


def who(run: Run, number: int) -> str:
    """How the report names a process: process 1 (parent), process 3 (child 2)."""
    number = run.owner(number)
    if number == 0:
        return "an unknown process"
    if run.is_helper(number):
        return f"process {number} (another program)"
    if number == 1:
        return "process 1 (parent)"
    children = [child.number for child in run.children]
    if number in children:
        place = f" {children.index(number) + 1}" if len(children) > 1 else ""
        return f"process {number} (child{place})"
    process = run.process(number)
    return f"process {number} (child of process {run.owner(process.parent)})"


def signal_name(number: int) -> str:
    try:
        return f"{number} ({Signals(number).name})"
    except ValueError:
        return str(number)


def how_ended(process: Process) -> str:
    if process.end == "exit":
        return f"ended with exit status {process.code}"
    if process.end == "signal":
        return f"was ended by signal {signal_name(process.signal)}"
    return "was still there at the end, and was ended by the grader"


def describe_call(call: Call) -> str:
    """One call as a student would say it."""
    said = _FAMILY.get(call.name, _plain)(call)
    if call.refused:
        return f"{said} (not allowed here)"
    if call.injected:
        return f"{said} (the grader made it fail)"
    return said


def reason(error: str) -> str:
    """The name of an error, with the words that perror prints for it."""
    number = getattr(errno, error, None)
    return f"{os.strerror(number)} ({error})" if number is not None else error


def listed(names: Sequence[str], most: int = 3) -> str:
    """ "one, another and a third", or the first few of many."""
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} others"]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def bytes_of(count: int) -> str:
    return "1 byte" if count == 1 else f"{count} bytes"


def _outcome(call: Call, success: str) -> str:
    if call.error is not None:
        return f"failed: {call.error if call.injected else reason(call.error)}"
    return success if call.result is not None else "never came back"


def _plain(call: Call) -> str:
    return f"{call.name} → {_outcome(call, 'done')}"


def _fork(call: Call) -> str:
    return f"{call.name} → {_outcome(call, f'child is process {call.child}')}"


def _wait(call: Call) -> str:
    if call.ok and call.child is None:
        return "wait with WNOHANG → no child has ended yet"
    if call.ok and call.options & WNOWAIT:
        return f"waitid with WNOWAIT → process {call.child} has ended, and stays a zombie"
    return f"wait → {_outcome(call, f'process {call.child} has ended')}"


def _get(call: Call, what: str) -> str:
    """shmget, semget or msgget: what is asked for, and whether it is new."""
    named = {"IPC_CREAT": IPC_CREAT, "IPC_EXCL": IPC_EXCL, "SHM_RDONLY": SHM_RDONLY}
    flags = [name for name, flag in named.items() if call.flags & flag]
    flags += [f"{call.flags & 0o777:#o}".replace("0o", "0") if call.flags & 0o777 else "0"]
    found = f"{call.result}, {f'a new {what}' if call.created else f'the {what} that is there'}"
    words = ["IPC_PRIVATE" if call.key == 0 else str(call.key)]
    words += [str(call.size)] if call.size is not None else []
    return f"{call.name}({', '.join([*words, ' | '.join(flags)])}) → {_outcome(call, found)}"


def _shmat(call: Call) -> str:
    flag = ", SHM_RDONLY" if call.read_only else ""
    return f"shmat({call.id}{flag}) → {_outcome(call, 'attached')}"


def _shmdt(call: Call) -> str:
    return f"shmdt → {_outcome(call, 'detached')}"


def _control(call: Call) -> str:
    """shmctl, semctl or msgctl."""
    words = [str(call.id), str(call.command)]
    if call.value is not None:
        words += [f"{call.value} for semaphore {call.semaphore}"]
    done = "removed" if call.command == "IPC_RMID" else "done"
    if call.name == "semctl" and (call.command or "").startswith("GET"):
        done = str(call.result)
    return f"{call.name}({', '.join(words)}) → {_outcome(call, done)}"


def _semop(call: Call) -> str:
    changes = [f"{change:+} on semaphore {number}" for number, change in call.operations]
    return f"semop({', '.join([str(call.id), *changes])}) → {_outcome(call, 'done')}"


def _msgsnd(call: Call) -> str:
    sent = f"msgsnd({call.id}, {bytes_of(call.size or 0)} of type {call.type})"
    return f"{sent} → {_outcome(call, 'sent')}"


def _msgrcv(call: Call) -> str:
    got = bytes_of(call.result) if isinstance(call.result, int) else ""
    asked = f"type {call.type}" if call.type else "any type"
    return f"msgrcv({call.id}, {asked}) → {_outcome(call, f'got {got}')}"


def _pipe(call: Call) -> str:
    ends = "done"
    if len(call.descriptors) == 2:
        ends = "to read from {}, to write to {}".format(*call.descriptors)
    return f"pipe → {_outcome(call, ends)}"


def _kill(call: Call) -> str:
    whom = str(call.pid) if call.target is None else f"process {call.target}"
    return f"kill({whom}, {signal_name(call.signal or 0)}) → {_outcome(call, 'done')}"


_FAMILY = {
    "fork": _fork,
    "vfork": _fork,
    "clone": _fork,
    "wait": _wait,
    "shmget": lambda call: _get(call, "segment"),
    "shmat": _shmat,
    "shmdt": _shmdt,
    "shmctl": _control,
    "semget": lambda call: _get(call, "semaphore set"),
    "semop": _semop,
    "semctl": _control,
    "msgget": lambda call: _get(call, "message queue"),
    "msgsnd": _msgsnd,
    "msgrcv": _msgrcv,
    "msgctl": _control,
    "pipe": _pipe,
    "kill": _kill,
}


@dataclass(frozen=True)
class _StoryLine:
    """One line of a story, before it is known whether there is room for it."""

    when: int
    process: int
    text: str
    matters: bool = False
    times: int = 1
    key: Key = NOTHING


def story(
    run: Run,
    ending: Mapping[int, str] | None = None,
    names: frozenset[str] | None = None,
    about: Collection[int] = (),
) -> Evidence:
    """What happened, in order, below the command. `ending` adds a remark to the end of a process;
    `names` keeps only these calls (lines that were printed and ends of processes always stay, and
    the first ones on stderr).

    Where it is too long, it keeps what failed, what was printed, the processes that it is `about`,
    and where it begins and ends."""
    ending = ending or {}
    about = {*about, *_noticed(run)} - {1}
    first_said = run.told_lines[:MOST_SAID]
    happened = [
        *_calls_of(run, names, about),
        *(line for printed_line in run.lines for line in _printed(printed_line)),
        *(
            _StoryLine(
                line.seq, line.process, f"said on stderr {quoted(line.text)}", place < MOST_SAID
            )
            for place, line in enumerate(run.told_lines if names is None else first_said)
        ),
    ]
    for poke in run.pokes:
        if poke.new is not None and run.others:  # else it is a piece of a text
            text = f"changed {poke.old} in the segment to {poke.new}"
            happened.append(_StoryLine(poke.seq, GRADER, text, True))
    for process in run.processes:
        if process.ended is not None and not process.is_thread:
            remark = ending.get(process.number, "")
            matters = bool(remark) or process.number in about
            text = f"{how_ended(process)}{remark}"
            key = (END, process.number)
            happened.append(_StoryLine(process.ended, process.number, text, matters, key=key))
    happened.sort(key=lambda entry: entry.when)
    happened = _merged(happened)
    names_of = {
        number: "the grader" if number == GRADER else who(run, number)
        for number in {run.owner(entry.process) for entry in happened}
    }
    if not run.others and not run.forks:
        names_of[1] = "the program"  # nobody's parent
    width = max(map(len, names_of.values()), default=0)
    lines = [f"{names_of[run.owner(entry.process)]:{width}}  {entry.text}" for entry in happened]
    matter = [place for place, entry in enumerate(happened) if entry.matters]
    shown = list(_shown_places(len(lines), matter))
    keys = [happened[place].key if place is not None else NOTHING for place, _ in shown]
    texts = [lines[place] if place is not None else _gap(missing) for place, missing in shown]
    return Evidence((f"$ {typed(run)}", *texts), run, (NOTHING, *keys))


def _printed(line: Line) -> Iterator[_StoryLine]:
    """A line that several processes wrote is told piece by piece."""
    if not line.pieces:
        text, key = f"printed {quoted(line.text)}", (LINE, line.seq)
        yield _StoryLine(line.seq, line.process, text, True, key=key)
    for piece in line.pieces:
        yield _StoryLine(piece.seq, piece.process, f"printed {quoted(piece.text)}", True)


def _merged(happened: Sequence[_StoryLine]) -> list[_StoryLine]:
    """A line that comes many times in a row is told once, with how often."""
    merged: list[_StoryLine] = []
    for (process, text), alike in groupby(happened, key=lambda told: (told.process, told.text)):
        same = list(alike)
        times = sum(one.times for one in same)
        if times > MOST_ALIKE:
            often = f"{text}, {times} times in a row"
            matters = any(one.matters for one in same)
            same = [_StoryLine(same[0].when, process, often, matters, key=same[0].key)]
        merged += same
    return merged


def _noticed(run: Run) -> Iterator[int]:
    """The process in which a call was made to fail, and the first one that crashed."""
    yield from (run.owner(call.process) for call in run.faults_met[:1])
    yield from [process.number for process in run.processes if process.crashed][:1]


def _calls_of(
    run: Run, names: frozenset[str] | None, about: Collection[int]
) -> Iterator[_StoryLine]:
    polling: set[int] = set()
    for event in run.events:
        if isinstance(event, Call) and event.name in _FAMILY and not event.thread:
            if names is not None and event.name not in names:
                continue
            if event.name == "wait" and event.options & WNOHANG and event.child is None:
                if event.process in polling:
                    continue  # once tells it
                polling.add(event.process)
            # a fork is told before what its child does: when it was asked for
            when = event.began if event.name in ("fork", "vfork", "clone") else event.seq
            matters = event.error is not None or event.process in about
            text, key = describe_call(event), (CALL, event.seq)
            yield _StoryLine(when, event.process, text, matters, event.times, key)
        elif isinstance(event, Signal):
            yield _StoryLine(
                event.seq, event.process, f"got signal {signal_name(event.signal)}", True
            )


def shortened(lines: Sequence[str], matter: Sequence[int]) -> list[str]:
    """As many lines as there is room for: those that matter, and those nearest to both ends."""
    shown = _shown_places(len(lines), matter)
    return [lines[place] if place is not None else _gap(missing) for place, missing in shown]


def _gap(missing: int) -> str:
    return f"… {missing} more …"


def _shown_places(count: int, matter: Sequence[int]) -> Iterator[tuple[int | None, int]]:
    """The places that are shown; None for a gap, with how many are missing there."""
    if count <= MOST_LINES:
        yield from ((place, 0) for place in range(count))
        return
    half = (MOST_LINES - 4) // 2
    kept = set(matter if len(matter) <= 2 * half else [*matter[:half], *matter[-half:]])
    for place in range(count):
        if len(kept) < MOST_LINES:
            kept.add(place // 2 if place % 2 == 0 else count - 1 - place // 2)
    missing = 0
    for place in range(count):
        if place not in kept:
            missing += 1
            continue
        if missing:
            yield (None, missing) if missing > 1 else (place - 1, 0)
        yield place, 0
        missing = 0


def typed(run: Run) -> str:
    """The command as the student would type it."""
    program = os.path.basename(run.command[0])
    pipe = " | cat" if run.options.get("stdout") == "pipe" else ""
    return cut(" ".join([f"./{program}", *words_of(run)]), LONGEST_COMMAND) + pipe


def words_of(run: Run) -> list[str]:
    """The arguments as the student would type them; a long text is cut."""
    words = [readable(word) for word in run.command[1:]]
    words = [w if len(w) <= LONGEST_WORD else f"{w[:LONGEST_WORD - 3]}..." for w in words]
    return [f'"{word}"' if " " in word or not word else word for word in words]


def readable(text: str) -> str:
    """A text of the facts, a letter for each byte, as the UTF-8 that it is, where it is."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def quoted(text: str) -> str:
    text = readable(text)
    text = text if len(text) <= 60 else text[:57] + "..."
    return f'"{text}"'


def printed(run: Run) -> str:
    """The program's output as the student saw it, for the column `seen`."""
    lines = [readable(line.text) for line in run.lines if line.text.strip()]
    if not lines:
        return "(nothing was printed)"
    return "\n".join(lines[:8] + (["…"] if len(lines) > 8 else []))


def why_stopped(run: Run) -> str:
    """Of a program that did not end by itself: what witness says of it, as a sentence."""
    detail = run.detail or f"it was stopped: {run.verdict}"
    return f"{detail[0].upper()}{detail[1:].rstrip('.')}."


def trouble(run: Run) -> str:
    """A sentence on how the program itself came to grief, or nothing."""
    if run.verdict != "ended":
        return why_stopped(run)
    if run.parent.crashed:
        return f"Your program crashed: signal {signal_name(run.parent.signal)}."
    for process in run.others:
        if process.crashed and not _forbidden_write(process):
            name = who(run, process.number).capitalize()
            return f"{name} was ended by signal {signal_name(process.signal)}."
    failed = next(
        (c for c in run.all_calls if c.error and not c.injected and c.name[:3] == "shm"), None
    )
    if failed is not None:
        return f"{who(run, failed.process).capitalize()}: {describe_call(failed)}."
    return _gave_up(run)


def _forbidden_write(process: Process) -> bool:
    """Did it end as the child in read-only has to? What is missing then has another reason."""
    fault = process.fault
    return fault is not None and fault.segment is not None and fault.read_only


def _gave_up(run: Run) -> str:
    """Of a program that forked and ended, not well: with which status, and what it said."""
    if not run.forks or run.parent.end != "exit" or run.parent.code == 0:
        return ""
    said = f", and said on stderr: {quoted(run.told_lines[0].text)}" if run.told_lines else ""
    return f"Your program ended with exit status {run.parent.code}{said}."
