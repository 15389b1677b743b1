"""A student's progress: the result of the last check of each exercise, kept between commands."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.practice.exercises import ExerciseFolder

Known = tuple[int, int, str]  # passed, total, and the fingerprint of the sources

FILE = Path("build/progress.json")


@dataclass(frozen=True)
class Entry:
    """One exercise in the progress line."""

    number: str
    passed: int = 0
    of: int = 0
    changed: bool = False  # the sources changed after the check

    @property
    def done(self) -> bool:
        return not self.changed and self.of > 0 and self.passed == self.of

    @property
    def shown(self) -> str:
        if not self.of:
            return "–"
        mark = "?" if self.changed else ""
        return f"{'✓' if self.passed == self.of else f'{self.passed}/{self.of}'}{mark}"


@dataclass(frozen=True)
class Progress:
    entries: tuple[Entry, ...]

    @property
    def first_open(self) -> str:
        """The number of the first exercise that is not done, or ""."""
        return next((entry.number for entry in self.entries if not entry.done), "")


def recorded(
    root: Path, counts: dict[str, tuple[int, int]], every: Sequence[ExerciseFolder]
) -> Progress:
    """Record these counts (exercise to passed and total); return the progress."""
    known = _read(root)
    fingerprints = {place.id: _fingerprint(place) for place in every}
    for name, (passed, of) in counts.items():
        known[name] = (passed, of, fingerprints[name])
    _write(root, known)
    entries = []
    for place in every:
        passed, of, fingerprint = known.get(place.id, (0, 0, ""))
        entries.append(Entry(place.number, passed, of, fingerprint != fingerprints[place.id]))
    return Progress(tuple(Entry(e.number) if not e.of else e for e in entries))


def _read(root: Path) -> dict[str, Known]:
    """What was recorded; nothing if the file is missing or damaged."""
    known: dict[str, Known] = {}
    try:
        said = json.loads((root / FILE).read_text(encoding="utf-8"))
        for name, (passed, of, fingerprint) in said.items():
            known[str(name)] = (int(passed), int(of), str(fingerprint))
    except (OSError, ValueError, TypeError, AttributeError):
        pass
    return known


def _write(root: Path, known: dict[str, Known]) -> None:
    """All or nothing; if the folder is not writable, nothing is remembered."""
    file = root / FILE
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(exist_ok=True)
        temporary.write_text(json.dumps(known), encoding="utf-8")
        os.replace(temporary, file)
    except OSError:
        pass


def _fingerprint(place: ExerciseFolder) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for name, text in sorted(place.sources.items()):
        digest.update(f"{name}\0{text}\0".encode("utf-8", "replace"))
    return digest.hexdigest()
