"""Mistakes with fork and wait."""

from __future__ import annotations

import re

from grader.diagnose.case import Case, RuleMatch
from grader.diagnose.needs import only_copies
from grader.diagnose.numbers import numbers
from grader.facts.records import WNOHANG, WNOWAIT, Moment, Run
from grader.judge import codes
from grader.judge.crash import crashed_child, ends_by_its_write
from grader.judge.fork_wait import FORK_AND_WAIT, made_by, parent_waits, waited_for, waits_for_all
from grader.judge.narrate import reason, story, who
from grader.judge.output import KILLED, by_children, by_parent, results
from grader.judge.slots import has_grandchildren

WAITING = (
    "parent_waits",
    "child_line_comes_first",
    "status_is_decoded",
    "waits_for_every_child",
    "parent_reads_the_segment",
    "total_is_read_from_the_slots",
)
CHILDREN = ("one_child", "one_child_for_each_value")
CHILD_PRINTS = ("child_prints_the_sum", "child_prints_the_value")
WAITS = ("parent_waits", "waits_for_every_child")
COMMENTS = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def not_copied(case: Case) -> RuleMatch | None:
    run = case.normal
    if run is None:
        return None
    strange = next((process for process in run.others if not process.is_copy), None)
    threads = run.threads and not run.others and only_copies(case.exercise)
    if strange is None and not threads:
        return None
    how = made_by(run, strange) if strange else "a thread"
    return RuleMatch(
        f"Nothing was copied: {how} shares all variables with the parent.",
        "fork makes a second process with a copy of every variable. The call you used makes no "
        "copy: both change the same variable.",
        story(run),
        shown_in=lambda other: bool(other.threads) or not all(p.is_copy for p in other.others),
    )


def waits_once_more(case: Case) -> RuleMatch | None:
    """A wait for a child that was waited for already: it fails, and so does the program."""
    run = case.normal
    if run is None or run.parent.end != "exit" or run.parent.code == 0 or results(run, case.final):
        return None
    if not _waits_in_vain(run):
        return None
    return RuleMatch(
        "The parent waits once more for a child that it has waited for already.",
        "One wait collects one child: the first one returned it, so the next one finds none and "
        f"fails ({reason('ECHILD')}). Wait once for each child, and keep its status.",
        story(run, names=FORK_AND_WAIT),
        shown_in=_waits_in_vain,
    )


def _waits_in_vain(run: Run) -> bool:
    """Was every child collected, and did the parent wait once more, when nothing else failed?

    Waiting until nobody is left is right, and a program that then fails has another reason."""
    if any(c.error and not c.injected for c in run.all_calls if c.name != "wait"):
        return False
    if not all(child.exited_with(0) or child.fault for child in run.children):
        return False
    reaped = [child.reaped for child in run.children]
    if not reaped or None in reaped:
        return False
    last = max(moment or 0 for moment in reaped)
    vain = [w for w in run.calls("wait", process=1, ok=False) if w.began > last and not w.injected]
    return bool(vain) and vain[0].error == "ECHILD"


def no_fork(case: Case) -> RuleMatch | None:
    run = case.normal
    if run is None or run.others or not case.failed(*CHILDREN, "child_prints_the_sum"):
        return None
    if not run.lines:
        return None
    return RuleMatch(
        "Your program forked no child: one process did everything.",
        "The child's part belongs in a second process, which fork makes.",
        story(run),
    )


def fell_through(case: Case) -> RuleMatch | None:
    run = case.normal
    if run is None:
        return None
    final = results(run, case.final)
    # a line that several processes wrote is nobody's: text that stood in the buffer at the fork
    by_child = [line for line in by_children(run, final) if not line.pieces]
    parents = by_parent(run, final)
    names: frozenset[str] | None = None
    if case.exercise.forks_many and has_grandchildren(run):
        text = "The children kept looping and forked children of their own."
        child = next(p for p in run.others if not run.is_parent(p.parent)).parent
        names = frozenset({"fork", "vfork", "clone"})
    elif by_child and (parents or case.exercise.forks_many):
        child = by_child[0].process
        text = f'The child didn\'t exit: it carried on and printed "{by_child[0].text}" too.'
    else:
        return None
    return RuleMatch(
        text,
        "After fork, both processes continue at the same line. A child that doesn't exit (or "
        "return from main) when its work is done runs the parent's code too.",
        story(run, {child: "   ← after the parent's part"}, names, about=[child]),
        (
            *CHILDREN,
            "parent_prints_its_own_copy",
            "parent_prints_the_shared_sum",
            "prints_the_total",
            "parent_reads_the_segment",
            "removes",
            "removed_by_its_creator",
            "works_in_a_pipe",
            "failures",
            "shm_failure",
        ),
        case.page("fork"),
    )


