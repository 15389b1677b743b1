"""A segment's content, as a student would say it."""

from __future__ import annotations

import re

from grader.facts.records import Content, Run

INT = 4
MOST = 3
TEXT = re.compile(rb"[ -~]+\Z")


def change_of(run: Run, content: Content, as_text: bool) -> str:
    """What was put where: "puts 19 into the segment", or what it now holds if nobody knows who."""
    known = content.author is not None
    size = run.segment(content.segment).size
    data = content.data.ljust(min(size, 4096), b"\0")
    text = data.split(b"\0", 1)[0]
    if as_text and TEXT.fullmatch(text):
        said = f'"{text[:40].decode("ascii")}"'
        return f"puts {said} into the segment" if known else f"now holds {said}"
    places = sorted({start // INT * INT for start, _ in content.changed})
    within = all(start // INT == (start + max(n, 1) - 1) // INT for start, n in content.changed)
    if size % INT or not within or not places or len(places) > MOST:
        return "changes the segment" if known else "now holds something else"
    numbers = [int.from_bytes(data[p : p + INT], "little", signed=True) for p in places]
    at = (f"{number} at byte {place}" for number, place in zip(numbers, places))
    told = str(numbers[0]) if size == INT else " and ".join(at)
    return f"puts {told} into the segment" if known else f"now holds {told}"
