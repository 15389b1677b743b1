"""The table machine × user × step: passed, failed, or not run and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PASSED, FAILED, REFUSED, NOT_RUN = "passed", "failed", "refused", "not run"


@dataclass(frozen=True)
class Machine:
    """A release, and who works on it."""

    release: str
    user: str

    @property
    def name(self) -> str:
        return f"{self.release}-{self.user}"


@dataclass(frozen=True)
class Cell:
    """What a step came to on a machine."""

    verdict: str
    seconds: int = 0
    remark: str = ""
    installed: str = ""  # what the step was refused for, before root had installed it

    @property
    def bad(self) -> bool:
        return self.verdict in (FAILED, REFUSED)


Results = Mapping[Machine, Mapping[str, Cell]]


def parse_results(text: str) -> dict[str, Cell]:
    """The rows that a walk wrote; of a step that was walked twice the last one counts, and knows
    what the first was refused for.
    """
    cells: dict[str, Cell] = {}
    for row in text.splitlines():
        step, verdict, seconds, remark = row.split("\t")
        before = cells.get(step)
        refused = before.remark if before and before.verdict == REFUSED else ""
        cells[step] = Cell(verdict, int(seconds), remark, refused)
    return cells


def completed(cells: Mapping[str, Cell], steps: Sequence[str], status: int) -> dict[str, Cell]:
    """A row for each step: one that a machine never came to has failed, and was not left out."""
    ended = Cell(FAILED, 0, f"the machine ended with status {status} before this step")
    return {step: cells.get(step, ended) for step in steps}


def rendered(results: Results, steps: Sequence[str], head: str) -> str:
    """Markdown: a row a step, a column a machine; what is to be known of a cell stands below."""
    machines = list(results)
    lines = [head, "", "| step | " + " | ".join(m.name for m in machines) + " |"]
    lines.append("| --- |" + " --- |" * len(machines))
    for step in steps:
        row = [_cell(results[machine].get(step)) for machine in machines]
        lines.append(f"| {step} | " + " | ".join(row) + " |")
    notes = [note for machine in machines for note in _notes(machine, results[machine])]
    return "\n".join([*lines, "", *notes, "", verdict(results)]) + "\n"


def verdict(results: Results) -> str:
    """How many of the steps that were run have failed."""
    cells = [cell for row in results.values() for cell in row.values() if cell.verdict != NOT_RUN]
    return f"{sum(cell.bad for cell in cells)} of {len(cells)} steps failed."


def _cell(cell: Cell | None) -> str:
    if cell is None or cell.verdict == NOT_RUN:
        return NOT_RUN
    asked = " (asked root first)" if cell.installed else ""
    verdict = f"**{cell.verdict}**" if cell.bad else cell.verdict
    return f"{verdict}, {cell.seconds} s{asked}"


def _notes(machine: Machine, cells: Mapping[str, Cell]) -> list[str]:
    """Why a step failed or was not run, each reason once; the level that was reached."""
    notes = []
    levels = dict.fromkeys(cells[step].remark for step in ("grade", "solution") if step in cells)
    reached = [level for level in levels if level and " " not in level]
    if reached:
        notes.append(f"- {machine.name}: isolation {', '.join(reached)}")
    if "test" in cells and cells["test"].verdict == PASSED:
        notes.append(f"- {machine.name}: test: {cells['test'].remark}")
    reasons: dict[tuple[str, str], list[str]] = {}
    for step, cell in cells.items():
        if cell.verdict != PASSED:
            reasons.setdefault((cell.verdict, cell.remark), []).append(step)
    for (verdict, remark), steps in reasons.items():
        log = "" if verdict == NOT_RUN else f" (build/machines/{machine.name}/{steps[-1]}.log)"
        notes.append(f"- {machine.name}: {', '.join(steps)}: {verdict}: {remark}{log}")
    return notes


def failed(results: Results) -> bool:
    return any(cell.bad for cells in results.values() for cell in cells.values())
