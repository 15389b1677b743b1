"""Mistakes that come before the lesson: not started, does not build, hangs, crashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from signal import Signals

from grader.diagnose.case import ALL, Case, Diagnosis, RuleMatch
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
    "events": "the number of calls",
}
SUMS = ("prints_the_total", "total_is_read_from_the_slots")
LAST_PAGE = 2**64 - PAGE
MESSAGES = 6
CRASHES = (Signals.SIGSEGV, Signals.SIGBUS, Signals.SIGABRT, Signals.SIGFPE, Signals.SIGILL)


def first_section(case: Case) -> str:
    """Where to start reading: unless the exercise says otherwise, the first test's section."""
    first = next(iter(case.results.values()), None)
    said = first.section.removeprefix("assignment/") if first else case.exercise.id
    return case.page("start") or said


def not_started(case: Case) -> Diagnosis:
    name = next(iter(case.sources), "the file")
    return Diagnosis(
        "not-started",
        f"Not started: {name} is still the stub. Start with assignment/{case.exercise.id}.",
        first_section(case),
        "The stub compiles and does nothing. Each TODO says what to write there.",
        tests=case.lost(ALL),
    )


def does_not_build(case: Case, messages: Sequence[str]) -> Diagnosis:
    return Diagnosis(
        "does-not-build",
        "Your program does not compile.",
        first_section(case),
        "Fix the first error first; the rest often vanish with it.",
        Evidence(tuple(messages[:MESSAGES])),
        case.lost(ALL),
    )


def only_held(case: Case, run: Run) -> bool:
    """Did this program hang only because its children were held until it would wait?

    Then it finishes if its parent is held instead; the missing wait is reported by itself.
    """
    if run is not case.strict or run is case.normal or case.normal is None:
        return False
    return not case.normal.hit_a_limit and run.was_held


def limit_hit(case: Case) -> RuleMatch | None:
    run = next((run for run in case.plain if run.hit_a_limit and not only_held(case, run)), None)
    if run is None:
        return None
    detail = why_stopped(run)
    if run.verdict == "deadlock":
        text = "Your program hangs: it waits for something that never happens."
        if run.others:
            text = "Your program hangs: its processes wait for each other."
        detail = "Every process was waiting, and nothing was left that could wake one."
    elif run.verdict in ("wall-time", "cpu-time"):
        text = "Your program didn't finish."
        detail += " Look for an endless loop, or a call that waits forever."
    else:
        text = f"Your program hit a limit: {LIMITS.get(run.verdict, run.verdict)}."
    doing = [
        f"{who(run, process.number) if run.others else 'your program'} was {_words(process.doing)}"
        for process in run.processes
        if process.doing and process.doing != "ended"
    ]
    evidence = told(run, (*case.story(run).lines, *doing[:4]))
    return RuleMatch(text, detail, evidence, shown_in=lambda other: other.hit_a_limit)


def _words(doing: str) -> str:
    """What witness says about a process that had to be killed, in words of the lesson."""
    if doing.startswith("held"):
        return "held by the grader until its parent waits"
    words = {"blocked in": "waiting in", "wait4": "wait", "waitid": "wait", "blocked": "waiting"}
    for word, known in words.items():
        doing = doing.replace(word, known)
    return doing


def crash_of(run: Run, on_purpose: bool) -> Process | None:
    """The first process that crashed; if a child should crash, only the parent counts."""
    processes = [run.parent] if on_purpose else [run.parent, *run.others]
    return next((process for process in processes if process.signal in CRASHES), None)


def crashed(case: Case) -> RuleMatch | None:
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
            name = f"The code that used {function}'s result" if came_back else function
        elif case.exercise.is_commands:
            name = command_of(run)
        return RuleMatch(
            f"{name} crashed: signal {signal_name(process.signal)}.",
            f"{_why(case, run, process)}{where}",
            case.story(run),
            shown_in=lambda other: crash_of(other, case.exercise.child_crashes) is not None,
        )
    return None


def _why(case: Case, run: Run, process: Process) -> str:
    """Why a process crashed, as far as the facts show it."""
    if process.signal == Signals.SIGFPE:
        return "A division by zero causes this."
    if process.signal == Signals.SIGABRT:
        return "abort causes this; the C library also calls it for a bad free."
    at = int(process.fault.address, 16) if process.fault else None
    if process.fault and process.fault.segment is not None and process.fault.read_only:
        return (
            "It wrote to the segment through a pointer from shmat with SHM_RDONLY: that memory can "
            "only be read."
        )
    if at is not None and at >= LAST_PAGE:
        return "The address was (void *) -1, which shmat returns when it fails."
    if at is not None and at < PAGE:
        return "The pointer was NULL, or close to it: it points nowhere."
    if at is not None and _was_detached(run, process, at):
        return "It used the segment after shmdt, when the pointer no longer points anywhere."
    kinds = ", to memory that was detached" if case.exercise.uses_segments else ""
    return (
        "It used memory that doesn't belong to it: through a pointer that points nowhere"
        f"{kinds}, or to memory that was freed."
    )


def _was_detached(run: Run, process: Process, at: int) -> bool:
    """Is this address where this process had a segment attached before?"""
    given = {str(c.result): c.segment for c in run.calls("shmat", ok=True)}
    for call in run.calls("shmdt", process=process.number, ok=True):
        segment = given.get(str(call.address))
        first = int(str(call.address), 16)
        if segment is not None and first <= at < first + max(run.segment(segment).size, PAGE):
            return True
    return False


def uninitialized(case: Case) -> RuleMatch | None:
    """A value that was never set, where what is printed is wrong too."""
    found = invalid_memory(case) if case.cause("memory").code == codes.UNINITIALIZED else None
    if found is None or not case.failed(*SUMS):
        return None
    return replace(
        found,
        explanation=f"{found.explanation} A sum, for example, has to start at 0: int total = 0;",
        tests=("memory", *SUMS, "works_in_a_pipe", "failures"),
    )


def invalid_memory(case: Case) -> RuleMatch | None:
    """What valgrind found, in words."""
    cause = case.cause("memory")
    place = f" ({cause.where})" if cause.where else ""
    if cause.code == codes.UNINITIALIZED:
        text, why = "uses a value that was never set", "It holds whatever was there before."
    elif (cause.code, cause.detail) == (codes.MEMORY, "InvalidWrite"):
        text, why = "writes to memory that isn't its own", "The write may hit any variable."
    elif (cause.code, cause.detail) == (codes.MEMORY, "InvalidRead"):
        text, why = "reads memory that isn't its own", "What it finds there is random."
    else:
        return None
    return RuleMatch(
        f"Your program {text}{place}.",
        f"{why} So it may work here and fail elsewhere. To see more, run "
        f"{case.exercise.try_valgrind or 'it with valgrind'}.",
        case.evidence("memory"),
        ("memory",),
    )
