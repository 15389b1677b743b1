"""What the driver of segment.c reports, and the story of its runs from segment.c's view."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import dataclass

from grader.facts.records import Call, Run, Signal, Write
from grader.judge.evidence import Evidence, told
from grader.judge.narrate import describe_call, how_ended, readable, shortened, signal_name

NULL = 0
MINUS_ONE = -1
STUDENT, GRADER = "segment.c   ", "the grader  "
ARRANGED = {  # how many calls the driver makes itself before it calls a function
    "arrange": 3,
    "peek": 3,
    "attach": 1,
    "attach_read_only": 1,
    "attach_two": 1,
    "attach_often": 1,
    "detach": 2,
    "detach_two": 4,
    "detach_nothing": 3,
    "remove": 1,
    "remove_attached": 2,
}


@dataclass(frozen=True)
class Answer:
    """What the driver reported: a function's result, its errno, and a value that it read."""

    function: str
    result: int
    error: int
    seen: int


def _handed_over(write: Write, token: str) -> Answer | None:
    """What the driver reported in this write, which begins with the secret token."""
    words = write.text.split()
    if len(words) != 5 or words[0] != token or write.stream != "stdout":
        return None
    try:
        result, error, seen = (int(word) for word in words[2:])
    except ValueError:  # not a line from the driver: the student's code found the token
        return None
    return Answer(words[1], result, error, seen)


def answers(run: Run, token: str) -> tuple[Answer, ...]:
    """What the driver reported in this run, in order."""
    found = (_handed_over(w, token) for w in run.writes("stdout") if run.is_parent(w.process))
    return tuple(answer for answer in found if answer is not None)


def story(run: Run) -> Evidence:
    """What happened in a run of the driver: what segment.c called, and what it returned."""
    return told(run, shortened(list(_story(run)), ()))


def _story(run: Run) -> Iterator[str]:
    token, command = run.command[1], run.command[2]
    arranged = ARRANGED.get(command, 0)
    returned = 0
    for event in run.events:
        if isinstance(event, Call) and event.name.startswith("shm"):
            yield f"{GRADER if arranged > 0 else STUDENT}{describe_call(event)}"
            arranged -= 1
        elif isinstance(event, Signal):
            by = f"{GRADER}wrote there, and" if returned else f"{STUDENT}it"
            yield f"{by} got signal {signal_name(event.signal)}"
        elif isinstance(event, Write):
            answer = _handed_over(event, token)
            yield STUDENT + (_returned(run, answer) if answer else f'printed "{_line(event)}"')
            returned += answer is not None
            if command == "attach_two" and answer and returned == 1:
                arranged = 1  # the driver looks the second segment up
    if run.parent.end == "exit" and not run.ended_well:
        yield f"{STUDENT}it {how_ended(run.parent)}"


def _line(write: Write) -> str:
    return readable(write.text).rstrip("\n")


def _returned(run: Run, answer: Answer) -> str:
    value = shown(answer.function, answer.result)
    given = {call.result for call in run.calls("shmat", ok=True)}
    if answer.function == "attach" and value in given:
        value = "the address that shmat gave"
    text = f"segment_{answer.function} returned {value}"
    failed = answer.result in (MINUS_ONE, NULL if answer.function == "attach" else MINUS_ONE)
    return f"{text}, errno {name_of(answer.error)}" if failed or run.faults_met else text


def name_of(error: int) -> str:
    return errno.errorcode.get(error, str(error))


def shown(function: str, result: int) -> str:
    """A result as a C programmer writes it."""
    if function != "attach":
        return str(result)
    return {NULL: "NULL", MINUS_ONE: "(void *) -1"}.get(result, hex(result & (2**64 - 1)))
