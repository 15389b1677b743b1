"""Evidence: the lines that show what happened, and the run that they describe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.facts.records import Run


Key = tuple[str, int]  # a call or a printed line by its moment, an end by its process
CALL, LINE, END = "call", "line", "end"
NOTHING: Key = ("", 0)


@dataclass(frozen=True)
class Evidence:
    """Lines for a reader, and the run that their picture is drawn from, if it is a single run."""

    lines: tuple[str, ...] = ()
    run: Run | None = None
    keys: tuple[Key, ...] = ()  # for each line, what it tells of; none where nobody knows

    def __bool__(self) -> bool:
        return bool(self.lines)


NO_EVIDENCE = Evidence()


def told(run: Run, lines: Iterable[str]) -> Evidence:
    """Evidence made of these lines about this run."""
    return Evidence(tuple(lines), run)
