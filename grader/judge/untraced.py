"""A run that nobody watches: does it make as many processes and segments as one that is traced?"""

from grader.facts.records import Made, Run
from grader.judge.finding import Finding

MOST_SEGMENTS = 42  # at once; of more than these the kernel's count says nothing (made.c)


def made(run: Run) -> Made:
    """What a traced run made."""
    return Made(len(run.processes) + len(run.helpers) - 1, len(run.created_segments))


def makes_something_else(watched: Run, alone: Run) -> Finding | None:
    """The two differ, as far as the kernel tells what was made without being watched."""
    ours, theirs = made(watched), alone.made
    pairs = [(ours.processes, theirs.processes, "child process", "child processes")]
    if len(watched.created_segments) <= MOST_SEGMENTS:
        pairs.append((ours.segments, theirs.segments, "segment", "segments"))
    if all(alone_ in (None, watched_) for watched_, alone_, *_ in pairs):
        return None
    return Finding(
        "Your program does something else when the grader isn't watching.",
        expected=_told(pairs, 0),
        seen=_told(pairs, 1),
    )


def _told(pairs: list[tuple[int | None, int | None, str, str]], side: int) -> str:
    """The numbers of one side, of what is known."""
    known = [(pair[side], *pair[2:]) for pair in pairs if pair[1] is not None]
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in known)
