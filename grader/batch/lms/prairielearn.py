"""PrairieLearn. Its downloads of files have flat names:
`<uid>_<uin>_<question>_<submission>_<file>`, and with all attempts
`<uid>_<uin>_<instance>_<question>_<variant>_<number>_<submission>_<file>`. A question's name may
hold a slash, which a zip takes for a folder.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import File, Listing
from grader.batch.imports.top import Top
from grader.batch.lms import GradeTable, Sign

NAME = "PrairieLearn"
TITLE = "a download of PrairieLearn"
SIGN = Sign.WORD
TABLE: GradeTable | None = None
HANDED_IN = re.compile(
    r"(?P<uid>.+?@[A-Za-z0-9.-]+)_(?P<uin>[^_/]*)_(?P<question>.+?)_(?:\d+_\d+_)?"
    r"(?P<submission>\d+)_(?P<file>(?!\d+_)[^/]+)"
)
WHOSE = re.compile(r"(?P<uid>.+?@[A-Za-z0-9.-]+)_(?P<uin>[^_]*)_.+")


def read(top: Top) -> list[Arrived] | None:
    theirs: dict[tuple[str, str], list[str]] = {}  # the names at the top, by who they are of
    for entry in top.entries():
        match = (WHOSE if entry.is_folder else HANDED_IN).fullmatch(entry.name)
        if match:
            theirs.setdefault((match["uid"], match["uin"]), []).append(entry.name)
    folders = {entry.name for entry in top.entries() if entry.is_folder}
    return [_one(top, *who, names, folders) for who, names in theirs.items()] or None


def _one(top: Top, uid: str, uin: str, names: list[str], folders: set[str]) -> Arrived:
    return Arrived(
        Claim(folder=uid, email=uid, lms_id=uin, kind="sid" if uin else ""),
        f"{top.name}/{uid}",
        _listing(top, names, folders),
        entries=tuple(names),
    )


def _listing(top: Top, names: list[str], folders: set[str]) -> Callable[[], Listing]:
    def read_them() -> Listing:
        files: list[File] = []
        for name in names:
            if name in folders:
                inside = top.under(name).files
                files += (replace(file, path=f"{name}/{file.path}") for file in inside)
            else:
                files.append(top.file(name))
        latest: dict[str, tuple[int, File]] = {}  # by the name that was handed in
        for file in files:
            match = HANDED_IN.fullmatch(file.path)
            name, number = (match["file"], int(match["submission"])) if match else (file.path, 0)
            if name not in latest or latest[name][0] < number:
                latest[name] = number, replace(file, path=name)
        return Listing(tuple(file for _, file in latest.values()))

    return read_them
