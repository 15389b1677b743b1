"""The story of a run, line by line: who did what, in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from signal import Signals

from grader.facts import IPC_CREAT, IPC_EXCL, WNOHANG, Call, Line, Process, Run, Signal

MOST_LINES = 14


class Told(tuple[str, ...]):
    """Lines of evidence that know the run that they tell of, so that it can be drawn."""

    run: Run | None = None


def told(run: Run, lines: Iterable[str]) -> Told:
    """These lines tell of this run."""
    evidence = Told(lines)
    evidence.run = run
    return evidence


def who(run: Run, number: int) -> str:
    """How the report names a process: process 1 (parent), process 3 (child 2)."""
    number = run.owner(number)
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


def _outcome(call: Call, success: str) -> str:
    if call.error is not None:
        return f"failed: {call.error}"
    return success if call.result is not None else "never came back"


def _plain(call: Call) -> str:
    return f"{call.name} → {_outcome(call, 'done')}"


def _fork(call: Call) -> str:
    return f"{call.name} → {_outcome(call, f'child is process {call.child}')}"


def _wait(call: Call) -> str:
    if call.ok and call.child is None:
        return "wait with WNOHANG → no child has ended yet"
    return f"wait → {_outcome(call, f'process {call.child} has ended')}"


def _shmget(call: Call) -> str:
    flags = [f"{call.flags & 0o777:#o}".replace("0o", "0") if call.flags & 0o777 else "0"]
    flags += ["IPC_CREAT"] if call.flags & IPC_CREAT else []
    flags += ["IPC_EXCL"] if call.flags & IPC_EXCL else []
    found = "a new segment" if call.created else "the segment that is there"
    key = "IPC_PRIVATE" if call.key == 0 else str(call.key)
    return f"shmget({key}, {call.size}, {' | '.join(flags)}) → {_outcome(call, found)}"


def _shmat(call: Call) -> str:
    flag = ", SHM_RDONLY" if call.read_only else ""
    return f"shmat({call.id}{flag}) → {_outcome(call, 'attached')}"


def _shmdt(call: Call) -> str:
    return f"shmdt → {_outcome(call, 'detached')}"


def _shmctl(call: Call) -> str:
    done = "removed" if call.command == "IPC_RMID" else "done"
    return f"shmctl({call.id}, {call.command}) → {_outcome(call, done)}"


_FAMILY = {
    "fork": _fork,
    "vfork": _fork,
    "clone": _fork,
    "wait": _wait,
    "shmget": _shmget,
    "shmat": _shmat,
    "shmdt": _shmdt,
    "shmctl": _shmctl,
}


def story(
    run: Run, ending: Mapping[int, str] | None = None, names: frozenset[str] | None = None
) -> Told:
    """What happened, in order. `ending` adds a remark to the end of a process; `names` keeps
    only these calls (lines that were printed and ends of processes always stay)."""
    ending = ending or {}
    happened: list[tuple[int, int, str]] = []
    for event in run.events:
        if isinstance(event, Call) and event.name in _FAMILY:
            busy = event.name == "wait" and event.options & WNOHANG and event.child is None
            if (names is None or event.name in names) and not busy and not event.thread:
                # a fork is told before what its child does: when it was asked for
                when = event.began if event.name in ("fork", "vfork", "clone") else event.seq
                happened.append((when, event.process, describe_call(event)))
        elif isinstance(event, Signal):
            happened.append((event.seq, event.process, f"got signal {signal_name(event.signal)}"))
    happened += [(line.seq, line.process, f"printed {quoted(line)}") for line in run.lines]
    for process in run.processes:
        if process.ended is not None and not process.is_thread:
            remark = ending.get(process.number, "")
            happened.append((process.ended, process.number, f"{how_ended(process)}{remark}"))
    happened.sort(key=lambda entry: entry[0])
    names_of = {number: who(run, number) for number in {entry[1] for entry in happened}}
    width = max(map(len, names_of.values()), default=0)
    lines = [f"{names_of[number]:{width}}  {text}" for _, number, text in happened]
    if len(lines) > MOST_LINES:
        half = (MOST_LINES - 1) // 2
        left_out = len(lines) - 2 * half
        lines = [*lines[:half], f"… {left_out} more …", *lines[-half:]]
    return told(run, lines)


def readable(text: str) -> str:
    """A text of the facts, a letter for each byte, as the UTF-8 that it is, where it is."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def quoted(line: Line) -> str:
    text = readable(line.text)
    text = text if len(text) <= 60 else text[:57] + "..."
    return f'"{text}"'


def printed(run: Run) -> str:
    """The program's output as the student saw it, for the column `seen`."""
    lines = [readable(line.text) for line in run.lines if line.text.strip()]
    if not lines:
        return "(nothing was printed)"
    return "\n".join(lines[:8] + (["…"] if len(lines) > 8 else []))


def trouble(run: Run) -> str:
    """A sentence on how the program itself came to grief, or nothing."""
    if run.verdict != "ended":
        return run.detail or f"The program was stopped: {run.verdict}."
    if run.parent.crashed:
        return f"Your program crashed: signal {signal_name(run.parent.signal)}."
    for process in run.others:
        if process.crashed:
            name = who(run, process.number).capitalize()
            return f"{name} was ended by signal {signal_name(process.signal)}."
    failed = next(
        (c for c in run.all_calls if c.error and not c.injected and c.name[:3] == "shm"), None
    )
    if failed is not None:
        return f"{who(run, failed.process).capitalize()}: {describe_call(failed)}."
    return ""
