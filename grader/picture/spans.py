"""What lasts for a while: a process waits, is held, has ended unnoticed, is attached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.facts.records import Moment, Run
from grader.judge.segments import attachments
from grader.picture.model import ATTACHED, ENDED, HELD, PROCESS, SEGMENT, WAITS, Lane, Span

When = tuple[int, int]
Places = Mapping[tuple[str, int, int], int]  # kind, number, run → lane


def spans_of(
    run: Run, place: int, moments: Sequence[When], lanes: Sequence[Lane], places: Places
) -> Iterator[Span]:
    """All spans of one run; `moments` are those of the rows."""

    def at(seq: int) -> int:
        """The last row at or before this moment."""
        return max(sum(when <= (place, seq) for when in moments) - 1, 0)

    def lane(process: int) -> int | None:
        return places.get((PROCESS, run.owner(process), place))

    for call in run.calls("wait"):
        mine = lane(call.process)
        if mine is not None and at(call.began) < at(call.seq):
            yield Span(mine, WAITS, at(call.began), at(call.seq))
    begun: dict[int, int] = {}
    for event in run.events:
        if not isinstance(event, Moment) or event.kind not in ("hold", "release"):
            continue
        mine = lane(event.process)
        if event.kind == "hold":
            begun[event.process] = at(event.seq)
        elif mine is not None and event.process in begun:
            yield Span(mine, HELD, begun.pop(event.process), at(event.seq))
    for process in run.processes:
        mine = lane(process.number)
        if mine is None or process.ended is None or process.number == 1 or process.is_thread:
            continue
        over = run.parent.ended if process.reaped is None else process.reaped
        if over is not None and at(over) > at(process.ended):
            yield Span(mine, ENDED, at(process.ended), at(over))
    for attachment in attachments(run):
        mine = lane(attachment.process)
        other = places.get((SEGMENT, attachment.segment or 0, 0))
        if mine is None or other is None:
            continue
        detached = [
            call.seq
            for call in run.calls("shmdt", process=attachment.process, ok=True)
            if call.address == attachment.address and call.seq > attachment.since
        ]
        last = at(detached[0]) if detached else lanes[mine].last
        yield Span(mine, ATTACHED, min(at(attachment.since), last), last, other)
