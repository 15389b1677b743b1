"""Parent and children: who was forked, and who was waited for."""

from __future__ import annotations

from collections.abc import Sequence

from grader.base.check import Cause
from grader.facts.records import WNOHANG, WNOWAIT, Moment, Process, Run
from grader.judge import codes
from grader.judge.finding import Finding
from grader.judge.narrate import printed, reason, story, trouble, who
from grader.judge.output import by_parent, comes_before, results

FORKS = "Each call of fork makes one more process, even a call in a child."
FORK_AND_WAIT = frozenset({"fork", "vfork", "clone", "wait"})


def forked(run: Run) -> bool:
    return bool(run.others)


def forks(run: Run, count: int) -> Finding | None:
    """The program has exactly this many children, each a copy made by fork."""
    asked = "one child" if count == 1 else f"{count} children"
    if not run.others and count == 0:
        return None
    if not run.others:
        thread = "Your program forked no child, but it made a thread." if run.threads else ""
        message = " ".join(filter(None, [thread or "Your program forked no child.", trouble(run)]))
        return Finding(message, expected=asked, seen="no child", evidence=story(run))
    if len(run.others) != count:
        made = len(run.others)
        processes = "process" if made == 1 else "processes"
        left = [f"{who(run, p.number)} was still running at the end" for p in left_running(run)]
        return Finding(
            f"Your program forked {made} {processes} instead of {count}"
            f"{'; ' if left else ''}{', '.join(left[:3])}.",
            expected=asked,
            seen="1 child" if made == 1 else f"{made} children",
            evidence=story(run, names=FORK_AND_WAIT),
            hint=FORKS if made > count else "Call fork once for each child.",
        )
    return None


def left_running(run: Run) -> tuple[Process, ...]:
    """The processes that were still running when the parent had ended."""
    late = run.leftovers.processes
    return tuple(p for p in run.others if p.outlived_parent or p.number in late)


def forks_copies(run: Run) -> Finding | None:
    """Each child is a copy: vfork, posix_spawn and clone with CLONE_VM share the memory."""
    for process in run.others:
        if not process.is_copy:
            how = made_by(run, process)
            return Finding(
                f"{who(run, process.number).capitalize()} isn't a copy: {how} made it, "
                "and it shares the parent's memory.",
                expected="a child made by fork",
                seen=f"a child made by {how}",
                evidence=story(run, names=FORK_AND_WAIT),
                cause=Cause(codes.NO_COPY, how),
            )
    return None


def made_by(run: Run, process: Process) -> str:
    """The call that the student wrote: posix_spawn is a clone that becomes another program."""
    if process.how == "vfork":
        return "vfork"
    became = any(call.process == process.number for call in run.calls("exec", ok=True))
    return "posix_spawn" if became else "clone with CLONE_VM"


def waited_for(run: Run, child: Process, before: int | None = None) -> bool:
    """Did the parent learn by a wait that this child had ended (before this moment)?

    A wait that returned the child counts, wherever it comes. If SIGCHLD is ignored, so does a wait
    that began while the child was alive and returned ECHILD after its end, when the kernel had let
    go of the child. Otherwise ECHILD is the answer to a wait for nobody, and the child a zombie.
    """
    if child.ended is None:
        return False
    waits = [
        wait
        for wait in run.calls("wait", process=1)
        if not wait.injected and (before is None or wait.seq < before)
    ]
    for wait in waits:
        if wait.ok and wait.child == child.number and not wait.options & WNOWAIT:
            if wait.seq > child.ended:
                return True
    if child.reaped is not None:
        return False
    began = any(wait.began < child.ended for wait in waits if wait.seq > child.born)
    return began and any(child.number in wait.released for wait in waits)


