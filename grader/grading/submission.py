"""The `submission` fixture of the hidden tests: runs the student's program on random inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol

from grader.base.exercise import Exercise
from grader.facts.command import Argument, Command, command
from grader.facts.records import Run
from grader.facts.spelling import Spelling
from grader.grading.random_values import Draw
from grader.grading.time_budget import SHORT

if TYPE_CHECKING:
    from grader.grading.valgrind import Memory

P = ParamSpec("P")


class Machine(Protocol):
    """What a submission needs from outside: something that runs commands, and something that
    checks memory.
    """

    def run(self, commands: Sequence[Command]) -> list[Run]:
        """The facts of each command; all of them run in one sandbox."""

    def prefetch(self, commands: Sequence[Command]) -> list[Run]:
        """The facts of the first of these commands, as far as each found a clean sandbox."""

    def explore(self, asked: Command) -> list[Run]:
        """The facts of a command in the orders that its processes can be in."""

    def memory(self, commands: Sequence[Command]) -> Memory:
        """What valgrind says about these commands, run one after the other in one sandbox."""


def locks_out_owner(run: Run) -> bool:
    """Did the program create a segment that it cannot use itself?"""
    return any(not segment.owner_may_read_and_write for segment in run.created_segments)


def with_owner_access(commands: Sequence[Command]) -> list[Command]:
    """The same, with segments that their owner can use: a wrong mode costs points only where the
    mode is judged, and hides nothing else, right or wrong.
    """
    return [replace(command, owner_mode=command.traced) for command in commands]


def _with_the_parameters_of(
    maker: Callable[P, Command]
) -> Callable[[Callable[..., Run]], Callable[Concatenate[Submission, P], Run]]:
    """The method has the parameters of this function: the options of a run are spelled once."""

    def same(method: Callable[..., Run]) -> Callable[Concatenate[Submission, P], Run]:
        return method

    return same


class Submission:
    """One exercise of one submission, built and ready to run."""

    def __init__(
        self,
        exercise: Exercise,
        machine: Machine,
        secret: bytes,
        sources: Mapping[str, str],
        is_stub: bool = False,
        may_untrace: bool = True,
    ) -> None:
        self.exercise = exercise
        self.sources = dict(sources)  # the student's files: name to text
        self.is_stub = is_stub  # nothing was written yet
        self.may_untrace = may_untrace  # can witness run a program untraced?
        self._machine = machine
        self._secret = secret
        self._known: dict[tuple[Command, ...], list[Run]] = {}
        self._ahead: dict[Command, Run] = {}  # made already, not requested yet
        self._valgrind: tuple[Command, ...] = ()
        self._orders: dict[Command, list[Run]] = {}
        self.spelling = Spelling()  # of its result lines, once a run has shown it
        self._fix_mode = False  # the program created a segment that its owner cannot use

    def draw(self, label: str) -> Draw:
        """A stream of random values; the same label starts the same stream again."""
        return Draw(self._secret, label)

    @_with_the_parameters_of(command)
    def run(self, *args: Any, **options: Any) -> Run:
        """Run the program once in its own sandbox. The same request again returns the same run."""
        return self.series([command(*args, **options)])[0]

    def series(self, commands: Sequence[Command]) -> list[Run]:
        """Run several commands one after the other in one sandbox: what one leaves, the next
        finds.
        """
        asked = tuple(commands)
        if asked not in self._known:
            runs = [] if self._fix_mode else self._made(asked)
            if any(locks_out_owner(run) for run in runs):
                self._fix_mode = True
            if self._fix_mode:
                runs = self._machine.run(with_owner_access(asked))
            self._known[asked] = self._read(runs)
        return list(self._known[asked])

    def orders(self, *args: Argument, at_most: int) -> list[Run]:
        """The program in the orders that its processes can be in, a run for each. One that leaves a
        segment, or hits a limit, is the last.
        """
        asked = command(*args, explore=at_most, limits=SHORT)
        if self._fix_mode:
            (asked,) = with_owner_access([asked])
        if asked not in self._orders:
            self._orders[asked] = self._read(self._machine.explore(asked))
        return list(self._orders[asked])

    def spell(self, spelling: Spelling) -> None:
        """From now on, read the lines of all runs as this program means them."""
        self.spelling = spelling
        self._known = {asked: self._read(runs) for asked, runs in self._known.items()}
        self._orders = {asked: self._read(runs) for asked, runs in self._orders.items()}

    def _read(self, runs: Sequence[Run]) -> list[Run]:
        return [replace(run, spelling=self.spelling) for run in runs]

    def prefetch(self, commands: Sequence[Command]) -> None:
        """Make some runs in one sandbox before a test requests them: faster than one by one.

        This is for programs that leave nothing behind; if a run leaves something, or takes long,
        the runs after it are made when a test requests them.
        """
        new = [c for c in commands if (c,) not in self._known and c not in self._ahead]
        if len(new) > 1 and not self._fix_mode:
            self._ahead.update(zip(new, self._machine.prefetch(new)))

    def _made(self, asked: tuple[Command, ...]) -> list[Run]:
        if all(command in self._ahead for command in asked):
            return [self._ahead.pop(command) for command in asked]
        return self._machine.run(asked)

    def expect_valgrind(self, commands: Sequence[Command]) -> None:
        """State what `valgrind()` without arguments means (the VALGRIND of a hidden test file)."""
        self._valgrind = tuple(commands)

    def valgrind(self, *args: Argument) -> Memory:
        """What valgrind says of one run, or without arguments of the file's VALGRIND commands."""
        asked = (command(*args),) if args else self._valgrind
        return self._machine.memory(with_owner_access(asked) if self._fix_mode else asked)

    @property
    def runs(self) -> list[Run]:
        """All runs made so far, in order."""
        return [run for runs in self._known.values() for run in runs]
