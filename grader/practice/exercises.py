"""The exercises in a student's folder, found by their names: 2-sharing contains sharing.c.

Everything about an exercise follows from its folder, so a new one is found by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.base.exercise import CHECKS, Exercise, load_checks

KIT = Path(__file__).resolve().parent.parent.parent
FOLDER = re.compile(r"(?P<number>[0-9]+)-(?P<name>[a-z][a-z0-9-]*)")


class Problem(Exception):
    """Why a check can't be made: one line that says what to do."""


@dataclass(frozen=True)
class ExerciseFolder:
    """One exercise of the student's folder."""

    folder: Path

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def number(self) -> str:
        return self.id.partition("-")[0]

    @property
    def program(self) -> str:
        """The name of the program: read_only in the folder 5-read-only."""
        return self.id.partition("-")[2].replace("-", "_")

    @property
    def source(self) -> Path:
        return self.folder / f"{self.program}.c"

    @property
    def misnamed(self) -> str:
        """A file that a download or another system gave another name, if the source is missing:
        fork_wait.c.txt, FORK_WAIT.C; or ""."""
        if self.source.exists() or not self.folder.is_dir():
            return ""
        wanted = self.source.name.lower()
        names = (wanted, f"{wanted}.txt")
        found = sorted(p.name for p in self.folder.iterdir() if p.name.lower() in names)
        return found[0] if found else ""

    @property
    def unit_tests(self) -> Path:
        """Public tests in C, if the exercise is a set of functions."""
        return self.folder / f"test_{self.program}.c"

    @property
    def checks(self) -> Path:
        """The public checks: the student's own copy, or the starter's."""
        own = self.folder / CHECKS
        return own if own.is_file() else KIT / "starter" / self.id / CHECKS

    @cached_property
    def exercise(self) -> Exercise:
        """What its checks.py says; if it says nothing, what follows from its folder."""
        try:
            said: object = getattr(load_checks(self.checks), "EXERCISE", None)
        except Exception:  # a mistake in the student's copy is reported when the checks run
            said = None
        if isinstance(said, Exercise) and said.id == self.id:
            return said
        return Exercise(self.id, self.id, self.source.name, self.program)

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """The student's own files here."""
        found = (*self.folder.glob("*.c"), *self.folder.glob("*.h"))
        return tuple(sorted(path for path in found if path != self.unit_tests))

    @property
    def sources(self) -> dict[str, str]:
        return {path.name: _text(path) for path in self.files}


def places(folder: Path) -> list[ExerciseFolder]:
    """The exercises of a folder, in their order."""
    found = [
        ExerciseFolder(path)
        for path in folder.iterdir()
        if path.is_dir() and FOLDER.fullmatch(path.name) and _has_checks(path)
    ]
    if not found:
        raise Problem(f"{folder} has no exercises: run this in the folder that has them")
    return sorted(found, key=lambda place: (int(place.number), place.id))


def chosen(every: list[ExerciseFolder], wanted: str) -> ExerciseFolder:
    """The exercise of this number or name."""
    for place in every:
        if wanted in (place.id, place.number, place.program):
            return place
    names = ", ".join(place.id for place in every)
    raise Problem(f"there is no exercise {wanted!r}; there are: {names}")


def _has_checks(folder: Path) -> bool:
    place = ExerciseFolder(folder)
    return place.checks.is_file() or place.unit_tests.is_file()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
