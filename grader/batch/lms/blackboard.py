"""Blackboard. The download of its gradebook: `<Item>_<user>_attempt_<time>_<file>`, and for each
attempt a text file without `_<file>` that tells who handed it in.
"""

import os
import re
from dataclasses import dataclass, field
from datetime import datetime

from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import Unreadable
from grader.batch.imports.top import Top
from grader.batch.lms import GradeTable, Sign, of_files

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
    common = os.path.commonprefix([before for before, _ in attempts])
    return [_one(top, *who, attempt, common) for who, attempt in attempts.items()] or None


def _one(top: Top, before: str, time: str, attempt: _Attempt, common: str) -> Arrived:
    who = _who(top, attempt.info) if attempt.info else None
    if who and before.endswith(f"_{who['login']}"):
        claims = [_claim(who["login"], who["name"].strip())]
    else:
        logins = _logins(before, common)
        claims = [_claim(login, way=before.removesuffix(login)) for login in logins]
    return Arrived(
        claims[0],
        f"{top.name}/{before}_attempt_{time}",
        of_files(top, attempt.files),
        submitted=_time(time),
        notes=() if attempt.files else ("there is no file in this attempt",),
        entries=(*attempt.files, *((attempt.info,) if attempt.info else ())),
        readings=tuple(claims[1:]),
    )


def _claim(login: str, name: str = "", way: str = "") -> Claim:
    return Claim(folder=login, name=name, login=login, way=way)


def _logins(before: str, common: str) -> list[str]:
    """All user names that may follow the item's: both may hold underscores, and the item's name is
    the beginning of all. The shortest item is the likeliest.
    """
    ends = [match.end() for match in re.finditer("_", before) if match.end() <= len(common)]
    if common == before:  # there is one attempt: nothing to compare with
        ends = [match.end() for match in re.finditer("_", before)]
    logins = [before[end:] for end in ends if before[end:]]
    return logins or [before.rpartition("_")[2]]


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


TABLE = GradeTable(
    is_mine=lambda titles: "Username" in titles and any(COLUMN.fullmatch(t) for t in titles),
    columns=COLUMN,
    most_in=re.compile(r".*Total Pts: (\d+(?:\.\d+)?).*"),
)
