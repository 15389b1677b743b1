"""The class's policy: one small TOML file, read strictly, with the line of what is wrong."""

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone, tzinfo
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from grader.base.text import visible
from grader.batch.student import Student
from grader.batch.who import Register
from grader.grading.intake import BadInput
from grader.report.model import OPENNESS

SIZE_LIMIT = 1 << 20
UNITS = {"min": 60, "h": 3600, "hour": 3600, "day": 86400, "week": 604800}
DURATION = re.compile(r"(\d{1,5}) ?(min|h|hour|day|week)s?")
PER = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
TIMES = ("platform", "files")
ATTEMPTS = LATEST, ON_TIME, BEST = "latest", "latest-on-time", "best"


@dataclass(frozen=True)
class Late:
    """What a late submission loses, in percent of the full points, for each hour or day begun."""

    percent: Fraction = Fraction(0)
    per: str = "day"
    floor: Fraction = Fraction(0)  # lateness alone brings nobody below this percentage
    budget: int = 0  # hours or days that everybody may be late without losing points
    used: Mapping[str, int] = field(default_factory=dict)  # of that budget, in earlier assignments
    time: str = "platform"  # or "files": the newest file's, where a platform tells no time

    @property
    def plain(self) -> tuple[object, ...]:
        """All but the budget."""
        return self.percent, self.per, self.floor, self.time


@dataclass(frozen=True)
class Policy:
    """All that a teacher decides about a class; without a file nothing is late."""

    zone: tzinfo | None = None  # None: this machine's
    due: datetime | None = None
    grace: timedelta = timedelta()
    late: Late = Late()
    extensions: Mapping[str, timedelta | datetime] = field(default_factory=dict)
    submitted: Mapping[str, datetime] = field(default_factory=dict)  # told by the teacher
    who: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # whose a submission is
    attempts: str = LATEST  # which of several submissions counts
    points: Mapping[str, int] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()  # exercises that are not graded
    extra_credit: frozenset[str] = frozenset()  # exercises on top of the full points
    total: int = 0  # what a full grade is scaled to; 0: the sum of the weights
    floor: Fraction = Fraction(0)  # percent, for whoever handed in something to grade
    valgrind: bool = True
    openness: str = OPENNESS[0]  # what a report shows of a hidden test
    openness_before: str = OPENNESS[-1]  # the same, before `open_after`
    open_after: datetime | None = None
    places: Mapping[str, str] = field(default_factory=dict)  # file and line of each key

    @property
    def has_score(self) -> bool:
        """Is there more than weights?"""
        return bool(self.total or self.extra_credit or self.floor or self.left_out)

    def openness_at(self, now: datetime) -> str:
        if self.open_after is not None and now < self.in_zone(self.open_after):
            return self.openness_before
        return self.openness

    def for_students(self, register: Register) -> "Policy":
        """The same with the key of each student in place of whatever the teacher wrote. Raise
        BadInput for a name that nobody has, or two: a slip would cost an extension.
        """
        return replace(
            self,
            extensions=self._by_key("extensions", self.extensions, register),
            submitted=self._by_key("submitted", self.submitted, register),
            late=replace(self.late, used=self._by_key("late.used", self.late.used, register)),
        )

    def _by_key(self, table: str, said: Mapping[str, Any], register: Register) -> dict[str, Any]:
        found: dict[str, Any] = {}
        names: dict[str, str] = {}
        for name, value in said.items():
            place = self.places.get(f"{table}.{name}", table)
            student, why_not = register.one(name)
            if student is None:
                raise BadInput(f"{place}: {table}: {why_not}")
            if student.key in found:
                raise BadInput(
                    f"{place}: {table}: {visible(name)} is the same student as"
                    f" {visible(names[student.key])}: keep one of the two lines"
                )
            found[student.key], names[student.key] = value, name
        return found

    def told(self, register: Register, names: Collection[str]) -> dict[str, tuple[Student, ...]]:
        """Whose each submission in [who] is; `names` is what there is in the download."""
        found: dict[str, tuple[Student, ...]] = {}
        for name, students in self.who.items():
            place = self.places.get(f"who.{name}", "who")
            if name not in names:
                raise BadInput(f"{place}: who: nothing in the download is called {visible(name)}")
            theirs: list[Student] = []
            for text in students:
                student, why_not = register.one(text)
                members = register.group(text)
                if student is None and not members:
                    raise BadInput(f"{place}: who: {why_not}")
                theirs += [student] if student else members
            found[name] = tuple(dict.fromkeys(theirs))
        return found

    def in_zone(self, when: datetime) -> datetime:
        """A time of the platform's or the file's: one without a zone is the course's own."""
        return when if when.tzinfo else when.replace(tzinfo=self.zone).astimezone(timezone.utc)


