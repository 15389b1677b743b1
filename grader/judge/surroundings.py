"""Programs that work only if the rest of a page is empty, or process IDs are small."""

from __future__ import annotations

from grader.base.check import Cause
from grader.facts.records import Run, Segment
from grader.judge import codes
from grader.judge.evidence import Evidence, told
from grader.judge.finding import Finding
from grader.judge.narrate import printed, story
from grader.judge.segments import SEGMENT_CALLS

LARGE_ID = (
    256  # the exit status is above the lowest 8 bits of a status: a smaller ID has only zeros there
)


def holds(run: Run, size: int) -> bool:
    """Are all segments of this run large enough for what is stored in them?"""
    return all(segment.size >= size for segment in run.created_segments)


def reads_past_the_end(filled: Run, plain: Run) -> Finding:
    """The finding about a program that works only with zeros after the segment."""
    segments = filled.created_segments
    return Finding(
        "Your program reads past the end of the segment.",
        expected=f"{printed(plain)}\nwhatever follows the segment in memory",
        seen=f"{printed(filled)}\nif something other than zeros follows it",
        evidence=_with(filled, *(_filled(segment) for segment in segments)),
        hint="The system hands out whole pages, so you can read past the end, and mostly find 0. "
        "But those bytes aren't yours: the last of 64 slots is slot 63.",
        cause=Cause(codes.READS_PAST_THE_END),
    )


def takes_an_id_for_the_status(large: Run, plain: Run) -> Finding:
    """The finding about a program that works only while process IDs are small."""
    ids = ", ".join(str(call.result) for call in large.forks[:3])
    return Finding(
        "Your program uses the child's process ID as its status.",
        expected=f"{printed(plain)}\nwhatever the process IDs are",
        seen=f"{printed(large)}\nif the child's process ID is {ids}",
        evidence=story(large),
        hint="wait returns the child's process ID, and stores the status at the address that you "
        "pass: WIFEXITED and WEXITSTATUS take that status.",
        cause=Cause(codes.ID_FOR_STATUS),
    )


def _filled(segment: Segment) -> str:
    size = segment.size
    return f"the segment has {size} bytes; the grader filled what follows on its last page"


def _with(run: Run, *lines: str) -> Evidence:
    return told(run, (*story(run, names=SEGMENT_CALLS).lines, *lines))
