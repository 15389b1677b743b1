"""tally: a slot for each child, found by key, filled by that child, and added up by the parent."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from grader.facts.records import IPC_CREAT, Content, Process, Run
from grader.judge.contents import authors_of, last_place, wrote
from grader.judge.finding import Finding
from grader.judge.narrate import describe_call, story, who
from grader.judge.output import by_parent, number_of, results
from grader.judge.segments import SEGMENT_CALLS, attached_by

MOST_SLOTS = 200


def has_grandchildren(run: Run) -> bool:
    """Did a child fork too?"""
    return len(run.others) > len(run.children)


def looked_up(run: Run, child: Process) -> bool:
    """Did this child find the segment by its key?"""
    made = {segment.number for segment in run.created_segments}
    return any(
        call.segment in made and not call.created and call.key != 0
        for call in run.calls("shmget", process=child.number, ok=True)
    )


def each_looks_it_up(run: Run, count: int) -> Finding | None:
    """Each child called shmget with the key; extra children are reported elsewhere."""
    without = [child for child in run.children if not looked_up(run, child)]
    if len(run.children) - len(without) >= min(count, len(run.children)):
        return None
    first = without[0].number
    failed = run.calls("shmget", process=first, ok=False)
    name = who(run, first).capitalize()
    what = f"{name} didn't look up the segment by its key."
    if failed:
        what = f"{name} didn't find the segment: {describe_call(failed[0])}."
    return Finding(
        what,
        expected="shmget(KEY, 0, 0) in each child",
        seen=f"{len(run.children) - len(without)} of {len(run.children)} children did",
        evidence=story(run, names=SEGMENT_CALLS, about=[first]),
    )


def each_attaches_once(run: Run, count: int) -> Finding | None:
    """Each child attached the segment itself, once, and the parent at most once.

    Extra children are reported elsewhere.
    """
    attached = [child for child in run.children if attached_by(run, child.number)]
    enough = len(attached) >= min(count, len(run.children))
    for process in (run.parent, *run.children):
        times = attached_by(run, process.number)
        if times > 1 or (times == 0 and process is not run.parent and not enough):
            did = f"attached {times} times" if times else "didn't attach the segment itself"
            return Finding(
                f"{who(run, process.number).capitalize()} {did}.",
                expected="once per process",
                seen=f"{times} times",
                evidence=story(run, names=SEGMENT_CALLS, about=[process.number]),
            )
    return None


def each_fills_its_slot(run: Run, squares: Sequence[int]) -> Finding | None:
    """Each square was put into its own place, by its own child."""
    taken: dict[tuple[int, int], int] = {}
    writers: set[int] = set()
    evidence = story(run, names=SEGMENT_CALLS, about=[child.number for child in run.children[:1]])

    def finding(message: str, seen: str) -> Finding:
        return Finding(message, "each child's square in its own slot", seen, evidence)

    for place, square in enumerate(squares, start=1):
        authors = [number for number in authors_of(run, square) if not run.is_parent(number)]
        if not authors:
            if authors_of(run, square):
                return finding(
                    f"Slot {place} was filled by the parent, not by a child.",
                    "filled by the parent",
                )
            return finding(
                f"No child put the square of value {place} ({square}) into its own slot.",
                f"{place - 1} of {len(squares)} slots found",
            )
        author = next((a for a in authors if a not in writers), None)
        if author is None:
            return finding(
                f"{who(run, authors[0]).capitalize()} filled more than one slot.",
                "several slots by one child",
            )
        where = wrote(run, author, square)
        if where is None or where in taken:
            return finding(
                f"The squares of value {taken.get(where or (0, 0), 1)} and {place} went into the "
                "same slot.",
                "one slot for two children",
            )
        if taken and where[0] != next(iter(taken))[0]:
            return finding("The slots are in different segments.", "a segment for each child")
        taken[where] = place
        writers.add(author)
    return None


def stand_apart(run: Run, squares: Sequence[int]) -> Finding | None:
    """Every square was in the segment, and no two of them at the same place."""
    taken: dict[tuple[int, int], int] = {}

    def finding(message: str, seen: str) -> Finding:
        return Finding(
            f"With {len(squares)} values: {message}", f"{len(squares)} slots", seen, story(run)
        )

    for place, square in enumerate(squares, start=1):
        where = last_place(run, square)
        if where is None:
            return finding(
                f"the square of value {place} ({square}) was never in its own slot.",
                f"{place - 1} slots",
            )
        if where in taken:
            return finding(
                f"the squares of value {taken[where]} and {place} went into the same slot.",
                "one slot for several children",
            )
        taken[where] = place
    return None


def stay_where_they_are(run: Run, other: Run, squares: Sequence[int]) -> Finding | None:
    """With other process ids each square is in the same slot: the slot is the child's number."""
    for place, square in enumerate(squares, start=1):
        one, two = last_place(run, square), last_place(other, square)
        if one is None or two is None or one == two:
            continue
        return Finding(
            f"The slot of value {place} depends on process IDs: with others, its square is in "
            "another place.",
            expected="slot K for child K, in every run",
            seen=f"at byte {one[1]} in one run, at byte {two[1]} in another",
            evidence=story(
                other, names=SEGMENT_CALLS, about=[c.number for c in other.children[:1]]
            ),
            hint="Process IDs are whatever the system gives: use the child's number, counted from "
            "0, which it knows from the loop that forks it.",
        )
    return None


def sums(content: Content) -> set[int]:
    """All sums of consecutive slots: int, long, float and double, in structs too."""
    found: set[int] = {0}
    for code, width in (("i", 4), ("q", 8), ("f", 4), ("d", 8)):
        whole = content.data.ljust(-(-len(content.data) // width) * width, b"\0")
        words = struct.unpack(f"<{len(whole) // width}{code}", whole)[:MOST_SLOTS]
        for step in range(1, 9):
            for start in range(len(words)):
                found.update(_partial_sums(words[start::step]))
    return found


def _partial_sums(words: Sequence[int | float]) -> set[int]:
    """The sum of the first, of the first two, ... of these words."""
    found, total = set(), 0.0
    for word in words:
        total += word
        if not abs(total) < 2**53:  # not meant as a number
            break
        found.add(int(total))
    return found


def total_from_nowhere(run: Run) -> Finding | None:
    """The parent printed a total that was never the sum of the slots."""
    lines = by_parent(run, results(run, "total"))
    if not lines:
        return None
    total = number_of(lines[-1])
    if any(total in sums(content) for content in run.contents()):
        return None
    return Finding(
        f'The parent printed "{lines[-1].text}", which isn\'t the sum of the slots in the segment.',
        expected="the sum of the slots",
        seen=lines[-1].text,
        evidence=story(run, names=SEGMENT_CALLS),
    )


def created_on_look_up(run: Run) -> bool:
    """Was IPC_CREAT given although the segment already existed?"""
    return any(call.flags & IPC_CREAT and not call.created for call in run.calls("shmget", ok=True))