def too_many(case: Case) -> RuleMatch | None:
    run = case.normal
    if run is None:
        return None
    asked = case.exercise.children(numbers(run)) if case.exercise.children else 0
    if len(run.others) <= asked:
        return None
    by_child = next((p.parent for p in run.others if not run.is_parent(p.parent)), None)
    why = "even a call inside a condition. Call fork once for each child, and keep its result"
    if by_child is not None:
        why = f"even a call in a child: {who(run, by_child)} forked too. Fork only in the parent, "
        why += "once for each child, and keep the result"
    return RuleMatch(
        f"Your program forked {len(run.others)} processes instead of {asked}.",
        f"Each call of fork makes one more process, {why} in a variable.",
        story(run, names=FORK_AND_WAIT),
        (*(CHILDREN if case.has(*CHILDREN) else CHILD_PRINTS), "fork_failure", *WAITS),
    )


def _unwaited(case: Case) -> bool:
    if not case.failed("parent_waits", "status_is_decoded", "waits_for_every_child"):
        return False
    run = case.strict
    label = case.exercise.first_by_parent
    return run is not None and bool(run.children) and parent_waits(run, label) is not None


def waited_too_late(case: Case) -> RuleMatch | None:
    run = case.strict
    if not _unwaited(case) or run is None:
        return None
    lines = by_parent(run, results(run, case.final))
    if not lines or not waits_for_all(run):
        return None
    return RuleMatch(
        "The parent waited for its child, but only after it had printed.",
        "Wait first: until the child has ended, nobody knows how much it has done. Here the "
        "grader held the child until the parent waited, so the mistake shows every time.",
        story(run, names=FORK_AND_WAIT),
        WAITING,
    )


def waited_for_some(case: Case) -> RuleMatch | None:
    run = case.strict
    if not _unwaited(case) or run is None:
        return None
    done = [child for child in run.children if waited_for(run, child)]
    if not done:
        return None
    why = (
        "Each wait collects one child. Loop: once per child, or until wait returns -1 because "
        "there is no child left."
    )
    in_vain = [w for w in run.calls("wait", process=1, ok=False) if w.error == "ECHILD"]
    if in_vain and any(child.reaped is None for child in run.children):
        why = (
            f"Its other waits failed ({reason('ECHILD')}) while children were still there: each "
            "asked again for one that it had collected already. waitpid waits for the child whose "
            "number you pass, and for no other; wait(&status) takes whichever ends."
        )
    return RuleMatch(
        f"The parent waited for {len(done)} of its {len(run.children)} children.",
        why,
        story(run, names=FORK_AND_WAIT),
        WAITING,
    )


def never_waited(case: Case) -> RuleMatch | None:
    run = case.strict
    if not _unwaited(case) or run is None:
        return None
    waits = run.calls("wait", process=1)
    by_child = [wait for wait in run.calls("wait") if not run.is_parent(wait.process)]
    text = "The parent never waited for its child."
    if len(run.children) > 1:
        text = "The parent never waited for its children."
    remark = "   ← never called wait, waitpid or waitid"
    if waits:
        remark = "   ← its waits collected no child"
    explanation = _luck(case, run)
    if waits and all(wait.options & WNOHANG and wait.ok for wait in waits):
        explanation = (
            "With WNOHANG, wait only checks; the parent went on before any child had exited. "
            f"{explanation}"
        )
    elif _looks_again_and_again(run):
        explanation = (
            "It kept checking whether the child was still there; wait sleeps until the child has "
            f"ended. {explanation}"
        )
    elif not waits and any(e.text == "spinning" for e in run.events if isinstance(e, Moment)):
        explanation = (
            "It computed on instead, in a loop perhaps. A loop that looks at a value in memory "
            "isn't a wait: it takes a whole processor, and never learns how the child ended. "
            f"{explanation}"
        )
    elif run.calls("sleep", process=1):
        done = "the child is" if len(run.children) == 1 else "the children are"
        explanation = f"sleep hopes that {done} done by then; wait knows. {explanation}"
    elif by_child:
        maker = who(run, by_child[0].process)
        explanation = f"{maker.capitalize()} called wait, but it has no child. " + explanation
    elif waits and waits[-1].error:
        explanation = (
            f"Its wait failed: {reason(waits[-1].error)}. Call it after fork, when there is a "
            f"child; waitpid takes the number that fork returned. {explanation}"
        )
    elif any(wait.options & WNOWAIT for wait in waits):
        explanation = (
            "With WNOWAIT, the parent only looks: the child stays in the process table, a zombie, "
            "until a wait without WNOWAIT removes it."
        )
    return RuleMatch(text, explanation, story(run, {1: remark}, FORK_AND_WAIT), WAITING)


