"""3-segment: the runs of the driver, each with one function of segment.c in its own process."""

from __future__ import annotations

from functools import cached_property

from grader.facts.command import Argument, Command, command
from grader.facts.records import Run, Segment
from grader.grading.submission import Submission
from grader.hidden.runs import ERRORS
from grader.judge.driver import answers
from grader.judge.finding import only_if
from grader.judge.functions import TAKES

MANY = 20  # times that one segment is attached in one program


def arranged(run: Run) -> Segment:
    """The segment that the driver made; the student's code can end the program before that."""
    only_if(run.created_segments, "the program ended before it called any function")
    return run.created_segments[0]


class Trial:
    """All runs of one submission, with its random keys, sizes and values."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        draw = submission.draw("functions")
        self.token = draw.text(12)
        self.keys = draw.distinct(10, 100_000, 2_000_000_000)
        self.keys[1] *= -1  # a key is just a number
        # odd: passed as flags by mistake, it would not contain IPC_CREAT
        self.size = 2 * draw.int(100, 250) + 1
        self.larger = 5002 + self.size  # odd too: whole words are not the whole size
        self.values = draw.distinct(3, 0x11111111, 0x7FFFFFFF)
        self.errors = {call: draw.choice(names) for call, names in ERRORS.items()}

    def do(
        self,
        name: str,
        *args: Argument,
        fail: str = "",
        stdout: str = "terminal",
        id_zero: bool = False,
    ) -> Command:
        """A command of the driver."""
        faults = (fail,) if fail else ()
        return command(
            self.token, name, *args, content=True, fail=faults, stdout=stdout, id_zero=id_zero
        )

    def arrange(self, key: int, size: int, value: int = 0, id_zero: bool = False) -> Command:
        """A segment that begins with this value, whatever segment_create does."""
        return self.do("arrange", key, size, value, id_zero=id_zero)

    def series(self, **commands: Command) -> dict[str, Run]:
        """These commands, one process after the other, in one sandbox."""
        return dict(zip(commands, self.submission.series(list(commands.values()))))

    def results(self, run: Run) -> list[int]:
        """What the functions returned, in order."""
        return [answer.result for answer in answers(run, self.token)]

    def values_seen(self, run: Run) -> list[int]:
        """What the driver read from the memory that segment_attach returned."""
        return [answer.seen for answer in answers(run, self.token)]

    @cached_property
    def create(self) -> dict[str, Run]:
        """Two segments, and a look into each."""
        one, two = self.keys[:2]
        return self.series(
            first=self.do("create", one, self.size),
            look_at_first=self.do("peek", one),
            second=self.do("create", two, self.larger),
            look_at_second=self.do("peek", two),
        )

    @cached_property
    def taken(self) -> Run:
        """segment_create with a key that is taken."""
        key = self.keys[2]
        return self.series(
            arrange=self.arrange(key, self.size, 1), create=self.do("create", key, self.size)
        )["create"]

    @cached_property
    def access(self) -> dict[str, Run]:
        """A small, a normal and a large segment, each looked up, and one that is not there."""
        sizes = {"small": 1, "normal": self.size, "large": 100_000}
        commands = {}
        for key, (name, size) in zip(self.keys, sizes.items()):
            commands[f"arrange_{name}"] = self.arrange(key, size)
            commands[name] = self.do("access", key)
        return self.series(**commands, none=self.do("access", self.keys[7]))

    @property
    def lookups(self) -> list[tuple[Run, Segment]]:
        """segment_access, and the segment that it was to find."""
        sizes = ("small", "normal", "large")
        return [(self.access[size], arranged(self.access[f"arrange_{size}"])) for size in sizes]

    @cached_property
    def others(self) -> dict[str, Run]:
        """Attach, detach and remove one segment, attach another read-only, and the rarer calls."""
        (one, two), (old, new, never) = self.keys[:2], self.values
        return self.series(
            arrange=self.arrange(one, self.size, old),
            attach=self.do("attach", one, new),
            detach=self.do("detach", one),
            remove=self.do("remove", one),
            arrange_another=self.arrange(two, self.size, old),
            attach_read_only=self.do("attach_read_only", two, never),
            detach_nothing=self.do("detach_nothing", two),
            remove_attached=self.do("remove_attached", two),
        )

    @cached_property
    def twice(self) -> dict[str, Run]:
        """Each function for two segments in one process, and calls that come again and again."""
        one, two, three, four, five, six = self.keys[:6]
        size, (old, other, new) = self.size, self.values
        return self.series(
            arrange=self.arrange(one, size, old),
            arrange_another=self.arrange(two, size + 8, other),
            access=self.do("access_two", one, two),
            attach=self.do("attach_two", one, two),
            detach=self.do("detach_two", one, two),
            create=self.do("create_two", three, size, four, size + 8),
            remove=self.do("remove_first", five, size, six, size),
            often=self.do("attach_often", one, MANY),
            again=self.do("create_and_remove", self.keys[8], size),
            create_and_attach=self.do("create_and_attach", self.keys[9], size, new),
            look_at_created=self.do("peek", self.keys[9]),
            access_and_attach=self.do("access_and_attach", one, new),
            look_at_found=self.do("peek", one),
        )

    @cached_property
    def failing(self) -> list[tuple[str, Run]]:
        """Each function while its call fails: on a terminal with each error, in a pipe with one."""
        key, free = self.keys[:2]
        words = {"create": ("create", free, self.size), "attach": ("attach", key, 1)}
        faults = [
            (function, f"{call}:{error}", stdout)
            for function, call in TAKES.items()
            for stdout, errors in (("terminal", ERRORS[call]), ("pipe", (self.errors[call],)))
            for error in errors
        ]
        commands = [
            self.do(*words.get(function, (function, key)), fail=broken, stdout=stdout)
            for function, broken, stdout in faults
        ]
        runs = self.submission.series([self.arrange(key, self.size), *commands])
        return [(function, run) for (function, _, _), run in zip(faults, runs[1:])]

    def create_without_shmat(self) -> Run:
        """segment_create while each shmat fails."""
        broken = f"shmat:{self.errors['shmat']}"
        return self.series(create=self.do("create", self.keys[3], self.size, fail=broken))["create"]

    def create_zero(self) -> Run:
        """segment_create where the first shmid is 0."""
        return self.series(create=self.do("create", self.keys[0], self.size, id_zero=True))[
            "create"
        ]

    def use_zero(self) -> dict[str, Run]:
        """The other functions for a segment with the shmid 0."""
        key, value = self.keys[0], self.values[0]
        return self.series(
            arrange=self.arrange(key, self.size, value, id_zero=True),
            access=self.do("access", key),
            attach=self.do("attach", key, value),
            detach=self.do("detach", key),
            remove=self.do("remove", key),
        )
