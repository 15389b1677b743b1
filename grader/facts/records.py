"""What witness saw of one run, as frozen records with the words of the lesson.

A `Run` is read once from witness's JSON and never changes. Everything that is judged is judged
from it: which process printed a line, who waited for whom, who made, attached, changed and removed
a segment. Nothing here opens a file or starts a program.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from grader.facts.spelling import Spelling

WNOHANG = 1
WNOWAIT = 0x1000000
IPC_CREAT = 0o1000
IPC_EXCL = 0o2000
SHM_RDONLY = 0o10000

# Where a labeled line begins in the middle of a line: the newline before it is missing.
LABELED = re.compile(r"\s*(?!value:)([a-z]+:\s*[-+]?\d|child killed by signal)")
GLUED = re.compile(r"(?<=\d)(?=[a-z]+:\s*[-+]?\d|child killed by signal)")
PIECE = re.compile(r"[^\n]*\n|[^\n]+")  # of what is written: a line, or what is there of one

Json = Mapping[str, object]


class FactsError(ValueError):
    """The text that claims to be facts is not what witness writes."""


@dataclass(frozen=True)
class Stream:
    """One output stream: all bytes that were written, and the text that was kept."""

    bytes: int
    text: str


@dataclass(frozen=True)
class MemoryFault:
    """The forbidden access behind a SIGSEGV."""

    address: str
    write_denied: bool
    segment: int | None
    read_only: bool


@dataclass(frozen=True)
class Process:
    """One process (or thread) of the run; number 1 is the program itself."""

    number: int
    parent: int
    how: str
    shares_memory: bool
    born: int
    ended: int | None
    end: str | None
    code: int
    signal: int
    fault: MemoryFault | None
    reaped: int | None
    reaped_by: int | None
    outlived_parent: bool
    doing: str

    @property
    def is_thread(self) -> bool:
        return self.how == "thread"

    @property
    def is_copy(self) -> bool:
        """Born by a fork that copies: not a thread, not vfork, not a clone that shares."""
        return self.how in ("fork", "clone") and not self.shares_memory

    @property
    def crashed(self) -> bool:
        return self.end == "signal"

    def exited_with(self, code: int) -> bool:
        return self.end == "exit" and self.code == code


@dataclass(frozen=True)
class Segment:
    """One shared memory segment, numbered over the whole series of runs."""

    number: int
    id: int
    key: int
    size: int
    mode: int
    creator: int | None
    created: int | None
    preexisting: bool
    removed: int | None
    removed_by: int | None
    left: bool

    @property
    def owner_may_read_and_write(self) -> bool:
        return self.mode & 0o600 == 0o600

    @property
    def everyone_may_write(self) -> bool:
        return self.mode & 0o002 != 0


@dataclass(frozen=True)
class Made:
    """What a run that is not traced made, by the kernel's count; None: it can't be told."""

    processes: int | None = None  # threads among them, the first process not
    segments: int | None = None


SEMAPHORE_SET = "semaphore set"
MESSAGE_QUEUE = "message queue"


@dataclass(frozen=True)
class IpcObject:
    """A semaphore set or a message queue, numbered over the series, each kind by itself."""

    kind: str
    number: int
    id: int
    key: int
    creator: int | None
    created: int | None
    removed: int | None
    removed_by: int | None
    left: bool


@dataclass(frozen=True)
class LeftObject:
    """A semaphore set or a message queue that stays, and the process that made it."""

    kind: str
    number: int
    by: int


@dataclass(frozen=True)
class Leftovers:
    """What still existed when the run was over."""

    segments: tuple[int, ...] = ()
    processes: tuple[int, ...] = ()
    semaphores: int = 0
    message_queues: int = 0
    objects: tuple[LeftObject, ...] = ()  # of these, the ones that are known by who made them
    posix_shm: tuple[str, ...] = ()
    posix_queues: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limits:
    """What a run may have: witness's own where nothing is told."""

    processes: int = 100
    memory: int = 256 << 20
    segments: int = 64 << 20
    open_files: int = 64


@dataclass(frozen=True)
class Granted:
    """What the machine grants to a process; None: without an end."""

    processes: int | None = None  # of this user, others' among them
    address_space: int | None = None
    private_memory: int | None = None
    open_files: int | None = None


