"""GitHub's annotations on the student's own lines: workflow commands at the end of stdout.

A step may show ten errors and ten warnings; the first of each are the ones that cost the most."""

import re
from collections.abc import Iterator

from grader.base.text import cut, visible
from grader.report.model import ExerciseResult, Report
from grader.report.wording import Block, blocks

FILE: str | None = None
SCORED = False
PRINTED = True

MOST = 10
LONGEST = 1000
# "2-sharing/sharing.c:31: error: ..." of the compiler, "tally.c:55" and "(tally.c, line 55)" of
# valgrind.
COMPILER = re.compile(r"^(?P<file>[\w./-]+\.[ch]):(?P<line>\d+): (?P<kind>error|warning): ")
ELSEWHERE = re.compile(r"(?P<file>[\w-]+\.[ch])(?::|, line )(?P<line>\d+)")


def render(report: Report) -> str:
    errors = [found for exercise in report.exercises for found in _errors(exercise, report)]
    warnings = [found for exercise in report.exercises for found in _warnings(exercise)]
    errors.sort(key=lambda found: -found[0])
    lines = [text for _, text in errors[:MOST]] + warnings[:MOST]
    return "".join(f"{line}\n" for line in lines)


def _errors(exercise: ExerciseResult, report: Report) -> Iterator[tuple[int, str]]:
    for block in blocks(exercise, report):
        file, line = place_of(exercise, block)
        parts = [block.message, block.explanation]
        said = "\n".join(part for part in parts if part) or block.title
        yield block.lost, command("error", file, line, f"{exercise.id}: {block.title}", said)


def place_of(exercise: ExerciseResult, block: Block) -> tuple[str, int]:
    """The line that the compiler or valgrind names, otherwise the one the mistake belongs to."""
    for text in (*block.evidence, block.title, block.message):
        found = COMPILER.match(text)
        if found:
            return found["file"], int(found["line"])
    if block.place:
        file, _, line = block.place.rpartition(":")
        return file, int(line)
    for text in (*block.evidence, block.message):
        found = ELSEWHERE.search(text)
        if found:
            return f"{exercise.id}/{found['file']}", int(found["line"])
    return "", 0


def _warnings(exercise: ExerciseResult) -> Iterator[str]:
    for note in exercise.notes:
        found = COMPILER.match(note)
        if found:
            file, line = found["file"], int(found["line"])
            yield command("warning", file, line, f"{exercise.id}: a note", note[found.end() :])


def command(kind: str, file: str, line: int, title: str, message: str) -> str:
    """One workflow command; nothing in it can end it or start another."""
    place = f"file={_property(file)},line={line}," if file else ""
    return f"::{kind} {place}title={_property(cut(title, LONGEST))}::{_data(message)}"


def _data(text: str) -> str:
    shown = visible(cut(text, LONGEST), keep="\n")
    return shown.replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    shown = visible(" ".join(text.split())).replace("%", "%25")
    return shown.replace(":", "%3A").replace(",", "%2C")
