"""The mutants that are right programs all the same, each with the reason: `equivalent.toml`.

    [[reason]]
    why = "..."                          why it is a right program
    page = "assignment/rules.md"         where the handout says so, if that is the reason ...
    says = "..."                         ... in these words
    mutants = ["...", "..."]             their names
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from grader.grading.compile import KIT
from tests.mutants.grading import Fate

if TYPE_CHECKING:  # it needs pycparser, and this list does not
    from tests.mutants.mutant import Mutant

LIST = Path(__file__).resolve().parent / "equivalent.toml"


@dataclass(frozen=True)
class Reason:
    """Why some mutants are right programs."""

    why: str
    mutants: tuple[str, ...]
    page: str = ""
    says: str = ""

    @property
    def stands_in_the_handout(self) -> bool:
        """Is what it quotes really there? True where it quotes nothing."""
        if not self.page and not self.says:
            return True
        text = " ".join((KIT / self.page).read_text(encoding="utf-8").split())
        return bool(self.says) and self.says in text


@cache
def reasons() -> tuple[Reason, ...]:
    said = tomllib.loads(LIST.read_text(encoding="utf-8")).get("reason", [])
    return tuple(Reason(**{**entry, "mutants": tuple(entry["mutants"])}) for entry in said)


@cache
def listed() -> dict[str, Reason]:
    """The reason of each listed mutant, by its name."""
    return {name: reason for reason in reasons() for name in reason.mutants}


def mistakes_of_the_list(existing: Sequence[Mutant]) -> list[str]:
    """What is wrong with the list by itself, line by line."""
    names = {mutant.name for mutant in existing}
    found = [f"listed, but there is no such mutant: {n}" for n in listed() if n not in names]
    twice = sum(len(reason.mutants) for reason in reasons()) - len(listed())
    if twice:
        found.append(f"{twice} mutants are listed twice")
    found += [
        f"{reason.page} does not say: {reason.says}"
        for reason in reasons()
        if not reason.stands_in_the_handout
    ]
    return found


def as_told(fate: Fate) -> str:
    """What is wrong with the fate of a mutant, or "": killed, or listed and at full score."""
    if fate.lost is None:
        return f"the grader met a fault: {fate.fault}: {fate.name}"
    if fate.survived and fate.name not in listed():
        return f"survives: {fate.name}"
    if fate.killed and fate.name in listed():
        tests = ", ".join(fate.failed)
        return f"listed as equivalent, but it fails {tests}: {fate.name}"
    return ""