@dataclass(frozen=True)
class Shortage:
    """A call that failed for want of something, not by order, and what the run had then."""

    seq: int
    process: int
    call: str
    error: str
    own_limits: bool = False  # a process of the run had changed such a limit before
    own_arguments: bool = False  # what it asked for may fail on any machine
    size: int = 0  # bytes that were asked for
    tasks: int = 0  # processes and threads, those that nobody waited for among them
    private_memory: int = 0  # of all processes
    address_space: int = 0  # of the one that called
    segments: int = 0
    segment_bytes: int = 0
    granted: Granted = Granted()


@dataclass(frozen=True)
class Event:
    """Something that happened: `seq` orders all events of a run.

    An event that changes nothing (a poll, a failing call) may stand for many equal ones, with
    nothing but such events between the first and the last of them.
    """

    seq: int
    process: int


@dataclass(frozen=True)
class Call(Event):
    """A system call of the lesson that returned (or never did: result and error are None)."""

    name: str
    began: int
    result: int | str | None = None
    error: str | None = None
    injected: bool = False
    refused: bool = False
    child: int | None = None
    shares_memory: bool = False
    thread: bool = False
    segment: int | None = None
    key: int | None = None
    size: int | None = None
    flags: int = 0
    created: bool = False
    id: int | None = None
    address: str | None = None
    command: str | None = None
    pid: int | None = None
    options: int = 0
    status: int | None = None
    target: int | None = None
    signal: int | None = None
    ms: int | None = None
    object: int | None = None  # the number of a semaphore set or a message queue
    operations: tuple[tuple[int, int], ...] = ()  # of a semop: which semaphore, and by how much
    semaphore: int | None = None  # of a semctl
    value: int | None = None  # that it sets
    type: int = 0  # of a message
    descriptors: tuple[int, ...] = ()  # of a pipe: to read from, to write to
    itself: bool = False  # of an exec: of the program's own file
    file: str = ""  # that runs now
    arguments: tuple[str, ...] = ()  # the first 2 KB of them
    released: tuple[int, ...] = ()  # of a wait with ECHILD: children that the kernel let go of
    times: int = 1  # so often it came, with the same result each time
    last: int = 0  # the moment of the last time

    @property
    def object_kind(self) -> str:
        """What `object` numbers."""
        return SEMAPHORE_SET if self.name.startswith("sem") else MESSAGE_QUEUE

    @property
    def ok(self) -> bool:
        return self.error is None and self.result is not None

    @property
    def read_only(self) -> bool:
        return self.flags & SHM_RDONLY != 0


@dataclass(frozen=True)
class Write(Event):
    stream: str
    text: str
    began: int


@dataclass(frozen=True)
class Signal(Event):
    signal: int
    sender: int | None
    from_kernel: bool
    replaced_by: int | None


@dataclass(frozen=True)
class Content(Event):
    """The bytes of a segment at one moment, and who alone can have changed them since the last.

    `data` is the first page without its last zeros; `further` what else is not zero, by offset.
    """

    segment: int
    when: str
    data: bytes
    author: int | None
    changed: tuple[tuple[int, int], ...]
    further: tuple[tuple[int, bytes], ...] = ()


@dataclass(frozen=True)
class Poke(Event):
    """Witness changed a value from outside, at each of the `found` places that held it."""

    found: int
    changed: int = 0
    segment: int | None = None
    offset: int | None = None
    old: int | None = None
    new: int | None = None


@dataclass(frozen=True)
class Moment(Event):
    """Any other event: born, exit, hold, release, limit."""

    kind: str
    text: str = ""


@dataclass(frozen=True)
class Piece:
    """What one process wrote of a line."""

    process: int
    text: str
    seq: int


@dataclass(frozen=True)
class Line:
    """One line of standard output, put together from the writes that carried it. If a newline is
    missing between two labeled lines, they are two all the same, and the first one has not `ended`.
    """

    text: str
    process: int
    writers: tuple[int, ...]
    began: int
    seq: int
    ended: bool = True
    pieces: tuple[Piece, ...] = ()  # if several processes wrote it: who wrote what
    meant: str = ""  # the same as its page spells it, if the program spells it differently

    @property
    def reading(self) -> str:
        """What the line says, whatever its form."""
        return self.meant or self.text


@dataclass(frozen=True)
class Order:
    """The order of the processes that a run was in, by its number, which repeats it."""

    number: int
    tried: int = 1  # orders of this program so far
    left: int = 0  # those that are known and were not tried
    is_last: bool = True


