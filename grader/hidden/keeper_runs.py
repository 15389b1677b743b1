"""4-keeper: its random values, and the series of commands that the tests look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from grader.facts.command import Argument, Command, command
from grader.facts.records import Run
from grader.grading.submission import Submission
from grader.hidden.runs import fault
from grader.judge.spelling import spelling_of_text

WORD = 4  # bytes at the beginning of a text that the grader changes
LARGE = 100_000  # bytes: more than a short counts
HUGE = 5010  # characters: more than a page; a heap block of that size has room for one more


@dataclass(frozen=True)
class Note:
    """The random values of one submission: keys, a size, and texts that fit in it."""

    key: int
    size: int
    long: str
    short: str
    full: str
    negative: int  # a key as well
    others: tuple[int, int]  # keys for a segment of 0 bytes, and for a large one
    huge: str  # a text for the large one


def drawn(submission: Submission) -> Note:
    draw = submission.draw("note")
    size = 2 * draw.int(20, 45) + 1  # odd: whole words are not the whole size
    long = f"{draw.text(9)} 100%% {draw.text(12)}"  # printf(text) prints one % of the two
    # characters of several bytes, spaces at both ends, and a backslash like any other character
    short = f" {draw.text(2)} äé€\\n{draw.text(2)}  "
    key, negative, *others = draw.distinct(4, 100_000, 2_000_000_000)
    full, huge = draw.text(size - 1), draw.text(HUGE // 10) * 10
    return Note(key, size, long, short, full, -negative, (others[0], others[1]), huge)


def do(*args: Argument, fail: str | Sequence[str] = (), stdout: str = "terminal") -> Command:
    return command(*args, fail=fail, stdout=stdout, content=True)


class Trial:
    """All runs of one submission: one process after the other, each series in its own sandbox."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.note = drawn(submission)
        self.create = do("create", self.note.key, self.note.size)
        self.read = do("read", self.note.key)
        self.remove = do("remove", self.note.key)

    def write(self, text: str) -> Command:
        return do("write", self.note.key, text)

    def series(self, **commands: Command) -> dict[str, Run]:
        """Make these runs; the first text that is read shows how the program spells its line."""
        asked = list(commands.values())
        runs = dict(zip(commands, self.submission.series(asked)))
        if self.submission.spelling.shapes or "read_long" not in runs:
            return runs
        printed = [line.text for line in runs["read_long"].lines if line.text.strip()]
        if len(printed) == 1:
            self.submission.spell(spelling_of_text(printed[0], self.note.long))
        return dict(zip(commands, self.submission.series(asked)))

    @cached_property
    def story(self) -> dict[str, Run]:
        """create, read, and then each time write and read: the runs that most checks look at."""
        note = self.note
        return self.series(
            create=self.create,
            read_new=self.read,
            write_long=self.write(note.long),
            read_long=self.read,
            write_short=self.write(note.short),
            read_short_in_a_pipe=do("read", note.key, stdout="pipe"),
            read_short=self.read,
            write_full=self.write(note.full),
            read_full=self.read,
            write_empty=self.write(""),
            read_empty=self.read,
        )

    @cached_property
    def rarer(self) -> dict[str, Run]:
        """Removal of an empty segment and of one with a text, a negative key, no bytes, many."""
        note, (none, large) = self.note, self.note.others
        return self.series(
            create=self.create,
            remove=self.remove,
            create_again=self.create,
            write=self.write(note.long),
            read=self.read,
            remove_text=self.remove,
            create_negative=do("create", note.negative, note.size),
            write_negative=do("write", note.negative, note.long),
            read_negative=do("read", note.negative),
            remove_negative=do("remove", note.negative),
            create_no_bytes=do("create", none, 0),
            create_large=do("create", large, LARGE),
            write_large=do("write", large, note.huge),
            read_large=do("read", large),
        )

    def read_of_another_text(self, other: str) -> Run:
        """The text's first bytes are changed in the segment, between write and read."""
        old, new = (
            int.from_bytes(text.encode()[:WORD], "little") for text in (self.note.long, other)
        )
        return self.series(
            create=self.create,
            write=self.write(self.note.long),
            read=replace(self.read, poke=((0, old, new),)),
        )["read"]

    @cached_property
    def twice(self) -> dict[str, Run]:
        """create for a key that is taken."""
        return self.series(
            create=self.create,
            write=self.write(self.note.long),
            create_again=self.create,
            read=self.read,
        )

    @cached_property
    def too_long(self) -> dict[str, Run]:
        """write of two texts that do not fit: of one byte too many at last."""
        full = self.note.full
        return self.series(
            create=self.create,
            write_long=self.write(self.note.long),
            write_double=self.write(full + full),
            read_after_double=self.read,
            write_one_too_many=self.write(full + "x"),
            read_after_one_too_many=self.read,
        )

    @cached_property
    def without_segment(self) -> dict[str, Run]:
        return self.series(read=self.read, write=self.write(self.note.short), remove=self.remove)

    def failing_create(self) -> Run:
        broken = fault(self.submission, "shmget")
        create = do("create", self.note.key, self.note.size, fail=broken)
        return self.series(create=create)["create"]

    def failing(self, name: str, calls: Sequence[str]) -> dict[str, Run]:
        """This command, with each of its calls made to fail, and what read prints afterwards."""
        text = [self.note.short] if name == "write" else []
        commands = {"create": self.create, "write": self.write(self.note.long)}
        for call in calls:
            broken = fault(self.submission, call)
            commands[call] = do(name, self.note.key, *text, fail=broken)
            commands[f"read after {call}"] = self.read
        return self.series(**commands)

    def with_zero(self) -> dict[str, Run]:
        """The life of a segment with the shmid 0."""
        return self.series(
            create=replace(self.create, id_zero=True),
            write=self.write(self.note.long),
            read=self.read,
            remove=self.remove,
        )

    def in_order(self, traced: bool, times: int = 1) -> list[Run]:
        """create, write and read, without a look into the segment; removed before the next time."""
        note = self.note
        once = [
            command("create", note.key, note.size, traced=traced),
            command("write", note.key, note.long, traced=traced),
            command("read", note.key, traced=traced),
        ]
        again = [command("remove", note.key), *once] * (times - 1)
        return self.submission.series([*once, *again])
