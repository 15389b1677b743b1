"""The child that is killed by a forbidden write, and the parent that decodes its status."""

from __future__ import annotations

from grader.base.check import Cause
from grader.facts.records import Process, Run
from grader.judge import codes
from grader.judge.finding import Finding
from grader.judge.narrate import describe_call, how_ended, printed, signal_name, story, who
from grader.judge.output import KILLED, by_parent, is_misspelled, results, says, wrong_form
from grader.judge.segments import SEGMENT_CALLS, attachments

SIGSEGV = 11


def crashed_child(run: Run) -> Process | None:
    """The first child that was killed by a signal."""
    return next((child for child in run.children if child.crashed), None)


def ends_by_its_write(run: Run) -> Finding | None:
    """A child was killed by writing through its own read-only attachment."""
    child = crashed_child(run) or run.children[0]
    evidence = story(run, names=SEGMENT_CALLS)

    def finding(message: str, seen: str) -> Finding:
        return Finding(message, "killed by its write to read-only memory", seen, evidence)

    name = who(run, child.number).capitalize()
    if not child.crashed:
        return finding(
            f"{name} was not killed by a signal: it {how_ended(child)}.", how_ended(child)
        )
    fault = child.fault
    if fault is None:
        return finding(
            f"{name} was killed by signal {signal_name(child.signal)}, but not by a write.",
            how_ended(child),
        )
    if fault.segment is None:
        return finding(
            f"{name} crashed at address {fault.address}, which is not in a segment.",
            f"address {fault.address}",
        )
    own = [a for a in attachments(run) if a.process == child.number and a.own and a.read_only]
    if not (fault.write_denied and fault.read_only and own):
        return finding(
            f"{name} crashed at an address in the segment, but not because it wrote through its "
            "own pointer from shmat with SHM_RDONLY.",
            f"address {fault.address}",
        )
    return None


def attaches_read_only(run: Run) -> Finding | None:
    """A child attached the segment with SHM_RDONLY."""
    mine = [call for call in run.calls("shmat", ok=True) if not run.is_parent(call.process)]
    if any(call.read_only for call in mine):
        return None
    if mine:
        message = (
            f"{who(run, mine[0].process).capitalize()} attached the segment without SHM_RDONLY."
        )
    else:
        message = "The child did not attach the segment itself."
    return Finding(
        message,
        expected="shmat(shmid, NULL, SHM_RDONLY) in the child",
        seen="; ".join(describe_call(call) for call in mine) or "no shmat in the child",
        evidence=story(run, names=SEGMENT_CALLS),
    )


def names_the_signal(run: Run, ended_by: int) -> Finding | None:
    """The parent's line names the signal that killed the child."""
    lines = results(run, KILLED)
    asked = f"{KILLED} {ended_by}"

    def finding(message: str, code: str = "") -> Finding:
        return Finding(message, asked, printed(run), story(run), cause=Cause(code))

    mine = by_parent(run, lines)
    if not lines:
        return finding(f'Your program printed no line "{KILLED} …".', codes.MISSING_LINE)
    if not mine:
        return finding(f'"{lines[0].text}" was printed by {who(run, lines[0].process)}.')
    if len(lines) > 1:
        return finding(f'Your program printed {len(lines)} lines "{KILLED} …" instead of one.')
    if says(mine[0], asked):
        return wrong_form(mine[0], run) if is_misspelled(mine[0]) else None
    return finding(
        f'Signal {signal_name(ended_by)} killed the child, but the line says "{mine[0].text}".'
    )


def claims_a_signal(run: Run) -> Finding | None:
    """The parent says that a signal killed the child, but none did."""
    lines = by_parent(run, results(run, KILLED))
    if not lines:
        return None
    return Finding(
        f'The line says "{lines[0].text}", but the child {how_ended(run.children[0])}.',
        expected="what the status says",
        seen=printed(run),
        evidence=story(run),
    )


def killed_number(run: Run) -> int:
    """The signal that killed the child; 11 if none did."""
    child = crashed_child(run)
    return child.signal if child else SIGSEGV


def was_replaced(run: Run, signal: int) -> bool:
    """Did witness make the child die of this other signal?"""
    return any(child.crashed and child.signal == signal for child in run.children)
