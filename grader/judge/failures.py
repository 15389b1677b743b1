"""The error paths: a call fails; the program must report it, exit with 1 and leave nothing."""

from __future__ import annotations

import signal
from collections.abc import Collection
from dataclasses import replace

from grader.base.check import Cause
from grader.facts.records import Run, Segment
from grader.judge import codes
from grader.judge.evidence import NO_EVIDENCE, Evidence
from grader.judge.finding import Finding
from grader.judge.fork_wait import leaves_none_unwaited, left_running
from grader.judge.narrate import bytes_of, how_ended, story, trouble, who
from grader.judge.output import results
from grader.judge.segments import left_behind, nothing_else_left

CRASHES = {signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT}


def fails_properly(
    run: Run,
    final_label: str,
    clean: bool = True,
    processes: bool = True,
    others: bool = True,
    waits: bool = False,
    reported: Collection[Cause] = (),
) -> Finding | None:
    """After an injected failure: a line on stderr, exit status 1, no final result, nothing left.

    `clean` says whether the normal run left no segment, and `others` whether it left nothing else:
    what the normal run leaves too is reported elsewhere. `waits` says whether the parent waited for
    all its children there: then it does so here, too. A wrong status or a missing message costs
    once: `reported` are those that another test has reported.
    """
    fault = run.faults_met[0]
    failing = "fork" if fault.name in ("vfork", "clone") else fault.name
    where = f"When {failing} failed in {who(run, fault.process)}"
    evidence = story(run)
    asked = "a line on stderr, exit status 1, no result line, nothing left behind"

    def finding(what: str, seen: str, code: str = "", detail: str = "") -> Finding:
        cause = Cause(code, detail)
        return Finding(f"{where}, {what}", asked, seen, evidence, cause=cause)

    if run.verdict != "ended":
        return finding("your program didn't finish.", trouble(run))
    if run.parent.crashed:
        what = "crashed" if run.parent.signal in CRASHES else "was killed by a signal"
        return finding(f"your program {what}.", how_ended(run.parent))
    crashed = [p for p in run.others if p.crashed and p.number == run.owner(fault.process)]
    if crashed:
        return finding(f"{who(run, crashed[0].number)} crashed.", how_ended(crashed[0]))
    guilty = {1, run.owner(fault.process)}
    lines = [line for line in results(run, final_label) if run.owner(line.process) in guilty]
    printed = [line for line in lines if line.began > fault.seq]
    if printed:
        return finding(
            f'your program went on and printed "{printed[0].text}".', f'"{printed[0].text}"'
        )
    status = Cause(codes.FAILURE_STATUS, str(run.parent.code))
    if not run.parent.exited_with(1) and status not in reported:
        return finding(
            f"your program exited with status {run.parent.code}.",
            f"exit status {run.parent.code}",
            status.code,
            status.detail,
        )
    if not run.error_lines and Cause(codes.SILENT_FAILURE) not in reported:
        return finding(
            "your program printed nothing on stderr.", "stderr was empty", codes.SILENT_FAILURE
        )
    if clean and left_behind(run):
        size = bytes_of(left_behind(run)[0].size)
        message = f"the segment ({size}) was left behind."
        return finding(message, "a segment still exists", codes.LEAVES_SEGMENT)
    if clean and processes and left_running(run):
        return finding(
            f"the parent ended while {who(run, left_running(run)[0].number)} was still running.",
            "a child was left behind",
            codes.LEAVES_CHILD,
        )
    unwaited = leaves_none_unwaited(run) if waits and not run.is_parent(fault.process) else None
    if unwaited is not None:
        return finding(
            f"{unwaited.message[0].lower()}{unwaited.message[1:]}",
            unwaited.seen,
            codes.STOPS_WAITING,
        )
    also = nothing_else_left(run) if others else None
    if also is not None:
        message = f"your program left {also.seen} behind."
        return finding(message, also.seen, also.cause.code, also.cause.detail)
    return None


def waits_after_failure(run: Run) -> Finding | None:
    """After a failed fork, the parent waited for the children that it already had."""
    found = leaves_none_unwaited(run)
    if found is None:
        return None
    message = f"When fork failed, {found.message[0].lower()}{found.message[1:]}"
    return replace(found, message=message)


def has_id_zero(run: Run) -> Segment | None:
    """The segment with the shmid 0, which the first segment on a fresh system gets."""
    return next((segment for segment in run.segments if segment.id == 0), None)


def takes_zero_for_failure(run: Run, result: str = "", evidence: Evidence = NO_EVIDENCE) -> Finding:
    """The finding about a program that works with every shmid but 0."""
    return Finding(
        "shmget returned 0, a valid shmid, and your program treated it as a failure.",
        expected="0 is a shmid like any other: only -1 means that shmget failed",
        seen=result or (run.error_lines or [trouble(run) or "no result"])[0],
        evidence=evidence or story(run),
        cause=Cause(codes.ID_ZERO),
    )