@dataclass(frozen=True)
class Run:
    """One run of one command."""

    command: tuple[str, ...]
    options: Json
    verdict: str
    detail: str
    trusted: bool
    distrust: tuple[str, ...]
    stdout: Stream
    stderr: Stream
    processes: tuple[Process, ...]
    segments: tuple[Segment, ...]
    leftovers: Leftovers
    events: tuple[Event, ...]
    limits: Limits = Limits()
    shortages: tuple[Shortage, ...] = ()
    helpers: tuple[Process, ...] = ()  # other programs that it ran (helpers.py), not in processes
    objects: tuple[IpcObject, ...] = ()
    order: Order | None = None  # where it has a number
    made: Made = Made()
    machine: Mapping[str, int] = field(default_factory=dict)  # settings, where there was a shortage
    wall_us: int = 0
    used_us: int = 0  # of its time: without what a slow machine took
    cpu_us: int = 0
    max_rss_kb: int = 0
    spelling: Spelling = Spelling()  # how this program spells its results
    # what was on the stack at each event, as witness copied it: addresses differ in every run
    stacks: tuple[object, ...] = field(default=(), compare=False, repr=False)

    # The family

    @property
    def parent(self) -> Process:
        return self.processes[0]

    @cached_property
    def children(self) -> tuple[Process, ...]:
        """The processes, no threads, that the parent (or a thread of it) made."""
        return tuple(
            process
            for process in self.processes
            if process.number != 1 and not process.is_thread and self.owner(process.parent) == 1
        )

    @cached_property
    def others(self) -> tuple[Process, ...]:
        """Every process but the parent, threads left out."""
        return tuple(p for p in self.processes if p.number != 1 and not p.is_thread)

    # Looked up in tables: a program that forks without end has thousands of calls.

    @cached_property
    def _by_number(self) -> dict[int, Process]:
        known = (*self.processes, *self.helpers)
        return {process.number: process for process in reversed(known)}

    def process(self, number: int) -> Process:
        if number not in self._by_number:
            raise FactsError(f"process {number} is named but not listed")
        return self._by_number[number]

    def owner(self, number: int) -> int:
        """The process that a thread belongs to; a process belongs to itself."""
        process = self._by_number.get(number)
        if process is None or not process.is_thread:
            return number
        return self.owner(process.parent)

    def is_helper(self, number: int) -> bool:
        return any(process.number == number for process in self.helpers)

    def is_parent(self, number: int | None) -> bool:
        return number is not None and self.owner(number) == 1

    @property
    def ended_well(self) -> bool:
        return self.verdict == "ended" and self.parent.exited_with(0)

    @property
    def left_nothing(self) -> bool:
        """Did it come to its end, and nothing of it stayed that a later run could meet?"""
        return self.verdict == "ended" and self.leftovers == Leftovers()

    @property
    def hit_a_limit(self) -> bool:
        return self.verdict not in ("ended", "fault")

    @property
    def was_held(self) -> bool:
        """Did the schedule hold a process to the last? Then a limit tells of the schedule, too."""
        return any(process.doing.startswith("held") for process in self.processes)

    # What was printed

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        lines = _lines(self.writes("stdout"), self.stdout.text)
        return tuple(map(self._as_meant, lines)) if self.spelling.shapes else lines

    def _as_meant(self, line: Line) -> Line:
        by_parent = self.is_parent(line.process) if line.process else None
        meant = self.spelling.meaning(line.text, by_parent)
        return replace(line, meant=meant) if meant else line

    @cached_property
    def looked_up(self) -> dict[str, tuple[Line, ...]]:
        """Lines that were looked for before, by their label."""
        return {}

    @cached_property
    def error_lines(self) -> tuple[str, ...]:
        return tuple(line for line in self.stderr.text.splitlines() if line.strip())

    @cached_property
    def told_lines(self) -> tuple[Line, ...]:
        """The lines on standard error, with who wrote them."""
        lines = _lines(self.writes("stderr"), self.stderr.text)
        return tuple(line for line in lines if line.text.strip())

    def writes(self, stream: str) -> tuple[Write, ...]:
        return tuple(e for e in self.events if isinstance(e, Write) and e.stream == stream)

    # What was called

    @cached_property
    def all_calls(self) -> tuple[Call, ...]:
        return tuple(event for event in self.events if isinstance(event, Call))

    def calls(
        self, name: str, process: int | None = None, ok: bool | None = None
    ) -> tuple[Call, ...]:
        """The calls of one name; of one process (its threads count) and outcome where asked."""
        named = self._calls_by_name.get((name, process), ())
        return tuple(call for call in named if ok is None or call.ok == ok)

    @cached_property
    def _calls_by_name(self) -> dict[tuple[str, int | None], list[Call]]:
        """All calls of a name, and those of one process."""
        found: dict[tuple[str, int | None], list[Call]] = {}
        for call in self.all_calls:
            for process in (None, self.owner(call.process)):
                found.setdefault((call.name, process), []).append(call)
        return found

    @cached_property
    def forks(self) -> tuple[Call, ...]:
        return tuple(
            call
            for call in self.all_calls
            if call.name in ("fork", "vfork", "clone") and not call.thread
        )

    @cached_property
    def threads(self) -> tuple[Call, ...]:
        """The calls that made a thread."""
        return tuple(call for call in self.all_calls if call.thread and call.ok)

    @cached_property
    def faults_met(self) -> tuple[Call, ...]:
        """The calls that witness made fail."""
        return tuple(call for call in self.all_calls if call.injected)

    @cached_property
    def removals(self) -> tuple[Call, ...]:
        return tuple(call for call in self.calls("shmctl") if call.command == "IPC_RMID")

    # What became of the segments

    @cached_property
    def created_segments(self) -> tuple[Segment, ...]:
        """The segments that this run itself made."""
        return tuple(
            segment
            for segment in self.segments
            if not segment.preexisting and segment.creator is not None
        )

    def segment(self, number: int) -> Segment:
        for segment in self.segments:
            if segment.number == number:
                return segment
        raise FactsError(f"segment {number} is named but not listed")

    def contents(self, segment: int | None = None) -> tuple[Content, ...]:
        if segment is None:
            return self._contents
        return tuple(content for content in self._contents if content.segment == segment)

    @cached_property
    def _contents(self) -> tuple[Content, ...]:
        return tuple(event for event in self.events if isinstance(event, Content))

    @cached_property
    def pokes(self) -> tuple[Poke, ...]:
        return tuple(event for event in self.events if isinstance(event, Poke))


