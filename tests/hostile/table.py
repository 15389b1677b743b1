"""What became of each attack on each level, as a table in Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.hostile.case import LEVELS, cases

FILE = Path(__file__).resolve().parents[2] / "build" / "attacks.md"

Mark = tuple[str, str, str]  # the attack, the level, what it earned


def earned(score: int | None, most: int) -> str:
    """The points of an attack, with those that an honest program like it has."""
    return "not graded" if score is None else f"{score} of {most}" if most else f"{score}"


def rendered(marks: Iterable[Mark]) -> list[str]:
    """A line for each attack that was tried."""
    found = {(name, level): said for name, level, said in marks}
    lines = [f"| attack | tries | {' | '.join(LEVELS)} |", f"| --- | --- |{' --- |' * len(LEVELS)}"]
    for case in cases():
        said = [found.get((case.name, level), "–") for level in LEVELS]
        if set(said) != {"–"}:
            lines.append(f"| {case.name} | {case.about} | {' | '.join(said)} |")
    return lines


def write(marks: Iterable[Mark]) -> Path:
    """Put the table into the build folder."""
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text("\n".join(rendered(marks)) + "\n", encoding="utf-8")
    return FILE
