"""Before any idea of the lesson: not started, does not build, does not end, crashes."""

from __future__ import annotations

from collections.abc import Sequence
from signal import Signals

from grader.diagnose.case import ALL, Case, Diagnosis, Said
from grader.facts.records import Process, Run
from grader.judge import codes
from grader.judge.contents import PAGE
from grader.judge.driver import answers
from grader.judge.evidence import Evidence, told
from grader.judge.keeper import command_of
from grader.judge.narrate import signal_name, who, why_stopped

LIMITS = {
    "memory": "memory",
    "output": "output",
    "processes": "processes at once",
    "segments": "shared memory",
    "file-size": "the size of a file",
    "open-files": "open files",
}
LAST_PAGE = 2**64 - PAGE
MESSAGES = 6
CRASHES = (Signals.SIGSEGV, Signals.SIGBUS, Signals.SIGABRT, Signals.SIGFPE, Signals.SIGILL)


def first_section(case: Case) -> str:
    """Where to begin to read: where nothing else is said, what the first test is about."""
    first = next(iter(case.results.values()), None)
    said = first.section.removeprefix("assignment/") if first else case.exercise.id
    return case.page("start") or said


def not_started(case: Case) -> Diagnosis:
    name = next(iter(case.sources), "the file")
    return Diagnosis(
        "not-started",
        f"Not started: {name} is still the stub. Begin with assignment/{case.exercise.id}.",
        first_section(case),
        "The stub compiles and does nothing. Each TODO in it says what is to be written there.",
        tests=case.lost(ALL),
    )


def does_not_build(case: Case, messages: Sequence[str]) -> Diagnosis:
    return Diagnosis(
        "does-not-build",
        "The program does not compile.",
        first_section(case),
        "Begin with the first message of the compiler: the others often follow from it.",
        Evidence(tuple(messages[:MESSAGES])),
        case.lost(ALL),
    )


def only_held(case: Case, run: Run) -> bool:
    """Did only the schedule keep this program from its end: held until it would wait?

    It ends where its parent is held instead; that it never waits is told by itself.
    """
    if run is not case.strict or run is case.normal or case.normal is None:
        return False
    return not case.normal.hit_a_limit and run.was_held


def limit_hit(case: Case) -> Said | None:
    run = next((run for run in case.plain if run.hit_a_limit and not only_held(case, run)), None)
    if run is None:
        return None
    detail = why_stopped(run)
    if run.verdict == "deadlock":
        text = "The program never ends: it waits for what never comes."
        if run.others:
            text = "The program never ends: its processes wait for each other."
        detail = "All of it was waiting, and nothing was left that could wake it."
    elif run.verdict in ("wall-time", "cpu-time"):
        text = "The program did not come to its end."
        detail += " Look for a loop that never ends, or a call that waits for what never comes."
    else:
        text = f"The program goes beyond a limit: {LIMITS.get(run.verdict, run.verdict)}."
    doing = [
        f"{who(run, process.number) if run.others else 'the program'} was {_words(process.doing)}"
        for process in run.processes
        if process.doing and process.doing != "ended"
    ]
    return Said(text, detail, told(run, (*case.story(run).lines, *doing[:4])))


def _words(doing: str) -> str:
    """What witness says of a process that had to be stopped, in words of the lesson."""
    if doing.startswith("held"):
        return "held back by the grader until its parent waits"
    words = {"blocked in": "waiting in", "wait4": "wait", "waitid": "wait", "blocked": "waiting"}
    for word, known in words.items():
        doing = doing.replace(word, known)
    return doing


def crash_of(run: Run, on_purpose: bool) -> Process | None:
    """The first process that a signal ended; where a child is to crash, only the parent."""
    processes = [run.parent] if on_purpose else [run.parent, *run.others]
    return next((process for process in processes if process.signal in CRASHES), None)


def crashed(case: Case) -> Said | None:
    for run in case.plain:
        process = crash_of(run, on_purpose=case.exercise.child_crashes)
        read_only_trial = case.exercise.is_functions and "attach_read_only" in run.command
        if process is None or read_only_trial:
            continue
        memory = case.message("memory")
        where = f" {memory}" if memory else ""
        name = who(run, process.number).capitalize()
        if case.exercise.is_functions:
            came_back = bool(answers(run, run.command[1]))
            function = f"segment_{run.command[2].partition('_')[0]}"
            name = f"What uses the result of {function}" if came_back else function
        elif case.exercise.is_commands:
            name = command_of(run)
        return Said(
            f"{name} crashed: signal {signal_name(process.signal)}.",
            f"{_why(case, run, process)}{where}",
            case.story(run),
        )
    return None


def _why(case: Case, run: Run, process: Process) -> str:
    """Why a process crashed, as far as the facts tell it."""
    if process.signal == Signals.SIGFPE:
        return "A division by zero ends the program like that."
    if process.signal == Signals.SIGABRT:
        return "abort ends a program like that; the C library calls it for a bad free, too."
    at = int(process.fault.address, 16) if process.fault else None
    if process.fault and process.fault.segment is not None and process.fault.read_only:
        return (
            "It wrote to the segment through a pointer that shmat gave with SHM_RDONLY: that "
            "memory can only be read."
        )
    if at is not None and at >= LAST_PAGE:
        return "The address was that of (void *) -1: shmat returns it when it fails."
    if at is not None and at < PAGE:
        return "The pointer was NULL, or nearly so: it points nowhere."
    if at is not None and _was_detached(run, process, at):
        return "It used the segment after shmdt: then the pointer points nowhere any more."
    kinds = ", to memory that was detached" if case.exercise.uses_segments else ""
    return (
        "The program used memory that it may not use: through a pointer that points nowhere"
        f"{kinds}, or to memory that was freed."
    )


def _was_detached(run: Run, process: Process, at: int) -> bool:
    """Does this address lie where this process had a segment attached before?"""
    given = {str(c.result): c.segment for c in run.calls("shmat", ok=True)}
    for call in run.calls("shmdt", process=process.number, ok=True):
        segment = given.get(str(call.address))
        first = int(str(call.address), 16)
        if segment is not None and first <= at < first + max(run.segment(segment).size, PAGE):
            return True
    return False


def invalid_memory(case: Case) -> Said | None:
    """What valgrind found, in words."""
    cause = case.cause("memory")
    place = f" ({cause.where})" if cause.where else ""
    if cause.code == codes.UNINITIALIZED:
        text, why = "uses a value that was never set", "It holds whatever lay there before."
    elif (cause.code, cause.detail) == (codes.MEMORY, "InvalidWrite"):
        text, why = "writes to memory that is not its own", "It may hit any other variable."
    elif (cause.code, cause.detail) == (codes.MEMORY, "InvalidRead"):
        text, why = "reads memory that is not its own", "What it finds there is chance."
    else:
        return None
    return Said(
        f"The program {text}{place}.",
        f"{why} So it may look right here and now, and go wrong elsewhere. To see more, run "
        f"{case.exercise.try_valgrind or 'it with valgrind'}.",
        case.evidence("memory"),
        ("memory",),
    )
