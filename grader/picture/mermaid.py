"""A picture as a sequence diagram of mermaid, which GitHub draws in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.base.text import cut, visible
from grader.picture import model
from grader.picture.model import PROCESS, Lane, Picture, Row

MOST_ROWS = 24
MOST_LETTERS = 70  # of one text
PLAIN = re.compile(r"[^A-Za-z0-9 ._()/=→…✗-]|\bend\b", re.IGNORECASE)
ARROWS = {model.REMOVE: "-x", model.DETACH: "-->>", model.WAIT: "-->>", model.ACCESS: "-->>"}


def mermaid(picture: Picture) -> str:
    """The diagram, without a fence; it contains no line that a program could have written."""
    return "\n".join(_lines(picture)) + "\n"


def harmless(text: str) -> str:
    """Any text in a form that mermaid shows and does not interpret: character codes."""
    shown = cut(visible(" ".join(text.split())), MOST_LETTERS)
    return PLAIN.sub(lambda found: _numbered(found[0]), shown)


def _numbered(text: str) -> str:
    return f"#{ord(text[0])};{text[1:]}"


def _lines(picture: Picture) -> Iterator[str]:
    yield "sequenceDiagram"
    yield f"    accTitle: {harmless(picture.title)}"
    for place, lane in enumerate(picture.lanes):
        yield f"    participant L{place} as {harmless(_name(picture, place, lane))}"
    rows = _chosen(picture)
    for row in rows:
        if row.wrong:
            yield "    rect rgba(200, 0, 30, 0.18)"
        yield f"    {_row(row)}"
        if row.wrong:
            yield f"    Note over L{row.lane}: {harmless(f'✗ {row.wrong}')}"
            yield "    end"


def _name(picture: Picture, place: int, lane: Lane) -> str:
    if lane.kind != PROCESS:
        return lane.name
    number = sum(other.kind == PROCESS for other in picture.lanes[: place + 1])
    return f"{number} {lane.label}"


def _chosen(picture: Picture) -> list[Row]:
    """The rows that fit: the wrong ones, and the first and the last."""
    rows = [row for row in picture.rows if row.text != "waits …"]
    if len(rows) <= MOST_ROWS:
        return rows
    half = MOST_ROWS // 3
    chosen: list[Row] = []
    left_out = wrong = 0
    for place, row in enumerate(rows):
        wrong += bool(row.wrong)
        kept = place < half or place >= len(rows) - half or (row.wrong and wrong <= half)
        if not kept:
            left_out += 1
            continue
        if left_out:
            chosen.append(Row(row.lane, model.GAP, f"… {left_out} more …"))
            left_out = 0
        chosen.append(row)
    return chosen


def _row(row: Row) -> str:
    if row.arrow is None or row.arrow[0] == row.arrow[1]:
        return f"Note over L{row.lane}: {harmless(row.text)}"
    begin, end = row.arrow
    return f"L{begin}{ARROWS.get(row.kind, '->>')}L{end}: {harmless(row.text)}"