def _looks_again_and_again(run: Run) -> bool:
    """Does it poll with kill and signal 0, or the number of attachments, more than once?"""
    asks = [call for call in run.calls("kill", process=1) if not call.signal]
    asks += [call for call in run.calls("shmctl", process=1) if call.command == "IPC_STAT"]
    return len(asks) > 1


def _luck(case: Case, run: Run) -> str:
    """Why it may have looked right."""
    few, over = len(run.children) == 1, run.parent.ended or 0
    if run.verdict == "ended" and all(0 < (child.ended or 0) < over for child in run.children):
        learns = (
            f"{'The child' if few else 'Each child'} did come first here, but the parent doesn't "
            "learn how it ended"
        )
        if any("SIG_IGN" in text or "NOCLDWAIT" in text for text in case.sources.values()):
            return f"{learns}."  # with SIGCHLD ignored the system removes it
        return (
            f"{learns}, and it stays in the process table, a zombie, because nobody waited for it."
        )
    return (
        f"On your machine {'the child' if few else 'the children'} may have won the race, so it "
        f"looked right. Here the grader holds {'the child' if few else 'them'} until the parent "
        "waits."
    )


def faked_crash(case: Case) -> RuleMatch | None:
    run = case.normal
    if (
        run is None
        or not case.failed("write_ends_the_child")
        or not case.passed("attaches_read_only")
    ):
        return None
    finding, child = ends_by_its_write(run) if run.children else None, crashed_child(run)
    claimed = child is None and bool(by_parent(run, results(run, KILLED)))
    fault = child.fault if child is not None else None
    elsewhere = child is not None and (
        fault is None or fault.segment is None or not fault.write_denied
    )
    if finding is None or not (claimed or elsewhere):
        return None
    return RuleMatch(
        "The child wasn't killed by its write to read-only memory.",
        f"{finding.message} Use an ordinary write, like *shared = 0, through the pointer from "
        "shmat with SHM_RDONLY: then the system kills the process.",
        finding.evidence,
        ("write_ends_the_child", "status_is_decoded", "failures", "memory"),
    )


def child_lives(case: Case) -> RuleMatch | None:
    """Attached read-only, but not killed by a write."""
    run = case.normal
    lives = run is not None and run.children and crashed_child(run) is None
    if run is None or not lives or not case.failed("write_ends_the_child"):
        return None
    if not case.passed("attaches_read_only"):
        return None
    return RuleMatch(
        "The child doesn't write through its read-only pointer, so it survives.",
        "Only a write through the pointer from shmat with SHM_RDONLY is forbidden. A write through "
        "a pointer from before the fork, which was attached for writing, works.",
        story(run),
        ("write_ends_the_child", "status_is_decoded", "parent_reads_the_segment", "failures"),
    )


def not_decoded(case: Case) -> RuleMatch | None:
    if not case.failed("status_is_decoded") or _unwaited(case):
        return None
    run = case.normal
    if run is None or crashed_child(run) is None or not results(run, KILLED):
        return None
    if not case.message("status_is_decoded") and not case.cause("status_is_decoded").code:
        return None
    message = case.message("status_is_decoded")
    text = "You don't decode the status: the line doesn't name the right signal."
    if case.cause("status_is_decoded").code == codes.MISSING_LINE:
        if core := _core_mistaken(case):
            return RuleMatch(*core, case.evidence("status_is_decoded"), ("status_is_decoded",))
        text = "The signal line is missing when the signal isn't 11."
    shown = case.run_shown("status_is_decoded")
    swapped = shown is not None and bool(shown.options.get("signal"))
    why = "Here the grader made the child die of another signal. " if swapped else ""
    return RuleMatch(
        text,
        f"{message} {why}The status from wait has several things packed into it: "
        "WIFSIGNALED(status) says whether a signal killed the child, and WTERMSIG(status) gives "
        "the signal's number.",
        case.evidence("status_is_decoded"),
        ("status_is_decoded",),
    )


def _core_mistaken(case: Case) -> tuple[str, str] | None:
    """Does the program treat a child that left a core dump as one that was not killed?

    When the grader reports a core dump, it also swaps the signal: so the source decides.
    """
    if not any(run.options.get("core") for run in case.runs):
        return None
    code = "\n".join(COMMENTS.sub("", text) for text in case.sources.values())
    if "CLD_KILLED" in code and "CLD_DUMPED" not in code:
        word, why = "CLD_DUMPED", "Then waitid says CLD_DUMPED instead of CLD_KILLED"
    elif "WCOREDUMP" in code:
        word, why = "WCOREDUMP", "Then WCOREDUMP(status) is true, as well as WIFSIGNALED(status)"
    else:
        return None
    return (
        f"The signal line is missing when there was a core dump: {word}.",
        "When a signal ends a process, some systems also write its memory to a file, a core dump; "
        f"others do not. {why}. Here the grader made the status report one. The child was still "
        "killed by the signal.",
    )
