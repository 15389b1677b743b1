"""A picture as SVG, for a page whose style sheet contains STYLE.

Time runs down. Colors come from variables of the page, for light and dark mode; each meaning also
has its own shape, and a cross and words mark what is wrong."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from html import escape

from grader.base.text import visible
from grader.picture import model
from grader.picture.model import (
    PROCESS,
    QUEUE,
    SEGMENT,
    SET,
    Lane,
    Picture,
    Row,
    Span,
    sentence,
    text_of,
)

LANE, LEFT, TOP = 28, 18, 46  # pixels between lanes, before the first, above the first row
ROW, LINE, AFTER = 22, 16, 10  # a row of one line, each further line, below the last row
COLUMN, LETTER = 38, 7.2  # letters of text in a line, and the width of one, about
BOLD = 1.12
RADIUS = 5

LETTERS = {SEGMENT: "S", SET: "V", QUEUE: "Q"}  # V: what a semaphore was first given

STYLE = """
.picture { font: 13px/1.2 system-ui, sans-serif; overflow: visible; display: block; }
.picture text { fill: var(--text); }
.picture .who { font-weight: 600; }
.picture .head { font-weight: 700; text-anchor: middle; fill: var(--back); }
.picture .soft { fill: var(--soft); }
.picture .bad { fill: var(--bad); font-weight: 600; }
.picture line, .picture path { fill: none; stroke: var(--process); stroke-width: 2; }
.picture .segment { stroke: var(--segment); }
.picture .held { stroke: var(--back); stroke-dasharray: 3 4; stroke-width: 3; }
.picture .waits { stroke: var(--waits); stroke-width: 8; stroke-linecap: round; }
.picture .ended { stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 1 4; }
.picture .attached { stroke: var(--segment); stroke-width: 1.5; }
.picture .arrow { stroke: var(--arrow); stroke-width: 1.5; }
.picture .dashed { stroke-dasharray: 4 3; }
.picture .tip { fill: var(--arrow); stroke: none; }
.picture circle, .picture rect { fill: var(--process); }
.picture rect.segment, .picture circle.segment { fill: var(--segment); stroke: none; }
.picture .hollow { fill: var(--back); stroke: var(--process); stroke-width: 2; }
.picture .cross { stroke: var(--bad); stroke-width: 3; stroke-linecap: round; }
.picture .shade { fill: var(--badback); }
"""


def svg(picture: Picture, name: str) -> str:
    """The picture; `name` makes its ids unique in the page."""
    return "".join(_Drawing(picture, escape(name, quote=True)).parts())


class _Drawing:
    def __init__(self, picture: Picture, name: str) -> None:
        self._picture = picture
        self._name = name
        self._words = [_words(picture, row) for row in picture.rows]
        self._tops: list[int] = []
        y = TOP
        for words in self._words:
            self._tops.append(y)
            y += ROW + LINE * (len(words) - 1)
        self._height = y + AFTER
        self._column = LEFT + LANE * len(picture.lanes) - 8
        longest = max((_length(*line) for words in self._words for line in words), default=0.0)
        self._width = round(self._column + LETTER * max(longest, 12) + 8)

    def parts(self) -> Iterator[str]:
        picture, name = self._picture, self._name
        told = " ".join(f"{n}. {sentence(picture, r)}." for n, r in enumerate(picture.rows, 1))
        yield (
            f'<svg class="picture" role="img" aria-labelledby="{name}-title {name}-desc"'
            f' width="{self._width}" height="{self._height}"'
            f' viewBox="0 0 {self._width} {self._height}" xmlns="http://www.w3.org/2000/svg">'
            f'<title id="{name}-title">{_safe(_title(picture))}</title>'
            f'<desc id="{name}-desc">{_safe(told)}</desc>'
        )
        for place, row in enumerate(picture.rows):
            if row.wrong:
                yield (
                    f'<rect class="shade" x="0" y="{self._tops[place] - 4}" rx="4"'
                    f' width="{self._width}" height="{self._tall(place) - 1}"/>'
                )
        for place, lane in enumerate(picture.lanes):
            yield from self._lane(place, lane)
        for span in picture.spans:
            yield from self._span(span)
        for place, row in enumerate(picture.rows):
            yield from self._arrow(place, row)
        for place, row in enumerate(picture.rows):
            yield from self._mark(place, row)
            yield from self._text(place)
        yield "</svg>\n"

    # places

    def _x(self, lane: int) -> float:
        return LEFT + LANE * lane

    def _y(self, row: int) -> float:
        """Where the mark of a row is."""
        return self._tops[row] + 7 if row < len(self._tops) else self._height - AFTER

    def _tall(self, row: int) -> int:
        return ROW + LINE * (len(self._words[row]) - 1)

    # parts

    def _lane(self, place: int, lane: Lane) -> Iterator[str]:
        x = self._x(place)
        kind = "process" if lane.kind == PROCESS else "segment"
        if lane.kind == PROCESS:
            yield f'<circle cx="{x}" cy="16" r="11"/>'
        else:
            yield f'<rect class="segment" x="{x - 11}" y="5" width="22" height="22" rx="3"/>'
        yield f'<text class="head" x="{x}" y="20.5">{_safe(head(self._picture, place))}</text>'
        begin = 32 if lane.first == 0 else self._y(lane.first)
        end = self._height - 2 if lane.open else self._y(lane.last)
        yield f'<line class="{kind}" x1="{x}" y1="{begin}" x2="{x}" y2="{end}"/>'

    def _span(self, span: Span) -> Iterator[str]:
        x, first, last = self._x(span.lane), self._y(span.first), self._y(span.last)
        if span.kind == model.ATTACHED:
            x += 5
            last = last if span.last > span.first else first + 8
        elif span.kind == model.HELD:
            first += RADIUS
        yield f'<line class="{span.kind}" x1="{x}" y1="{first}" x2="{x}" y2="{last}"/>'

    def _arrow(self, place: int, row: Row) -> Iterator[str]:
        if row.arrow is None:
            return
        begin, end, y = self._x(row.arrow[0]), self._x(row.arrow[1]), self._y(place)
        side = 1 if end > begin else -1
        tip = end - side * (RADIUS + 1)
        dashed = " dashed" if row.kind in (model.DETACH, model.ACCESS, model.WAIT) else ""
        yield f'<line class="arrow{dashed}" x1="{begin}" y1="{y}" x2="{tip}" y2="{y}"/>'
        back = tip - side * 6
        yield f'<path class="tip" d="M{tip} {y} L{back} {y - 4} L{back} {y + 4} Z"/>'

    def _mark(self, place: int, row: Row) -> Iterator[str]:
        x, y = self._x(row.lane), self._y(place)
        if row.kind == model.END:
            yield f'<line x1="{x - 7}" y1="{y}" x2="{x + 7}" y2="{y}"/>'
        elif row.kind == model.PRINT:
            yield f'<rect class="hollow" x="{x - 6}" y="{y - 4}" width="12" height="8"/>'
        elif row.kind == model.WAIT and row.arrow is None:
            yield f'<circle class="hollow" cx="{x}" cy="{y}" r="{RADIUS}"/>'
        elif row.kind not in (model.GAP, model.GRADER):
            kind = "" if self._picture.lanes[row.lane].kind == PROCESS else ' class="segment"'
            yield f'<circle{kind} cx="{x}" cy="{y}" r="{RADIUS - 1}"/>'
        if row.kind in (model.CREATE, model.FORK) and row.arrow:
            kind = ' class="segment"' if row.kind == model.CREATE else ""
            yield f'<circle{kind} cx="{self._x(row.arrow[1])}" cy="{y}" r="{RADIUS}"/>'
        if row.kind == model.REMOVE and row.arrow:
            x = self._x(row.arrow[1])
            yield f'<path class="segment" d="{_cross(x, y)}"/>'
        if row.wrong:
            yield f'<path class="cross" d="{_cross(self._x(row.lane), y)}"/>'

    def _text(self, place: int) -> Iterator[str]:
        y = self._tops[place] + 11.5
        for kind, text in self._words[place]:
            who, _, rest = text.partition(" ") if kind == "first" else ("", "", text)
            begin = f'<tspan class="who">{_safe(who)}</tspan> ' if who else ""
            style = f' class="{kind}"' if kind in ("bad", "soft") else ""
            yield f'<text{style} x="{self._column}" y="{y}">{begin}{_safe(rest)}</text>'
            y += LINE


def _safe(text: str) -> str:
    """Text without markup, with invisible characters made visible."""
    return escape(visible(text))


def _length(kind: str, text: str) -> float:
    """The width of a line, in ordinary characters."""
    return len(text) * (BOLD if kind == "bad" else 1.0)


def _cross(x: float, y: float) -> str:
    return f"M{x - 5} {y - 5} L{x + 5} {y + 5} M{x + 5} {y - 5} L{x - 5} {y + 5}"


def _title(picture: Picture) -> str:
    wrong = [row.wrong for row in picture.rows if row.wrong]
    return f"{picture.title}. " + (f"Wrong: {'; '.join(wrong)}" if wrong else "Nothing is wrong")


def head(picture: Picture, lane: int) -> str:
    """What stands at the top of a lane: the number of a process, a letter for all else."""
    mine = picture.lanes[lane]
    same = [place for place, other in enumerate(picture.lanes) if other.kind == mine.kind]
    if mine.kind == PROCESS:
        return str(same.index(lane) + 1)
    letter = LETTERS[mine.kind]
    return f"{letter}{same.index(lane) + 1}" if len(same) > 1 else letter


def _words(picture: Picture, row: Row) -> list[tuple[str, str]]:
    """The lines of text next to a row: what happened, wrapped, and why it is wrong."""
    if row.kind in (model.GAP, model.GRADER):
        lines = [("soft", line) for line in _fold(row.text)]
    else:
        label = picture.lanes[row.lane].label.replace(" ", "\u00a0")
        first, *more = _fold(f"{label} {text_of(row)}")
        lines = [("first", first), *(("more", line) for line in more)]
    return lines + [("bad", line) for line in (_fold(f"✗ {row.wrong}") if row.wrong else ())]


def _fold(text: str) -> list[str]:
    return textwrap.wrap(text, COLUMN, subsequent_indent="\u00a0\u00a0") or [""]


def legend() -> str:
    """What the signs mean, as a list; the same signs as in a picture."""
    return f'<div class="legend">{"".join(_entry(sign, told) for sign, told in _SIGNS)}</div>'


_SIGNS = (
    ('<circle cx="20" cy="10" r="9"/>', "a process; its line goes on until it ends"),
    (
        '<rect class="segment" x="11" y="1" width="18" height="18" rx="3"/>',
        "a segment (V a semaphore set, Q a message queue); its line goes on until it is removed",
    ),
    (
        '<line class="waits" x1="6" y1="10" x2="34" y2="10"/>'
        '<line x1="2" y1="10" x2="38" y2="10"/>',
        "the process waits",
    ),
    (
        '<line x1="2" y1="10" x2="38" y2="10"/><line class="held" x1="2" y1="10" x2="38" y2="10"/>',
        "the grader holds it",
    ),
    (
        '<line class="ended" x1="2" y1="10" x2="38" y2="10"/>',
        "it has ended, and nobody has waited for it yet",
    ),
    (
        '<line x1="2" y1="8" x2="38" y2="8"/>'
        '<line class="attached" x1="2" y1="13" x2="38" y2="13"/>',
        "it has the segment attached",
    ),
    ('<rect class="hollow" x="14" y="6" width="12" height="8"/>', "it prints a line"),
    ('<path class="cross" d="M14 4 L26 16 M26 4 L14 16"/>', "this is wrong"),
)


def _entry(sign: str, told: str) -> str:
    return (
        '<div><svg class="picture" viewBox="0 0 40 20" width="40" height="20" aria-hidden="true">'
        f"{sign}</svg> {_safe(told)}</div>"
    )