def parent_waits(run: Run, label: str) -> Finding | None:
    """Before its result line, the parent waited for each of its children.

    A parent can't wait for a grandchild: it is one process too many, and reported as that.
    """
    lines = by_parent(run, results(run, label))
    before = lines[0].began if lines else None
    unwaited = [child for child in run.children if not waited_for(run, child, before)]
    if not unwaited:
        return None
    late = [child for child in unwaited if waited_for(run, child)]
    if late and lines:
        return Finding(
            f'The parent printed "{lines[0].text}" before it waited.',
            expected="wait first, then print",
            seen="printed first, then waited",
            evidence=story(run, names=FORK_AND_WAIT),
        )
    return _not_waited_for(run, unwaited)


# Why witness let a held child go at last, where the parent did nothing that waits for it: it slept
# on, or computed on. Then nothing but luck puts the child's line first.
BY_LUCK = ("time-over", "spinning")


def order_is_no_luck(run: Run, first: str, last: str) -> Finding | None:
    """The child's line comes before the parent's, and something made it so. Both must be there."""
    found = comes_before(run, first, last)
    if found is not None or parent_waits(run, last) is None:
        return found
    let_go = [e for e in run.events if isinstance(e, Moment) and e.kind == "release"]
    if not any(event.text in BY_LUCK for event in let_go):
        return None
    line = by_parent(run, results(run, last)) or results(run, last)
    return Finding(
        f'Nothing makes the parent wait before it prints "{line[0].text}": this time its child was '
        "faster, by luck.",
        expected="a wait before the parent's line",
        seen=printed(run),
        evidence=story(run, names=FORK_AND_WAIT),
    )


def leaves_none_unwaited(run: Run) -> Finding | None:
    """Each child was waited for, sooner or later.

    For runs in which the parent was held until a child had ended: the order means nothing there,
    and if SIGCHLD is ignored, a wait that returns ECHILD after the end is all there is.
    """
    unwaited = [child for child in run.children if not waited_for(run, child) and child.ended]
    unwaited = [child for child in unwaited if not _vanished(run, child)]
    return _not_waited_for(run, unwaited) if unwaited else None


def _vanished(run: Run, child: Process) -> bool:
    """Did a wait report that the kernel had let go of this child, since SIGCHLD is ignored?"""
    return any(child.number in wait.released for wait in run.calls("wait", process=1))


def _not_waited_for(run: Run, unwaited: Sequence[Process]) -> Finding:
    """Who was not waited for, and why."""
    waits = [wait for wait in run.calls("wait", process=1) if not wait.injected]
    remark = "" if waits else "   ← never called wait, waitpid or waitid"
    evidence = story(run, {1: remark}, names=FORK_AND_WAIT)
    if not waits:
        message = "The parent never waited for its child."
        if len(run.children) > 1:
            message = "The parent never waited for its children."
    elif len(run.children) > 1 and len(unwaited) < len(run.children):
        done = len(run.children) - len(unwaited)
        message = f"The parent waited for {done} of its {len(run.children)} children."
    elif all(wait.error for wait in waits):
        message = f"The parent's wait failed ({reason(waits[0].error or '')}), so it didn't wait."
    elif all(wait.options & WNOHANG for wait in waits):
        message = "The parent called wait with WNOHANG, which doesn't wait, and went on."
    elif all(wait.options & WNOWAIT for wait in waits if wait.child):
        message = "With WNOWAIT, the parent only looked: its child stays in the process table."
    else:
        message = "The parent called wait, but stopped before its child had ended."
    one = len(run.children) == 1
    names = " and ".join(f"process {child.number}" for child in unwaited[:2])
    more = f" and {len(unwaited) - 2} more" if len(unwaited) > 2 else ""
    return Finding(
        message,
        expected="a wait that returns the child" if one else "a wait that returns each child",
        seen=f"not waited for: {names}{more}",
        evidence=evidence,
    )


def waits_for_all(run: Run) -> bool:
    """Did the parent wait for every child at some point, so that none was left?"""
    return all(waited_for(run, child) for child in run.children)
