"""What valgrind says about a program: invalid accesses and uninitialized values, by source line.

One XML file per process, because parent and child would overwrite a shared one.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader import sandbox
from grader.base.check import Fault, NotReached
from grader.base.text import cut, visible
from grader.facts.command import Command, command
from grader.facts.records import Run
from grader.grading.execute import World, read_facts
from grader.grading.slim_symbols import slim_symbols
from grader.sandbox import HOME, MEGABYTE, Job

VALGRIND = (
    "/usr/bin/valgrind",
    "-q",
    "--vgdb=no",
    "--leak-check=full",
    "--show-leak-kinds=definite",
    "--num-callers=12",
    "--run-libc-freeres=no",
    "--xml=yes",
    "--xml-file=/tmp/valgrind.%p.xml",  # FILES
    "--error-exitcode=97",  # FOUND
    "--errors-for-leak-kinds=none",
)
# A process in which valgrind found an error ends with this status, whatever the program does to the
# files in which valgrind tells of it.
FOUND = 97
# What the program prints is judged in other runs; here only what valgrind writes counts.
SCRIPT = 'at=$1; shift; rm -f "$at".*; "$@" >/dev/null 2>&1; cat "$at".*.xml'
FILES = "/tmp/valgrind"
END = "</valgrindoutput>"
SECONDS = 60
LIMITS = {
    "wall-ms": SECONDS * 1000,
    "cpu-ms": SECONDS * 1000,
    "memory": 2048 * MEGABYTE,
    "output": 16 * MEGABYTE,
    "processes": 200,
}
LEAK = "Leak_"


class NothingTold(Exception):
    """There is no file from valgrind: it did not start, or the program removed it."""


@dataclass(frozen=True)
class MemoryProblem:
    """One message from valgrind, at the innermost frame in the student's files."""

    kind: str  # valgrind's: InvalidRead, InvalidWrite, UninitValue, UninitCondition, Leak_...
    what: str  # valgrind's sentence
    file: str  # "" if no frame is in the student's files
    line: int

    def __str__(self) -> str:
        return f"{self.what} ({self.place})" if self.file else self.what

    @property
    def is_uninitialized(self) -> bool:
        """Is it about a value that was never set? A call's parameter says so only in words."""
        return self.kind.startswith("Uninit") or "uninitialised" in self.what

    @property
    def place(self) -> str:
        """The line of the student's file, or "" if no frame is in one."""
        return f"{self.file}, line {self.line}" if self.file else ""


TAMPERED = MemoryProblem(
    "Tampered", "an error was found, and the program wrote over valgrind's report of it", "", 0
)


@dataclass(frozen=True)
class Memory:
    """All that valgrind found: errors cost points, leaks are notes."""

    errors: tuple[MemoryProblem, ...] = ()
    leaks: tuple[MemoryProblem, ...] = ()


def begin(around: World, commands: Sequence[Command]) -> Job:
    """Start the commands under valgrind, one after the other in one sandbox."""
    lines = [_words(around.program, asked) for asked in commands]
    return _with_slim_symbols(around).start(lines, SECONDS * len(lines))


def _with_slim_symbols(around: World) -> World:
    """Only where a sandbox can lay a file over one of the system's."""
    if sandbox.level() != sandbox.NAMESPACES:
        return around
    return replace(around, files=(*around.files, *slim_symbols()))


def _words(program: str, asked: Command) -> list[str]:
    words = ["-c", SCRIPT, "sh", FILES, *VALGRIND, program, *asked.args]
    # Traced, so that every process tells its exit status.
    mode = asked.owner_mode
    return command(*words, stdout="pipe", limits=LIMITS, owner_mode=mode).words("/bin/sh")


def finish(job: Job, count: int, sources: frozenset[str]) -> Memory:
    """What valgrind found; `sources` are the names of the student's files."""
    return read_memory(read_facts(job.finish(), count), sources)


def works(around: World) -> bool:
    """Does valgrind report anything about a correct program?"""
    lines = [_words("/usr/bin/true", command())]
    with around.start(lines, SECONDS) as job:
        try:
            read_memory(read_facts(job.finish(), 1), frozenset())
        except (NotReached, NothingTold, Fault):
            return False
    return True


def read_memory(runs: Sequence[Run], sources: frozenset[str]) -> Memory:
    """The messages of some runs, each once."""
    problems: dict[MemoryProblem, None] = {}
    for run in runs:
        documents = run.stdout.text.split(END)
        if run.hit_a_limit:
            raise NotReached(f"under valgrind {run.detail or 'the program hit a limit'}")
        if len(documents) == 1:
            raise NothingTold
        told = [
            problem
            for document in documents[:-1]
            for problem in _problems(document.strip() + END, sources)
        ]
        problems.update(dict.fromkeys(told))
        everybody = (*run.processes, *run.helpers)  # to the shell, the program is a helper
        found = any(process.end == "exit" and process.code == FOUND for process in everybody)
        if found and all(problem.kind.startswith(LEAK) for problem in told):
            problems[TAMPERED] = None
    return Memory(
        tuple(problem for problem in problems if not problem.kind.startswith(LEAK)),
        tuple(problem for problem in problems if problem.kind.startswith(LEAK)),
    )


def _problems(document: str, sources: frozenset[str]) -> Iterator[MemoryProblem]:
    try:
        root = ElementTree.fromstring(document.encode("latin-1", "replace"))
    except ElementTree.ParseError:
        return  # the file of a process that was ended while it wrote
    for error in root.iter("error"):
        kind = error.findtext("kind", "")
        what = error.findtext("what") or error.findtext("xwhat/text") or kind
        file, line = _place(error, sources)
        yield MemoryProblem(kind, cut(visible(what), 200), file, line)


def _place(error: ElementTree.Element, sources: frozenset[str]) -> tuple[str, int]:
    """The innermost frame in the student's files."""
    stack = error.find("stack")
    for frame in stack.iter("frame") if stack is not None else ():
        file = frame.findtext("file", "")
        if file in sources and frame.findtext("dir", "").startswith(HOME):
            return file, int(frame.findtext("line", "0"))
    return "", 0
