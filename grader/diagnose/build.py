"""Before any idea of the lesson: not started, does not build, does not end, crashes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from signal import Signals

from grader.diagnose.case import ALL, Case, Diagnosis, Said
from grader.facts import Process, Run
from grader.judge.narrate import signal_name, story, told, who

FIRST_SECTION = {
    "1": "1-fork-wait#copies",
    "2": "2-sharing#create-once",
    "3": "3-segment#segment_create",
    "4": "4-keeper#create",
    "5": "5-read-only#attach-read-only",
    "6": "6-tally#one-child-for-each-value",
}
MESSAGES = 6
CRASHES = (Signals.SIGSEGV, Signals.SIGBUS, Signals.SIGABRT, Signals.SIGFPE, Signals.SIGILL)


def first_section(case: Case) -> str:
    """Where to begin to read: where nothing else is said, what the first test is about."""
    first = next(iter(case.results.values()), None)
    said = first.section.removeprefix("assignment/") if first else case.exercise
    return FIRST_SECTION.get(case.number, said)


def not_started(case: Case) -> Diagnosis:
    name = next(iter(case.sources), "the file")
    return Diagnosis(
        "not-started",
        f"Not started: {name} is still the stub. Begin with assignment/{case.exercise}.",
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
        tuple(messages[:MESSAGES]),
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
    detail = run.detail or f"It was stopped: {run.verdict}."
    if run.verdict == "deadlock":
        text = "The program never ends: its processes wait for each other."
    elif run.verdict in ("wall-time", "cpu-time"):
        text = "The program did not come to its end."
    else:
        text = f"The program needs too much: {run.verdict}."
    doing = [
        f"{who(run, process.number)}: {process.doing}" for process in run.processes if process.doing
    ]
    return Said(text, detail, told(run, (*story(run), *doing[:4])))


def crash_of(run: Run, on_purpose: bool) -> Process | None:
    """The first process that a signal ended; where a child is to crash, only the parent."""
    processes = [run.parent] if on_purpose else [run.parent, *run.others]
    return next((process for process in processes if process.signal in CRASHES), None)


def crashed(case: Case) -> Said | None:
    for run in case.plain:
        process = crash_of(run, on_purpose=case.number == "5")
        read_only_trial = case.number == "3" and "attach_read_only" in run.command
        if process is None or read_only_trial:
            continue
        memory = case.message("memory")
        where = f" {memory}" if memory else ""
        evidence = story(run)
        if case.number == "3":  # what the driver hands over is nobody's line
            evidence = told(run, (line for line in evidence if 'printed "' not in line))
        name = who(run, process.number).capitalize()
        if case.number in ("3", "4"):
            name = f"“{' '.join(run.command[1:])}”" if case.number == "4" else "The function"
        return Said(
            f"{name} crashed: signal {signal_name(process.signal)}.",
            "The program used memory that it may not use: through a pointer that points nowhere, "
            f"to memory that was detached or freed, or attached for reading only.{where}",
            evidence,
        )
    return None


def invalid_memory(case: Case) -> Said | None:
    """What valgrind found, in words."""
    message = case.message("memory")
    if not message.startswith("valgrind: "):
        return None
    where = re.search(r"\(([^()]+, line \d+)\)", message)
    place = f" ({where.group(1)})" if where else ""
    if "ninitialised" in message:
        text, why = "uses a value that was never set", "It holds whatever lay there before."
    elif "Invalid write" in message:
        text, why = "writes to memory that is not its own", "That can change any other variable."
    elif "Invalid read" in message:
        text, why = "reads memory that is not its own", "What it finds there is chance."
    else:
        return None
    return Said(
        f"The program {text}{place}.",
        f"{why} {message} It may look right here and now, and fail elsewhere.",
        case.evidence("memory"),
        ("memory",),
    )
