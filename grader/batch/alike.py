"""Pairs of students whose code is alike, found by sim_c (package similarity-tester): a place to
look, never a verdict.

sim_c is a program that reads what students wrote, so it runs in the sandbox like a compiler. Lines
of the starter are taken away before, in place, so that line numbers stay.
"""

import io
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.base.kit import KIT
from grader.base.text import cut, visible_lines
from grader.cli.requirements import PATH
from grader.grading.intake import Intake
from grader.sandbox import Held, Placed, Unavailable, start
from grader.setup.needs import left_out

RUN = 40  # tokens that a passage has at least: about ten lines
PAIRS = 50
PASSAGES = 6
LINES = 60  # of a passage, shown
COLUMNS = 200  # of a line, shown
SECONDS = 120.0
LETTERS = 512 * 1024  # of all sources of a student: larger ones cost the others their comparison
ARCHIVE = "/tmp/all.tar"
SCRIPT = f"""
cd /tmp && tar -xf {ARCHIVE} && ls | grep '[.]c$' | sim_c -n -T -s -r {RUN} -i -w 200
"""
FOUND = re.compile(
    r"(\d+)-(\d+)\.c: line (\d+)-(\d+)\s*\|(\d+)-(\d+)\.c: line (\d+)-(\d+)\s*\[(\d+)\]"
)
MEANS_NOTHING = re.compile(r"\W*(?:\w{1,3}\W*)?")  # braces, else, } and the like


@dataclass(frozen=True)
class Piece:
    """Some lines of a student's file."""

    file: str
    begin: int
    end: int
    text: str


@dataclass(frozen=True)
class Passage:
    first: Piece
    second: Piece
    tokens: int


@dataclass(frozen=True)
class Pair:
    first: str
    second: str
    tokens: int
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Source:
    """A file of a student's, as sim_c gets it and as it is shown."""

    student: str
    file: str
    text: str


def check_there() -> None:
    """Raise Unavailable with how to have it, where sim_c is not installed."""
    said = left_out("likeness", PATH)
    if said:
        raise Unavailable(said)


def sources_of(student: str, intakes: Iterable[Intake]) -> Iterator[Source]:
    for intake in intakes:
        files = (*((intake.own,) if intake.own else ()), *intake.extras)
        for file in files:
            yield Source(student, f"{intake.exercise}/{file.name}", file.text)


def find_pairs(sources: Sequence[Source]) -> tuple[Pair, ...]:
    """The pairs, the most alike first; raises Unavailable where sim_c does not work."""
    students = sorted({source.student for source in sources})
    if len(students) < 2:
        return ()
    number = {student: index for index, student in enumerate(students)}
    names = [f"{number[source.student]}-{index}.c" for index, source in enumerate(sources)]
    stripped = [without_starter(source) for source in sources]
    said = _sim_c(dict(zip(names, stripped)))
    return read_pairs(said, students, sources)


def read_pairs(said: str, students: Sequence[str], sources: Sequence[Source]) -> tuple[Pair, ...]:
    """What sim_c wrote, as pairs."""
    found: dict[tuple[str, str], list[Passage]] = {}
    for match in FOUND.finditer(said):
        one, file, begin, end, other, other_file, other_begin, other_end, tokens = map(
            int, match.groups()
        )
        if one == other:
            continue
        passage = Passage(
            _piece(sources[file], begin, end),
            _piece(sources[other_file], other_begin, other_end),
            tokens,
        )
        if one > other:
            one, other = other, one
            passage = Passage(passage.second, passage.first, tokens)
        found.setdefault((students[one], students[other]), []).append(passage)
    pairs = [
        Pair(first, second, sum(p.tokens for p in passages), tuple(passages[:PASSAGES]))
        for (first, second), passages in found.items()
    ]
    return tuple(sorted(pairs, key=lambda pair: (-pair.tokens, pair.first, pair.second))[:PAIRS])


def _piece(source: Source, begin: int, end: int) -> Piece:
    lines = [cut(line, COLUMNS) for line in visible_lines(source.text)[begin - 1 : end]]
    more = [f"… {len(lines) - LINES} more lines"] if len(lines) > LINES else []
    return Piece(source.file, begin, end, "\n".join([*lines[:LINES], *more]))


def without_starter(source: Source) -> str:
    """The text with the lines that the starter gave made empty."""
    given = starter_lines(source.file.partition("/")[0])
    return "\n".join(
        "" if _plain(line) in given else line for line in source.text.replace("\r", "").split("\n")
    )


@cache
def starter_lines(exercise: str) -> frozenset[str]:
    lines: set[str] = set()
    for path in sorted((KIT / "starter" / exercise).glob("*.[ch]")):
        lines.update(_plain(line) for line in path.read_text("utf-8").split("\n"))
    return frozenset(line for line in lines if not MEANS_NOTHING.fullmatch(line))


def _plain(line: str) -> str:
    return " ".join(line.split())


def _sim_c(files: Mapping[str, str]) -> str:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, text in files.items():
            data = text.encode("utf-8", "replace")
            info = tarfile.TarInfo(Path(name).name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    held = Held(stream.getvalue(), "all")
    with start(["/bin/sh", "-c", SCRIPT], [Placed(ARCHIVE, held)], deadline=SECONDS) as job:
        ended = job.finish()
    if ended.late or ended.status != 0:
        said = ended.err.decode("utf-8", "replace").strip().splitlines()
        reason = "it took too long" if ended.late else (said[-1] if said else "it said nothing")
        raise Unavailable(f"sim_c did not work: {reason}")
    return ended.out.decode("utf-8", "replace")
