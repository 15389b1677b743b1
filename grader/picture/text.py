"""A picture on a terminal: the lanes as lines, a row for each event. 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

from grader.base.text import visible
from grader.picture import model
from grader.picture.model import PROCESS, Picture, Row, text_of
from grader.picture.svg import head

WIDTH = 80
LANE = 4  # columns from lane to lane
LINES = {model.HELD: "┊", model.WAITS: "┃", model.ENDED: "·"}
MARKS = {model.PRINT: "□", model.END: "┴", model.FAILED: "!", model.GRADER: "*", model.GAP: " "}
LEGEND = "│ runs  ┊ is held  ┃ waits  · has ended, not waited for yet  □ prints  ✗ wrong"

Ink = Callable[[str], str]


def text(picture: Picture, red: Ink = str, soft: Ink = str) -> str:
    """The picture; `red` and `soft` add color if there is any."""
    return "\n".join(_lines(picture, red, soft)) + "\n"


def _lines(picture: Picture, red: Ink, soft: Ink) -> Iterator[str]:
    yield from textwrap.wrap(visible(picture.title), WIDTH)
    yield ""
    names = [head(picture, place) for place in range(len(picture.lanes))]
    yield "  " + "".join(f"{name:<{LANE}}" for name in names).rstrip()
    room = WIDTH - 2 - LANE * len(picture.lanes)
    for place, row in enumerate(picture.rows):
        first, *more = textwrap.wrap(_told(picture, row), room) or [""]
        graph = _graph(picture, place, row)
        yield f"  {graph}{first}".rstrip()
        for line in more:
            yield f"  {_between(picture, place)}  {line}".rstrip()
        for line in textwrap.wrap(f"✗ {visible(row.wrong)}", room) if row.wrong else ():
            yield f"  {_between(picture, place)}{red(line)}".rstrip()
    yield ""
    yield soft(LEGEND)


def _told(picture: Picture, row: Row) -> str:
    if row.kind in (model.GAP, model.GRADER):
        return visible(row.text)
    return visible(f"{picture.lanes[row.lane].label}: {text_of(row)}")


def _line_of(picture: Picture, lane: int, place: int, below: bool = False) -> str:
    """The sign of a lane in a row, or between it and the next one."""
    mine = picture.lanes[lane]
    for span in picture.spans:
        if span.lane == lane and span.kind in LINES:
            last = span.last if below else span.last + (span.kind == model.HELD)
            if span.first <= place < last and (below or place > span.first):
                return LINES[span.kind]
    alive = mine.first <= place and (mine.open or place < mine.last + (not below))
    return ("│" if mine.kind == PROCESS else "║") if alive else " "


def _between(picture: Picture, place: int) -> str:
    signs = (_line_of(picture, lane, place, below=True) for lane in range(len(picture.lanes)))
    return "".join(f"{sign:<{LANE}}" for sign in signs)


def _graph(picture: Picture, place: int, row: Row) -> str:
    lanes = len(picture.lanes)
    signs = [f"{_line_of(picture, lane, place):<{LANE}}" for lane in range(lanes)]
    columns = list("".join(signs))
    if row.arrow and row.arrow[0] != row.arrow[1]:
        begin, end = (LANE * lane for lane in row.arrow)
        for column in range(min(begin, end) + 1, max(begin, end)):
            columns[column] = "─" if columns[column] == " " else "┼"
        columns[begin] = "●"
        columns[end + (-1 if begin < end else 1)] = "▶" if begin < end else "◀"
        if row.kind == model.REMOVE:
            columns[end] = "×"
        elif row.kind in (model.FORK, model.CREATE):
            columns[end] = "●"
    mark = "✗" if row.wrong else MARKS.get(row.kind, "●")
    columns[LANE * row.lane] = mark
    return "".join(columns)
