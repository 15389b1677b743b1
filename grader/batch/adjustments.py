"""adjustments.csv: the teacher's last word on a grade, with its reason.

A line names a student or a group, what it is about (a check, an exercise, or the whole grade), and
either `points`, which replaces the number, or `delta`, which is added; or just a comment.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.base.text import visible
from grader.batch.tables import read_table
from grader.batch.who import Register
from grader.grading.intake import BadInput

NUMBER = re.compile(r"[+-]?\d{1,6}([.,]\d{1,4})?")
TITLES = ("student", "group", "exercise", "check", "points", "delta", "reason", "comment")
Rubric = Mapping[str, Mapping[str, int]]  # exercise: check: points


@dataclass(frozen=True)
class Adjustment:
    """One line, for one student."""

    exercise: str  # "" where it is the whole grade
    check: str  # with its exercise, like 1-fork-wait/parent_waits; "" where it is all of it
    points: Fraction | None
    delta: Fraction | None
    reason: str
    line: int = 0

    @property
    def is_number(self) -> bool:
        return self.points is not None or self.delta is not None

    @property
    def about(self) -> tuple[str, str]:
        return self.exercise, self.check

    def applied(self, value: Fraction) -> Fraction:
        if self.points is not None:
            return self.points
        return max(value + (self.delta or 0), Fraction(0))

    def text(self, base: dict[str, Any]) -> str:
        """What a student and a gradebook read."""
        reason = f": {self.reason}" if self.reason else ""
        if not self.is_number:
            return f"your teacher says{reason}"
        about = self.check or self.exercise or "the grade"
        there = base["exercises"].get(self.exercise, {}) if self.exercise else base
        is_there = self.check in there.get("tests", {}) if self.check else bool(there)
        if not is_there:
            return f"your teacher's adjustment of {about} changes nothing: it was not graded"
        if self.points is not None:
            return f"your teacher set {about} to {_short(self.points)} points{reason}"
        return f"your teacher changed {about} by {_signed(self.delta)} points{reason}"


def read_adjustments(
    path: Path, register: Register, rubric: Rubric
) -> dict[str, tuple[Adjustment, ...]]:
    """By the key of a student; raises BadInput with the line where the file is wrong."""
    return _Reader(visible(str(path)), read_table(path), register, rubric).read()


class _Reader:
    def __init__(
        self, shown: str, rows: list[list[str]], register: Register, rubric: Rubric
    ) -> None:
        self._shown = shown
        self._rows = rows
        self._register = register
        self._rubric = rubric
        titles = [re.sub(r"[^a-z]", "", title.lower()) for title in rows[0]] if rows else []
        self._where = {name: titles.index(name) for name in TITLES if name in titles}
        if not {"student", "group"} & {*self._where}:
            raise BadInput(f"{shown}:1: a column student or group is asked for")
        unknown = [title for title, plain in zip(rows[0], titles) if plain not in TITLES]
        if unknown:
            raise BadInput(
                f"{shown}:1: there is no column {visible(unknown[0])}: there are"
                f" {', '.join(TITLES)}"
            )

    def read(self) -> dict[str, tuple[Adjustment, ...]]:
        found: dict[str, list[Adjustment]] = {}
        for number, row in enumerate(self._rows[1:], 2):
            adjustment = self._adjustment(number, row)
            for key in self._students(number, row):
                self._check_clash(key, adjustment, found.setdefault(key, []))
                found[key].append(adjustment)
        return {key: tuple(some) for key, some in found.items()}

    def _cell(self, row: Sequence[str], name: str) -> str:
        at = self._where.get(name)
        return row[at].strip() if at is not None and at < len(row) else ""

    def _refuse(self, line: int, why: str) -> BadInput:
        return BadInput(f"{self._shown}:{line}: {why}")

    def _students(self, line: int, row: Sequence[str]) -> list[str]:
        name, group = self._cell(row, "student"), self._cell(row, "group")
        if bool(name) == bool(group):
            raise self._refuse(line, "one of student and group has to be there")
        if group:
            members = self._register.group(group)
            if not members:
                raise self._refuse(line, f"no group is called {visible(group)}")
            return [student.key for student in members]
        student, why_not = self._register.one(name)
        if student is None:
            raise self._refuse(line, why_not)
        return [student.key]

    def _adjustment(self, line: int, row: Sequence[str]) -> Adjustment:
        exercise, check = self._about(line, row)
        points, delta = self._number(line, row, "points"), self._number(line, row, "delta")
        said = [self._cell(row, name) for name in ("reason", "comment")]
        reason = "; ".join(text for text in said if text)
        if points is not None and delta is not None:
            raise self._refuse(line, "points or delta, not both")
        if points is None and delta is None and not reason:
            raise self._refuse(line, "there is nothing in it: points, a delta or a comment")
        if (points is not None or delta is not None) and not reason:
            raise self._refuse(line, "a reason is asked for: the student reads it")
        if points is not None and points < 0:
            raise self._refuse(line, "points are not negative; a delta may be")
        worth = self._rubric.get(exercise, {}).get(check) if check else None
        if worth is not None and points is not None and points > worth:
            raise self._refuse(line, f"{check} is worth {worth}, not {_short(points)}")
        return Adjustment(exercise, check, points, delta, reason, line)

    def _about(self, line: int, row: Sequence[str]) -> tuple[str, str]:
        exercise, check = self._cell(row, "exercise"), self._cell(row, "check")
        if not check and "/" in exercise:
            exercise, check = exercise.split("/", 1)[0], exercise
        if exercise:
            exercise = self._one_of(line, "exercise", exercise, [*self._rubric])
        if not check:
            return exercise, ""
        there = [t for e in ([exercise] if exercise else self._rubric) for t in self._rubric[e]]
        check = self._one_of(line, "check", check, there)
        return check.partition("/")[0], check

    def _one_of(self, line: int, what: str, said: str, there: Sequence[str]) -> str:
        found = [name for name in there if said == name]
        found = found or [
            name
            for name in there
            if said == name.partition("/")[2]
            or (what == "exercise" and name.startswith(f"{said}-"))
        ]
        if len(found) != 1:
            names = ", ".join((found or there)[:12])
            raise self._refuse(line, f"which {what} is {visible(said)}? There are: {names}")
        return found[0]

    def _number(self, line: int, row: Sequence[str], name: str) -> Fraction | None:
        text = self._cell(row, name)
        if not text:
            return None
        if not NUMBER.fullmatch(text):
            raise self._refuse(line, f"{name}: {visible(text)} is not a number")
        return Fraction(text.replace(",", "."))

    def _check_clash(self, key: str, new: Adjustment, others: Sequence[Adjustment]) -> None:
        for other in others:
            if other.about != new.about or not (other.is_number and new.is_number):
                continue
            both_added = other.delta is not None and new.delta is not None
            if both_added and other.reason != new.reason:
                continue  # two things that happened
            about = new.check or new.exercise or "the grade"
            raise self._refuse(
                new.line,
                f"line {other.line} is about {about} of {visible(key)} as well: keep one of them",
            )


def digest_of(adjustments: Sequence[Adjustment]) -> str:
    """A fingerprint; "" of none."""
    if not adjustments:
        return ""
    parts = [(one.exercise, one.check, one.points, one.delta, one.reason) for one in adjustments]
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def _short(value: Fraction) -> str:
    return f"{float(value):g}"


def _signed(value: Fraction | None) -> str:
    return f"{float(value or 0):+g}"
