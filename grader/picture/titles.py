"""How a picture and its lanes are named."""

from __future__ import annotations

from collections.abc import Sequence

from grader.base.exercise import Exercise, Kind
from grader.facts.records import Run
from grader.judge.keeper import command_of
from grader.judge.narrate import who
from grader.picture.model import PROCESS, SEGMENT

SCHEDULES = {
    "parent-first": "each child is held until its parent waits or ends",
    "child-first": "the parent is held until its child has ended",
    "reverse": "the children run in reverse order",
    "one-at-a-time": "the children run one at a time",
}


def title_of(runs: Sequence[Run], exercise: Exercise) -> str:
    """What was run, and how the grader arranged it."""
    if exercise.is_functions:
        return "; ".join(
            [f"{exercise.source}, called by the grader", *_conditions(runs[0], exercise)]
        )
    commands = dict.fromkeys(_command(run, exercise) for run in runs)
    return "; ".join([", then ".join(commands), *_conditions(runs[0], exercise)])


def _command(run: Run, exercise: Exercise) -> str:
    if exercise.is_commands:
        return command_of(run)
    program = run.command[0].rpartition("/")[2] if run.command else ""
    return " ".join([f"./{program}", *run.command[1:]])


def _conditions(run: Run, exercise: Exercise) -> list[str]:
    said = []
    if run.options.get("stdout") == "pipe" and exercise.kind is Kind.PROGRAM:
        said.append("its output goes into a pipe")
    schedule = SCHEDULES.get(str(run.options.get("schedule")))
    if schedule and run.others:
        said.append(schedule)
    order = str(run.options.get("schedule")).partition("order:")[2]
    if order and run.others:
        said.append(f"order {order} of its processes")
    failures = dict.fromkeys(f"{call.name} fail with {call.error}" for call in run.faults_met)
    said += [f"the grader makes {failure}" for failure in failures]
    return said


def lane_names(
    runs: Sequence[Run], kind: str, number: int, place: int, exercise: Exercise
) -> tuple[str, str]:
    """The full name of a lane, and a short one."""
    if kind == SEGMENT:
        return _segment(runs, number)
    if kind != PROCESS:
        return _object(runs, kind, number), kind
    run = runs[place]
    if number == 1 and exercise.is_functions:
        return exercise.source, exercise.source
    if number == 1 and exercise.is_commands:
        return command_of(run), run.command[1] if len(run.command) > 1 else exercise.program
    if number == 1:
        return who(run, number), "parent" if run.others else "program"
    children = [child.number for child in run.children]
    if number not in children:
        return who(run, number), f"process {number}"
    return who(run, number), f"child {children.index(number) + 1}" if len(children) > 1 else "child"


def _segment(runs: Sequence[Run], number: int) -> tuple[str, str]:
    for run in runs:
        for segment in run.segments:
            if segment.number == number:
                key = "a private segment" if segment.key == 0 else f"the segment {segment.key}"
                size = "1 byte" if segment.size == 1 else f"{segment.size} bytes"
                return f"{key} ({size})", "segment"
    return "a segment", "segment"


def _object(runs: Sequence[Run], kind: str, number: int) -> str:
    """The name of a semaphore set or a message queue."""
    for run in runs:
        for found in run.objects:
            if (found.kind, found.number) == (kind, number):
                return f"a private {kind}" if found.key == 0 else f"the {kind} {found.key}"
    return f"a {kind}"