def read_policy(path: Path, exercises: Mapping[str, int]) -> Policy:
    """The policy in a file; `exercises` are the known ids. Raises BadInput with file and line."""
    shown = visible(str(path))
    try:
        with open(path, "rb") as stream:
            text = stream.read(SIZE_LIMIT).decode("utf-8")
        said = tomllib.loads(text)
    except UnicodeDecodeError:
        raise BadInput(f"{shown} is no text in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column \d+\)$", str(error))
        line = place[1] if place else str(text.count("\n") + 1)
        reason = re.sub(r" \(at .*\)$", "", str(error))
        raise BadInput(f"{shown}:{line}: {reason}") from None
    except (OSError, ValueError) as error:
        reason = (error.strerror or "") if isinstance(error, OSError) else str(error)
        raise BadInput(f"cannot read {shown}: {reason}") from None
    return _Reader(shown, text, exercises).policy(said)


class _Reader:
    """Reads values one by one, and knows where each stands."""

    def __init__(self, file: str, text: str, exercises: Mapping[str, int]) -> None:
        self._file = file
        self._lines = _lines_of(text)
        self._exercises = exercises

    def policy(self, said: dict[str, Any]) -> Policy:
        allowed: dict[str, Callable[[str, Any], Any]] = {
            "timezone": self._zone,
            "due": self._time,
            "grace": self._duration,
            "attempts": lambda at, value: self._choice(at, value, ATTEMPTS),
            "late": self._late,
            "extensions": self._extensions,
            "submitted": self._submitted,
            "who": self._who,
            "points": self._points,
            "score": self._score,
            "checks": self._checks,
            "reports": self._reports,
        }
        read = self._each("", said, allowed)
        if read.get("late") and "due" not in read:
            self._refuse("late", "there is no `due`, so nothing is ever late")
        if read.get("attempts") == ON_TIME and "due" not in read:
            self._refuse("attempts", "there is no `due`, so everything is on time")
        score = read.get("score", {})
        weights = score.pop("weights", {})
        if weights and read.get("points"):
            self._refuse("score.weights", "[points] says weights, too: keep one of the two")
        self._check_score(weights or read.get("points", {}), **score)
        return Policy(
            zone=read.get("timezone"),
            due=read.get("due"),
            grace=read.get("grace", timedelta()),
            late=read.get("late", Late()),
            attempts=read.get("attempts", LATEST),
            extensions=read.get("extensions", {}),
            submitted=read.get("submitted", {}),
            who=read.get("who", {}),
            points=weights or read.get("points", {}),
            **score,
            places={place: f"{self._file}:{line}" for place, line in self._lines.items()},
            **read.get("checks", {}),
            **read.get("reports", {}),
        )

    def _each(
        self, table: str, said: Any, allowed: Mapping[str, Callable[[str, Any], Any]]
    ) -> dict[str, Any]:
        if not isinstance(said, dict):
            self._refuse(table, "a table is asked for: [" + table + "]")
        read = {}
        for name, value in said.items():
            place = f"{table}.{name}" if table else name
            if name not in allowed:
                self._refuse(place, f"there is no {name!r}: there are {', '.join(allowed)}")
            read[name] = allowed[name](place, value)
        return read

    def _refuse(self, place: str, why: str) -> NoReturn:
        line = self._lines.get(place)
        where = f"{self._file}:{line}" if line else self._file
        raise BadInput(f"{where}: {visible(place)}: {visible(why)}")

    # ---- tables

    def _late(self, place: str, said: Any) -> Late:
        read = self._each(
            place,
            said,
            {
                "percent": self._percent,
                "per": lambda at, value: self._choice(at, value, PER),
                "floor": self._percent,
                "budget": self._whole,
                "used": self._used,
                "time": lambda at, value: self._choice(at, value, TIMES),
            },
        )
        return Late(**read)

    def _used(self, place: str, said: Any) -> Mapping[str, int]:
        if not isinstance(said, dict):
            self._refuse(place, "a table is asked for: [late.used]")
        return {name: self._whole(f"{place}.{name}", value) for name, value in said.items()}

    def _extensions(self, place: str, said: Any) -> Mapping[str, timedelta | datetime]:
        if not isinstance(said, dict):
            self._refuse(place, "a table is asked for: [extensions]")
        return {
            name: self._duration(f"{place}.{name}", value)
            if isinstance(value, str)
            else self._time(f"{place}.{name}", value)
            for name, value in said.items()
        }

    def _submitted(self, place: str, said: Any) -> Mapping[str, datetime]:
        if not isinstance(said, dict):
            self._refuse(place, "a table is asked for: [submitted]")
        return {name: self._time(f"{place}.{name}", value) for name, value in said.items()}

    def _who(self, place: str, said: Any) -> Mapping[str, tuple[str, ...]]:
        if not isinstance(said, dict):
            self._refuse(place, "a table is asked for: [who]")
        found = {}
        for name, value in said.items():
            names = [value] if isinstance(value, str) else value
            if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
                self._refuse(f"{place}.{name}", 'a name is asked for, or a list: ["ann", "bob"]')
            found[name] = tuple(names)
        return found

    def _points(self, place: str, said: Any) -> Mapping[str, int]:
        return self._each(place, said, {name: self._whole for name in self._exercises})

    def _score(self, place: str, said: Any) -> dict[str, Any]:
        read = self._each(
            place,
            said,
            {
                "leave_out": self._exercises_named,
                "extra_credit": self._exercises_named,
                "weights": self._points,
                "total": self._whole,
                "floor": self._percent,
            },
        )
        names = {"leave_out": "left_out"}
        return {names.get(name, name): value for name, value in read.items()}

    def _check_score(
        self,
        weights: Mapping[str, int],
        left_out: frozenset[str] = frozenset(),
        extra_credit: frozenset[str] = frozenset(),
        total: int | None = None,
        floor: Fraction = Fraction(0),
    ) -> None:
        """Two lines that cannot both be meant."""
        for name in sorted(left_out):
            if name in extra_credit:
                self._refuse("score.leave_out", f"{name} is extra credit as well: keep one")
            if weights.get(name):
                self._refuse("score.leave_out", f"{name} has a weight as well: keep one")
        counted = [n for n in self._exercises if n not in left_out and n not in extra_credit]
        if not any(weights.get(name, self._exercises[name]) for name in counted):
            self._refuse("score", "no exercise is left that counts")
        if total == 0:
            self._refuse("score.total", "points are asked for, a whole number from 1")

    def _exercises_named(self, place: str, said: Any) -> frozenset[str]:
        names = said if isinstance(said, list) else [said]
        for name in names:
            if name not in self._exercises:
                self._refuse(place, f"there is no {name!r}: there are {', '.join(self._exercises)}")
        return frozenset(names)

    def _checks(self, place: str, said: Any) -> dict[str, Any]:
        return self._each(place, said, {"valgrind": self._yes_or_no})

    def _reports(self, place: str, said: Any) -> dict[str, Any]:
        def openness(at: str, value: Any) -> str:
            return self._choice(at, value, OPENNESS)

        allowed = {"openness": openness, "openness_before": openness, "open_after": self._time}
        return self._each(place, said, allowed)

    # ---- values

    def _time(self, place: str, value: Any) -> datetime:
        if not isinstance(value, datetime):
            self._refuse(place, "a date and time is asked for, like 2026-11-20T23:59:00")
        return value

    def _duration(self, place: str, value: Any) -> timedelta:
        found = DURATION.fullmatch(value) if isinstance(value, str) else None
        if not found:
            self._refuse(place, 'a time is asked for, like "15 min", "2 h" or "3 days"')
        return timedelta(seconds=int(found[1]) * UNITS[found[2]])

    def _percent(self, place: str, value: Any) -> Fraction:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 100:
            self._refuse(place, "a percentage is asked for, from 0 to 100")
        return Fraction(str(value))

    def _whole(self, place: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100_000:
            self._refuse(place, "points are asked for, a whole number from 0")
        return int(value)

    def _yes_or_no(self, place: str, value: Any) -> bool:
        if not isinstance(value, bool):
            self._refuse(place, "true or false is asked for")
        return value

    def _choice(self, place: str, value: Any, values: Any) -> str:
        if value not in values:
            self._refuse(place, f"one of {', '.join(values)} is asked for")
        return str(value)

    def _zone(self, place: str, value: Any) -> tzinfo:
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
            self._refuse(place, 'a time zone is asked for, like "Europe/Berlin"')


KEY = re.compile(r"""\s*(?:"(?P<quoted>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[\w.-]+))\s*=""")
TABLE = re.compile(r"""\s*\[\s*["']?(?P<name>[^\]"']+?)["']?\s*\]""")


def _lines_of(text: str) -> dict[str, int]:
    """The line of each key, for messages: `late.percent` and so on."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        header, key = TABLE.match(line), KEY.match(line)
        if header:
            table = header["name"]
            lines.setdefault(table, number)
        elif key:
            name = key["quoted"] or key["single"] or key["bare"] or ""
            place = f"{table}.{name}" if table else name
            lines.setdefault(place, number)
            for above in range(1, place.count(".") + 1):
                lines.setdefault(place.rsplit(".", above)[0], number)
    return lines
