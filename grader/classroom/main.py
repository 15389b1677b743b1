"""`make classroom OUT=dir`: the students' repository, the private one, and other graders' bundles.

Exit status: 0 written, 2 bad input, 3 it cannot be written here.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.classroom.kit import TEMPLATES, File, kit_files, strangers, student_files
from grader.classroom.repository import write_folder, write_repository, write_zip

WRITTEN, BAD_INPUT, CANNOT = 0, 2, 3
VERSION = b"@GRADER_VERSION@"  # stands in the students' workflow for the commit that grades
STUDENT_MESSAGE = "Sharing is caring: the assignment"
GRADER_MESSAGE = "Sharing is caring: the grader, private"
NOT_BUNDLED = ("tests/", ".ci/", ".github/")  # the kit's own tests grade nobody
TOLD = """\
{out}/student       a template for the students' repositories; nothing in it is secret
{out}/grader        the private half, at commit {version:.12}; keep it private
{out}/gradescope.zip
{out}/classroom50   for CLASSROOM/autograders/ASSIGNMENT/
What to do with them: .github/CLASSROOM.md
"""


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1 or not arguments[0]:
        return _say("where to? make classroom OUT=folder", BAD_INPUT)
    out = Path(arguments[0])
    if shutil.which("git") is None:
        return _say("git is missing: apt-get install git", CANNOT)
    try:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            return _say(f"{out} is there already: name a folder that is new or empty", BAD_INPUT)
        version = write_classroom(out)
    except OSError as error:
        what = f"{error.filename}: " if error.filename else ""
        return _say(f"{what}{error.strerror or error}", CANNOT)
    print(TOLD.format(out=out, version=version), end="")
    for name in strangers():
        print(f"note: students get {name}, which git does not know: git add it, or take it away")
    return WRITTEN


def write_classroom(out: Path) -> str:
    """Write everything; the commit of the private half."""
    every = kit_files()
    out.mkdir(parents=True, exist_ok=True)
    version = write_repository(out / "grader", every, GRADER_MESSAGE)
    students = [
        File(file.path, file.data.replace(VERSION, version.encode()), file.executable)
        for file in student_files(every)
    ]
    write_repository(out / "student", students, STUDENT_MESSAGE)
    bundled = [file for file in every if not file.path.startswith(NOT_BUNDLED)]
    inside = [File(f"kit/{file.path}", file.data, file.executable) for file in bundled]
    write_zip(out / "gradescope.zip", [*_templates(every, "gradescope"), *inside])
    write_folder(out / "classroom50", [*_templates(every, "classroom50"), *inside])
    return version


def _templates(every: Sequence[File], name: str) -> list[File]:
    prefix = f"{TEMPLATES}/{name}/"
    return [
        File(file.path.removeprefix(prefix), file.data, file.executable)
        for file in every
        if file.path.startswith(prefix)
    ]


def _say(message: str, status: int) -> int:
    """One line on stderr."""
    print(f"classroom: {message}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
