"""The hints of an exercise, one more each time. They are on its page, and nowhere else."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

from grader.practice.exercises import KIT, ExerciseFolder, Problem

OPENED = "build/hints"
HINT = re.compile(r"<details><summary>(?P<title>.*?)</summary>\n(?P<text>.*?)</details>", re.DOTALL)
LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
WIDTH = 80


@dataclass(frozen=True)
class Hint:
    title: str
    text: str


def hints_of(page: str) -> list[Hint]:
    """The hints of a page, in order."""
    return [Hint(found["title"], found["text"].strip()) for found in HINT.finditer(page)]


def open_next(root: Path, place: ExerciseFolder) -> str:
    """The hints that were opened before, and one more."""
    page = KIT / "assignment" / place.id / "README.md"
    try:
        hints = hints_of(page.read_text(encoding="utf-8"))
    except OSError as error:
        raise Problem(f"can't read the page of {place.id}: {error.strerror}") from None
    if not hints:
        raise Problem(f"there are no hints for {place.id}")
    state = root / OPENED / place.id
    count = min(_opened(state) + 1, len(hints))
    try:
        state.parent.mkdir(parents=True, exist_ok=True)
        state.write_text(str(count), encoding="ascii")
    except OSError:
        pass  # then it opens the first one every time
    opened = [_folded(hint) for hint in hints[:count]]
    left = len(hints) - count
    more = f"{left} more: make hint EX={place.number}" if left else "That was the last one."
    return "\n\n".join([*opened, more]) + "\n"


def _folded(hint: Hint) -> str:
    """A hint on a terminal: paragraphs wrapped, code as it is."""
    parts = [hint.title]
    for number, part in enumerate(re.split(r"^```\w*\n(.*?)^```\n?", hint.text, flags=re.M | re.S)):
        if number % 2:
            parts.append(textwrap.indent(part.rstrip(), "      "))
            continue
        for paragraph in filter(None, (p.strip() for p in part.split("\n\n"))):
            plain = LINK.sub(r"\1", " ".join(paragraph.split())).replace("`", "")
            parts.append(textwrap.fill(plain, WIDTH - 4, break_on_hyphens=False))
    first, *others = parts
    return "\n".join([first, *(textwrap.indent(other, "    ") for other in others)])


def _opened(state: Path) -> int:
    try:
        return max(0, int(state.read_text(encoding="ascii")))
    except (OSError, ValueError):
        return 0
