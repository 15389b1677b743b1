"""Autolab. Its download of all submissions has flat names, `<e-mail>_<version>_<file>`; the file's
name is the assessment's, so it is the same for everybody.
"""

import re

from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.top import Top
from grader.batch.lms import GradeTable, Sign, of_files

NAME = "Autolab"
TITLE = "a download of Autolab"
SIGN = Sign.WORD
TABLE: GradeTable | None = None
HANDED_IN = re.compile(r"(?P<email>.+?@[A-Za-z0-9.-]+)_(?P<version>\d+)_(?P<file>(?!.+_\d+_).+)")


def read(top: Top) -> list[Arrived] | None:
    names = [entry.name for entry in top.entries() if not entry.is_folder]
    found = [match for match in map(HANDED_IN.fullmatch, names) if match]
    if not found or len({match["file"] for match in found}) > 1:
        return None
    return [
        Arrived(
            Claim(folder=match["email"], email=match["email"]),
            f"{top.name}/{match.string}",
            of_files(top, {match.string: match["file"]}),
            attempt=int(match["version"]),
            entries=(match.string,),
        )
        for match in found
    ]
