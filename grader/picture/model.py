"""What a picture is: lanes side by side, rows from top to bottom in the order of time.

It is small plain data, so that report.json can contain it; other modules decide how it looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PROCESS = "process"
SEGMENT = "segment"
SET = "semaphore set"
QUEUE = "message queue"

# What a row shows, and so the mark on its lane.
FORK = "fork"
WAIT = "wait"
PRINT = "print"
CREATE = "create"
ACCESS = "access"
ATTACH = "attach"
DETACH = "detach"
REMOVE = "remove"
CHANGE = "change"
SIGNAL = "signal"
END = "end"
FAILED = "failed"  # a call that failed
GRADER = "grader"  # something that the grader did
OTHER = "other"
GAP = "gap"  # rows that are left out

# What a span says about its part of a lane.
WAITS = "waits"
HELD = "held"
ENDED = "ended"  # the process has ended, and nobody has waited for it yet
ATTACHED = "attached"


@dataclass(frozen=True)
class Lane:
    """A process, a segment, a set or a queue, from the row where it begins to where it ends."""

    kind: str
    name: str  # "process 2 (child)", "segment 24601, 4 bytes"
    label: str  # "child", "segment"
    first: int
    last: int
    open: bool = False  # it is still there when the picture ends


@dataclass(frozen=True)
class Row:
    """One thing that happened."""

    lane: int
    kind: str
    text: str
    arrow: tuple[int, int] | None = None  # from lane to lane
    wrong: str = ""  # why this is wrong, in a few words
    line: str = ""  # of the student's own source: "sharing.c:31"


@dataclass(frozen=True)
class Span:
    """Something that lasts: the lane waits, is held, has the segment of another lane attached."""

    lane: int
    kind: str
    first: int
    last: int
    other: int | None = None


@dataclass(frozen=True)
class Picture:
    """A run, or the runs of a series."""

    title: str
    lanes: tuple[Lane, ...]
    rows: tuple[Row, ...]
    spans: tuple[Span, ...] = ()

    @property
    def is_wrong(self) -> bool:
        return any(row.wrong for row in self.rows)


def text_of(row: Row) -> str:
    """What happened, and on which line of the student's own source."""
    return f"{row.text} ({row.line})" if row.line else row.text


def sentence(picture: Picture, row: Row) -> str:
    """A row in words, for those who do not see the lanes."""
    wrong = f" (wrong: {row.wrong})" if row.wrong else ""
    who = "" if row.kind in (GRADER, GAP) else f"{picture.lanes[row.lane].name}: "
    return f"{who}{text_of(row)}{wrong}"


def picture_from_json(data: Mapping[str, Any] | None) -> Picture | None:
    """The inverse of dataclasses.asdict."""
    if data is None:
        return None
    rows: list[Row] = []
    for entry in data["rows"]:
        fields: dict[str, Any] = dict(entry)
        fields["arrow"] = tuple(entry["arrow"]) if entry["arrow"] else None
        rows.append(Row(**fields))
    return Picture(
        data["title"],
        tuple(Lane(**lane) for lane in data["lanes"]),
        tuple(rows),
        tuple(Span(**span) for span in data["spans"]),
    )
