"""Is a value really shared: put into the segment by one process, and read from there by another?"""

from __future__ import annotations

from grader.facts import Run
from grader.judge.contents import authors_of, held, places, size_of, was_poked
from grader.judge.finding import Finding
from grader.judge.narrate import printed, story, who
from grader.judge.output import Answer, did_print, prints
from grader.judge.segments import SEGMENT_CALLS


def set_and_changed(run: Run, start: int, end: int) -> Finding | None:
    """The segment held the start value, and then a child put the end value there."""
    evidence = story(run, names=SEGMENT_CALLS)
    authors = authors_of(run, end)
    if any(not run.is_parent(author) for author in authors):
        if held(run, start):
            return None
        return Finding(
            f"The segment never held START ({start}): the child had nothing to add to.",
            expected=f"{start} in the segment, then {end}",
            seen=f"only {end}",
            evidence=evidence,
        )
    if authors:
        return Finding(
            f"The new value in the segment was written by {who(run, authors[0])}, not by the child.",
            expected=f"{end}, written by the child",
            seen=f"{end}, written by {who(run, authors[0])}",
            evidence=evidence,
        )
    return Finding(
        f"The child's result ({end}) never stood in the segment.",
        expected=f"{end} in the segment, written by the child",
        seen=_last_seen(run, start),
        evidence=evidence,
    )


def _last_seen(run: Run, start: int) -> str:
    contents = run.contents()
    if not contents:
        return "no segment"
    kept = any(True for _ in places(contents[-1].data, size_of(run, contents[-1]), start))
    return f"{start} to the end" if kept else "neither value at the end"


def reads_it(run: Run, answer: Answer, computed: Answer) -> Finding | None:
    """Witness changed the segment before the parent read it: does the parent print that value?"""
    if prints(run, answer) is None:
        return None
    if did_print(run, computed):
        return Finding(
            "The parent does not print what stands in the segment: the grader changed the value "
            "there after the child had ended, and the parent still printed the old one.",
            expected=answer.text,
            seen=computed.text,
            evidence=story(run, names=SEGMENT_CALLS),
        )
    return Finding(
        "The parent does not print what stands in the segment.",
        expected=answer.text,
        seen=printed(run),
        evidence=story(run, names=SEGMENT_CALLS),
    )


def poke_told(run: Run) -> bool:
    """Could witness change the one place where the value stood?"""
    return was_poked(run)
