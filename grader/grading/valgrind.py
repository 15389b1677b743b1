"""What valgrind says about a program: invalid accesses and uninitialized values, by source line.

It writes into the pipe that witness keeps for stderr, by a descriptor of its own: what it has said
is out of the program's reach, and witness tells which process said it.
"""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from grader import sandbox
from grader.base.check import Fault, NotReached
from grader.base.text import cut, visible
from grader.facts.command import Command, command
from grader.facts.from_json import read_whole_run
from grader.facts.records import Run
from grader.grading.execute import World, read_facts
from grader.grading.slim_symbols import slim_symbols
from grader.grading.whole_reports import Reports
from grader.sandbox import HOME, MEGABYTE, Job

# A process in which valgrind found an error ends with this status, whatever the program does.
FOUND = 97
OPTIONS = (
    "-q",
    "--command-line-only=yes",  # no .valgrindrc, which the program could write for its next life
    "--vgdb=no",
    "--leak-check=full",
    "--show-leak-kinds=definite",
    "--num-callers=12",
    "--run-libc-freeres=no",
    "--xml=yes",
    "--xml-file=/proc/self/fd/9",  # SCRIPT
    f"--error-exitcode={FOUND}",
    "--errors-for-leak-kinds=none",
    # A program that runs itself again is followed; the system's programs are nobody's work.
    "--trace-children=yes",
    "--trace-children-skip=/usr/*,/bin/*,/sbin/*,/lib*",
)
# What the program itself says on stderr is judged in other runs.
SCRIPT = 'exec 9>&2 2>/dev/null; exec "$@"'
SECONDS = 40  # for all commands; a correct one needs less than one
LEAST_SECONDS = 10  # for each of them
LIMITS = {"memory": 2048 * MEGABYTE, "output": 16 * MEGABYTE, "processes": 200}
LEAK = "Leak_"
ERROR = re.compile(r"<error>.*?</error>", re.DOTALL)


class NothingTold(Exception):
    """There is no report of valgrind: it did not start, or the program ended it at once."""


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
    "Tampered", "an error was found, and the program changed valgrind's report of it", "", 0
)


@dataclass(frozen=True)
class Memory:
    """All that valgrind found: errors cost points, leaks are notes."""

    errors: tuple[MemoryProblem, ...] = ()
    leaks: tuple[MemoryProblem, ...] = ()
    doubt: str = ""  # why it proves nothing that there is no error
    runs: tuple[Run, ...] = field(default=(), compare=False)  # that valgrind watched


def begin(around: World, commands: Sequence[Command]) -> Job:
    """Start the commands under valgrind, one after the other in one sandbox."""
    seconds = max(LEAST_SECONDS, SECONDS // len(commands))
    lines = [_words(around.program, asked, seconds) for asked in commands]
    return _with_slim_symbols(around).start(lines, seconds * len(lines))


def _with_slim_symbols(around: World) -> World:
    """Only where a sandbox can lay a file over one of the system's."""
    if sandbox.level() != sandbox.NAMESPACES:
        return around
    return replace(around, files=(*around.files, *slim_symbols()))


def _words(program: str, asked: Command, seconds: int) -> list[str]:
    words = ["-c", SCRIPT, "sh", "/usr/bin/valgrind", *OPTIONS, program, *asked.args]
    # Traced, so that every process tells its exit status.
    mode = asked.owner_mode
    limits = {**LIMITS, "wall-ms": seconds * 1000, "cpu-ms": seconds * 1000}
    return command(*words, stdout="pipe", limits=limits, owner_mode=mode).words("/bin/sh")


def finish(job: Job, count: int, sources: frozenset[str]) -> Memory:
    """What valgrind found; `sources` are the names of the student's files."""
    return read_memory(read_facts(job.finish(), count, read_whole_run), sources)


def works(around: World) -> bool:
    """Does valgrind report anything about a correct program?"""
    lines = [_words("/usr/bin/true", command(), SECONDS)]
    with around.start(lines, SECONDS) as job:
        try:
            read_memory(read_facts(job.finish(), 1, read_whole_run), frozenset())
        except (NotReached, NothingTold, Fault):
            return False
    return True


def read_memory(runs: Sequence[Run], sources: frozenset[str]) -> Memory:
    """The messages of some runs, each once."""
    problems: dict[MemoryProblem, None] = {}
    doubts: list[str] = []
    for run in runs:
        if run.hit_a_limit:
            raise NotReached(f"under valgrind {run.detail or 'the program hit a limit'}")
        reports = Reports(run, OPTIONS)
        texts = reports.texts()
        if not texts:
            raise NothingTold
        found = False  # an error is in the reports
        for text in texts.values():
            told = list(_problems(text, sources))
            problems.update(dict.fromkeys(told))
            found |= any(not problem.kind.startswith(LEAK) for problem in told)
        if not found and any(p.end == "exit" and p.code == FOUND for p in run.processes):
            problems[TAMPERED] = None
        doubts += reports.doubts()
    return Memory(
        tuple(problem for problem in problems if not problem.kind.startswith(LEAK)),
        tuple(problem for problem in problems if problem.kind.startswith(LEAK)),
        doubts[0] if doubts else "",
        tuple(runs),
    )


def _problems(text: str, sources: frozenset[str]) -> Iterator[MemoryProblem]:
    """What one process was told; an error whose text does not hold together is one, too."""
    errors = ERROR.findall(text)
    for element in map(_element, errors):
        if element is None:
            yield TAMPERED
            continue
        kind = element.findtext("kind", "")
        what = element.findtext("what") or element.findtext("xwhat/text") or kind
        file, line = _place(element, sources)
        yield MemoryProblem(kind, cut(visible(what), 200), file, line)
    if text.count("<error>") > len(errors):
        yield TAMPERED


def _element(text: str) -> ElementTree.Element | None:
    try:
        return ElementTree.fromstring(text.encode("latin-1", "replace"))
    except ElementTree.ParseError:
        return None


def _place(error: ElementTree.Element, sources: frozenset[str]) -> tuple[str, int]:
    """The innermost frame in the student's files."""
    stack = error.find("stack")
    for frame in stack.iter("frame") if stack is not None else ():
        file = frame.findtext("file", "")
        if file in sources and frame.findtext("dir", "").startswith(HOME):
            return file, int(frame.findtext("line", "0"))
    return "", 0
