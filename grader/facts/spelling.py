"""How a program spells its result lines, where that is not exactly as its page says.

A line that is right but for its form costs only where its form is judged. Everything else reads it
as it was meant: "Child : 19" as "child: 19".
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """One kind of line: what it looks like, with the value as a group, and what it is meant as."""

    start: str  # "child: ": how the line should begin, up to its value
    pattern: re.Pattern[str]
    by_parent: bool | None = None  # who prints such a line; None: anybody


@dataclass(frozen=True)
class Spelling:
    """All the shapes of one program's lines."""

    shapes: tuple[Shape, ...] = ()

    def meaning(self, text: str, by_parent: bool | None) -> str:
        """The line as it should be spelled, or "" if it carries no result, or is spelled so."""
        for shape in self.shapes:
            if None not in (shape.by_parent, by_parent) and shape.by_parent != by_parent:
                continue
            found = shape.pattern.fullmatch(text)
            if found:
                meant = f"{shape.start}{_as_number(found[1])}"
                return meant if meant != text else ""
        return ""


def _as_number(said: str) -> str:
    """Without a plus, and without zeros in front; a text stays as it is."""
    return str(int(said)) if re.fullmatch(r"[-+]?\d{1,18}", said) else said
