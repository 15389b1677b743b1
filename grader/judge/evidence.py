"""Evidence: the lines that show what happened, and the run that they tell of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.facts.records import Run


@dataclass(frozen=True)
class Evidence:
    """Lines for a reader, and the run that a picture of them is drawn from, if it is one run."""

    lines: tuple[str, ...] = ()
    run: Run | None = None

    def __bool__(self) -> bool:
        return bool(self.lines)


NO_EVIDENCE = Evidence()


def told(run: Run, lines: Iterable[str]) -> Evidence:
    """These lines tell of this run."""
    return Evidence(tuple(lines), run)
