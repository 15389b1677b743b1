"""The certificate: what was run how often, and what differed; a table that ACCURACY.md shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PLACE = "<!-- certificate {name} runs=\\d+ -->\n.*?<!-- /certificate -->"
BLOCK = "<!-- certificate {name} runs={runs} -->\n{table}\n<!-- /certificate -->"
RUNS = "<!-- certificate {name} runs=(\\d+) -->"


@dataclass
class Row:
    """One thing that was repeated."""

    what: str
    runs: int = 0
    differences: list[str] = field(default_factory=list)

    def add(self, wrong: str) -> None:
        self.runs += 1
        if wrong:
            self.differences.append(wrong)


@dataclass(frozen=True)
class Certificate:
    """All rows of one kind of certificate."""

    name: str  # in the markers of ACCURACY.md
    command: str  # that repeats it
    rows: Mapping[str, Row]

    @property
    def differences(self) -> list[str]:
        return [wrong for row in self.rows.values() for wrong in row.differences]

    def table(self, date: str, where: str) -> str:
        lines = [f"`{self.command}`, {date}, {where}:", ""]
        lines += ["| what | runs | differences |", "| --- | ---: | ---: |"]
        for row in self.rows.values():
            lines.append(f"| {row.what} | {row.runs:,} | {len(row.differences)} |")
        return "\n".join(lines)


def runs_told(page: str, name: str) -> int:
    """How many runs the table of this name on this page tells of; -1 where there is no place."""
    found = re.search(RUNS.format(name=name), page)
    return int(found.group(1)) if found else -1


def with_table(page: str, name: str, runs: int, table: str) -> str:
    """The page with another table between the markers of this name."""
    block = BLOCK.format(name=name, runs=runs, table=table)
    return re.sub(PLACE.format(name=name), lambda _: block, page, flags=re.DOTALL)


def write(path: Path, certificate: Certificate, runs: int, table: str) -> bool:
    """Put the table into the page, unless it tells of more runs already."""
    page = path.read_text(encoding="utf-8")
    told = runs_told(page, certificate.name)
    if told < 0 or runs < told:
        return False
    path.write_text(with_table(page, certificate.name, runs, table), encoding="utf-8")
    return True