def _lines(writes: Sequence[Write], kept: str) -> tuple[Line, ...]:
    """Cut the written stream at newlines; a line belongs to the process that began it."""
    if not writes:
        return tuple(
            Line(text, 0, (), 0, 0, ended=True) for text in kept.split("\n") if text
        )  # an untraced run has no writes: nobody knows the writer
    lines: list[Line] = []
    text, pieces, began = "", list[Piece](), 0  # of the line that is being put together
    for write in writes:
        for piece in PIECE.findall(write.text):
            for part in _parts(text, piece):
                if part.begins_anew and text:
                    lines.append(_line(text, pieces, began, write.seq, ended=False))
                    text = ""
                if not text:
                    pieces, began = [], write.began
                text += part.text
                pieces.append(Piece(write.process, part.text.rstrip("\n"), write.seq))
            if piece.endswith("\n"):
                lines.append(_line(text[:-1], pieces, began, write.seq))
                text = ""
    if text:
        last = writes[-1].seq
        lines.append(_line(text, pieces, began, last, ended=False))
    return tuple(lines)


def _line(text: str, pieces: Sequence[Piece], began: int, seq: int, ended: bool = True) -> Line:
    writers = tuple(dict.fromkeys(piece.process for piece in pieces))
    shared = tuple(piece for piece in pieces if piece.text) if len(writers) > 1 else ()
    return Line(text, writers[0], writers, began, seq, ended, shared)


@dataclass(frozen=True)
class _Part:
    text: str
    begins_anew: bool  # a labeled line begins here, without a newline before it


def _parts(before: str, piece: str) -> list[_Part]:
    """What is written, cut where a labeled line begins in the middle of another one. A text that
    was stored (value: ...) may have anything in it."""
    whole = before + piece
    if not LABELED.match(whole):
        return [_Part(piece, False)]
    cuts = [m.start() - len(before) for m in GLUED.finditer(whole) if m.start() >= len(before)]
    ends = [*cuts, len(piece)]
    parts = [_Part(piece[: ends[0]], False)] if ends[0] > 0 else []
    return parts + [_Part(piece[at:end], True) for at, end in zip(cuts, ends[1:])]
