"""Notes: what is right, or not required, but still worth a word. They cost nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.base.exercise import Exercise, Kind
from grader.diagnose.case import Case
from grader.diagnose.needs import anything, has_slots, programs, shares, uses_segments
from grader.diagnose.relaxed import relaxed
from grader.facts.records import IPC_EXCL, WNOHANG, Run
from grader.judge.narrate import readable, who
from grader.judge.output import results
from grader.judge.segments import attached_by
from grader.judge.slots import created_on_look_up

MOST_OTHERS = 3


def busy_waiting(run: Run) -> str:
    polls = [c for c in run.calls("wait", process=1) if c.options & WNOHANG and c.child is None]
    if len(polls) < 2:
        return ""
    return "The parent asks with WNOHANG until a child has exited; plain wait sleeps until then."


def status_lost(run: Run) -> str:
    if not any(wait.released for wait in run.calls("wait", process=1)):
        return ""
    return "SIGCHLD is ignored: the parent never learns how its child ended."


def other_programs(run: Run) -> str:
    if not run.helpers:
        return ""
    return "Your program runs other programs; what they do counts for nothing."


def threads(run: Run) -> str:
    return "Your program makes threads; this lesson is about processes." if run.threads else ""


def everyone_may_write(run: Run) -> str:
    for segment in run.created_segments:
        if segment.everyone_may_write:
            mode = f"0{segment.mode & 0o777:03o}"
            return f"Anyone on this machine can write to the segment ({mode}); 0600 is enough."
    return ""


def without_excl(run: Run) -> str:
    made = [call for call in run.calls("shmget", ok=True) if call.created and call.key]
    if any(not call.flags & IPC_EXCL for call in made):
        return "Without IPC_EXCL, shmget takes over a segment that another program created."
    return ""


def creates_on_look_up(run: Run) -> str:
    return "You don't need IPC_CREAT to look up a segment." if created_on_look_up(run) else ""


def marked_again(run: Run) -> str:
    times = [call.segment for call in run.removals if call.ok]
    if len(times) > len(set(times)):
        return "Your program removes the segment twice; once is enough."
    return ""


def attached_twice(run: Run) -> str:
    for process in run.processes:
        if attached_by(run, process.number) > 1:
            return f"{who(run, process.number).capitalize()} attaches the segment more than once."
    return ""


def one_after_the_other(run: Run) -> str:
    """Each child ended before the next was born."""
    children = run.children
    if len(children) < 2:
        return ""
    pairs = zip(children, children[1:])
    if all(first.reaped is not None and first.reaped < second.born for first, second in pairs):
        return "The children run one after the other, never side by side."
    return ""


def files_left(run: Run) -> str:
    names = run.leftovers.files
    return f"Your program leaves files behind: {', '.join(names[:MOST_OTHERS])}." if names else ""


def refused(run: Run) -> str:
    names = dict.fromkeys(call.name for call in run.all_calls if call.refused)
    return (
        f"Your program makes calls that aren't allowed here: {', '.join(names)}." if names else ""
    )


def other_lines(case: Case, run: Run) -> str:
    if not case.exercise.lines:
        return ""
    wanted = {line for asked in case.exercise.lines for line in results(run, asked.label)}
    if not wanted and (not case.exercise.is_commands or run.command[1:2] == ("read",)):
        return ""  # then another line was meant as the result, and that is reported
    others = [line.text for line in run.lines if line not in wanted and line.text.strip()]
    if not others:
        return ""
    return f'Extra output: "{readable(others[0])[:60]}".'


def went_well(run: Run) -> bool:
    """Did everything succeed, so that there was nothing to report on stderr?"""
    if not run.ended_well or any(p.end == "exit" and p.code != 0 for p in run.others):
        return False
    if run.command[1:2] == ("write",) and run.segments and len(run.command) == 4:
        return len(run.command[3]) < run.segments[0].size
    return not any(call.error for call in run.all_calls if call.name.startswith("shm"))


def on_stderr(run: Run) -> str:
    if not run.error_lines or not went_well(run):
        return ""
    text = readable(run.error_lines[0])[:60]
    return f'Output on stderr although nothing failed: "{text}".'


def _may_attach_twice(exercise: Exercise) -> bool:
    """Is a second attachment no more than a note here?"""
    return exercise.is_commands or (exercise.shares and not exercise.attached_once)


NOTES: tuple[tuple[Callable[[Run], str], Callable[[Exercise], bool]], ...] = (
    (busy_waiting, programs),
    (status_lost, programs),
    (other_programs, programs),
    (threads, programs),
    (everyone_may_write, uses_segments),
    (without_excl, shares),
    (creates_on_look_up, shares),
    (marked_again, shares),
    (attached_twice, _may_attach_twice),
    (one_after_the_other, has_slots),
    (files_left, anything),
    (refused, anything),
)


def notes(exercise: Exercise, runs: Sequence[Run]) -> tuple[str, ...]:
    """The notes of one exercise, each once, from the undisturbed runs."""
    case = Case(exercise, runs, {})
    told: dict[str, None] = dict.fromkeys(relaxed(case))
    for run in case.plain if exercise.kind is not Kind.PROGRAM else case.plain[:1]:
        for rule, needs in NOTES:
            if needs(exercise):
                told[rule(run)] = None
        if programs(exercise):
            told[other_lines(case, run)] = None
            told[on_stderr(run)] = None
    return tuple(note for note in told if note)
