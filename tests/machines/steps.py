"""steps.txt: what is walked, and which page shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One command; without a page where none shows it."""

    name: str
    page: str
    command: str


def parse_steps(text: str) -> list[Step]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    split = [re.split(r"\s*\|\s*", line.strip(), maxsplit=2) for line in lines]
    return [Step(name, "" if page == "-" else page, command) for name, page, command in split]
