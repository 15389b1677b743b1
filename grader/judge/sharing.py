"""Is a value really shared: put into the segment by one process, and read from there by another?"""

from __future__ import annotations

from grader.base.check import Cause
from grader.facts.records import Run
from grader.judge import codes
from grader.judge.contents import authors_of, held, places
from grader.judge.finding import Finding
from grader.judge.narrate import printed, story, who
from grader.judge.output import Answer, by_children, by_parent, did_print, number_of, results
from grader.judge.segments import SEGMENT_CALLS


def set_and_changed(run: Run, start: int, end: int) -> Finding | None:
    """The segment held the start value, and then a child put the end value there.

    If the parent could not read the end value, the child may set the start value itself: what is
    wrong then is reported elsewhere.
    """
    evidence = story(run, names=SEGMENT_CALLS)
    authors = authors_of(run, end)
    if any(not run.is_parent(author) for author in authors):
        told = Answer("parent", f"parent: {end}", by_parent=True)
        if held(run, start) or (len(run.created_segments) == 1 and not did_print(run, told)):
            return None
        return Finding(
            f"The parent didn't put START ({start}) into the segment before the fork.",
            cause=Cause(codes.NEVER_HELD_START),
            expected=f"{start} in the segment, then {end}",
            seen=f"only {end}, by the child",
            evidence=evidence,
        )
    if authors:
        return Finding(
            f"The new value in the segment came from {who(run, authors[0])}, not from the child.",
            expected=f"{end}, written by the child",
            seen=f"{end}, written by {who(run, authors[0])}",
            evidence=evidence,
        )
    if held(run, end):
        return Finding(
            f"The child's result ({end}) came into the segment, but it can't be shown that the "
            "child put it there: another process could have changed it at the same time.",
            expected=f"{end} in the segment, written by the child",
            seen=f"{end}, by an unknown process",
            evidence=evidence,
        )
    return Finding(
        f"The child's result ({end}) was never in the segment.",
        expected=f"{end} in the segment, written by the child",
        seen=_last_seen(run, start),
        evidence=evidence,
        cause=Cause(codes.NOT_IN_SEGMENT),
    )


def shared_number(run: Run, start: int, asked: int) -> int:
    """What the child shared: the expected number, or another one that it printed and put there.

    A wrong sum is reported where it is printed; that it went through the segment is still right.
    """
    for line in by_children(run, results(run, "child")):
        number = number_of(line)
        if number != start and any(not run.is_parent(a) for a in authors_of(run, number)):
            return number
    return asked


def _last_seen(run: Run, start: int) -> str:
    contents = run.contents()
    if not contents:
        return "no segment"
    kept = any(True for _ in places(run, contents[-1], start))
    return f"{start} in it to the end" if kept else "neither START nor the result in it at the end"


def reads_it(run: Run, answer: Answer, computed: Answer) -> Finding | None:
    """Witness changed the segment before the parent read it: does the parent print that value?"""
    if did_print(run, answer):
        return None
    if did_print(run, computed):
        return Finding(
            "The parent doesn't print the segment's value: the grader changed the value after the "
            "child had ended, and the parent still printed the old one.",
            expected=answer.text,
            seen=computed.text,
            evidence=story(run, names=SEGMENT_CALLS),
        )
    return Finding(
        "The parent doesn't print the segment's value.",
        expected=answer.text,
        seen=printed(run),
        evidence=story(run, names=SEGMENT_CALLS),
    )


def child_reads_it(run: Run, answer: Answer, computed: Answer) -> Finding | None:
    """Witness changed the segment before the child began: does the child go by its own copy?

    Any other wrong line costs where the child's line is judged.
    """
    if did_print(run, answer) or not did_print(run, computed):
        return None
    return Finding(
        "The child doesn't read the segment's value: the grader changed the value before the child "
        "began, and the child still printed the old one.",
        expected=answer.text,
        seen=computed.text,
        evidence=story(run, names=SEGMENT_CALLS),
        cause=Cause(codes.CHILD_READS_NOT),
    )


def prints_from_nowhere(run: Run, label: str) -> Finding | None:
    """The parent printed a number that was never in a segment."""
    lines = by_parent(run, results(run, label))
    numbers = [number_of(line) for line in lines]
    if not numbers or held(run, numbers[-1]):
        return None
    return Finding(
        f"The parent printed {numbers[-1]}, which was never in the segment.",
        expected="the segment's value",
        seen=f"{label}: {numbers[-1]}",
        evidence=story(run),
    )
