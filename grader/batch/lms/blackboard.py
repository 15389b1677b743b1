"""Blackboard. The download of its gradebook: `<Item>_<user>_attempt_<time>_<file>`, and for each
attempt a text file without `_<file>` that tells who handed it in.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import Listing, Unreadable
from grader.batch.imports.top import Top
from grader.batch.lms import GradeTable, Sign

NAME = "Blackboard"
TITLE = "a download of Blackboard"
SIGN = Sign.WORD
ATTEMPT = re.compile(
    r"(?P<before>.+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|(?P<info>\.txt))",
    re.DOTALL,
)
TIME = "%Y-%m-%d-%H-%M-%S"
WHO = re.compile(r"Name: ?(?P<name>.*)\((?P<login>[^()\s]+)\)\s*")
INFO_LIMIT = 100_000
LINE_LIMIT = 500
COLUMN = re.compile(r".*\|_?\d+(_\d+)?")


@dataclass
class _Attempt:
    info: str = ""
    files: dict[str, str] = field(default_factory=dict)  # name in the download, name handed in


def read(top: Top) -> list[Arrived] | None:
    attempts: dict[tuple[str, str], _Attempt] = {}
    for entry in top.entries():
        match = None if entry.is_folder else ATTEMPT.fullmatch(entry.name)
        if match:
            attempt = attempts.setdefault((match["before"], match["time"]), _Attempt())
            if match["info"]:
                attempt.info = entry.name
            else:
                attempt.files[entry.name] = match["file"]
    return [_one(top, *who, attempt) for who, attempt in attempts.items()] or None


def _one(top: Top, before: str, time: str, attempt: _Attempt) -> Arrived:
    name, login = "", before.rpartition("_")[2]
    if attempt.info:
        who = _who(top, attempt.info)
        if who and before.endswith(f"_{who['login']}"):
            name, login = who["name"].strip(), who["login"]
    return Arrived(
        Claim(folder=login, name=name, login=login),
        f"{top.name}/{before}_attempt_{time}",
        _listing(top, attempt.files),
        submitted=_time(time),
        notes=() if attempt.files else ("there is no file in this attempt",),
    )


def _who(top: Top, info: str) -> re.Match[str] | None:
    """Blackboard's own line: what a student typed comes below it."""
    try:
        said = top.file(info).read(INFO_LIMIT).decode("utf-8-sig", "replace")
    except (Unreadable, OSError):
        return None
    found = (WHO.fullmatch(line) for line in said.splitlines() if len(line) <= LINE_LIMIT)
    return next((match for match in found if match), None)


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, TIME)
    except ValueError:
        return None


def _listing(top: Top, files: dict[str, str]) -> Callable[[], Listing]:
    return lambda: Listing(tuple(replace(top.file(name), path=p) for name, p in files.items()))


TABLE = GradeTable(
    is_mine=lambda titles: "Username" in titles and any(COLUMN.fullmatch(t) for t in titles),
    columns=COLUMN,
)
