"""How far a class is: a live line on a terminal, plain lines in a log, or nothing."""

import time
from collections import deque
from typing import TYPE_CHECKING, TextIO

from grader.base.text import cut, visible
from grader.batch.jobs import Outcome

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

LAST_NAMES = 3
NAME_LENGTH = 16
READ_STEP = 500


class Progress:
    """Says nothing."""

    def read(self, count: int) -> None:
        """So many submissions were read."""

    def begin(self, total: int, known: int) -> None:
        """Grading begins: of all, so many need no grade."""

    def done(self, student: str, outcome: Outcome, grade: str = "") -> None:
        """One more is graded, or could not be."""

    def end(self) -> None:
        """Grading has ended, or was ended."""


class Lines(Progress):
    """A line for each submission."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._total = self._done = self._known = 0
        self._began = 0.0

    def read(self, count: int) -> None:
        if count and count % READ_STEP == 0:
            self._say(f"read {count} submissions")

    def begin(self, total: int, known: int) -> None:
        self._total, self._known, self._began = total, known, time.monotonic()
        self._say(f"{total} submissions: {known} are graded already, {total - known} to do")

    def done(self, student: str, outcome: Outcome, grade: str = "") -> None:
        self._done += 1
        number = f"{self._known + self._done}/{self._total}"
        self._say(f"{number} {cut(visible(student), 40)}: {grade or result_text(outcome)}")

    def end(self) -> None:
        seconds = time.monotonic() - self._began
        if self._done:
            self._say(
                f"graded {self._done} in {seconds:.0f} s, {60 * self._done / seconds:.0f}/min"
            )
        self._done = 0

    def _say(self, line: str) -> None:
        print(line, file=self._stream, flush=True)


class Live(Progress):
    """One line that moves: bar, done and to do, rate, time left, the last names."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn

        self._console = Console(file=stream)
        self._columns = (
            BarColumn(bar_width=20),
            TextColumn("{task.completed}/{task.total}"),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[last]}", markup=False),
        )
        self._bar: "Bar | None" = None
        self._task: "TaskID | None" = None
        self._last: deque[str] = deque(maxlen=LAST_NAMES)
        self._began = 0.0
        self._done = 0

    def begin(self, total: int, known: int) -> None:
        from rich.progress import Progress as Bar

        if total == known:
            return
        self._began = time.monotonic()
        self._bar = Bar(*self._columns, console=self._console)
        self._task = self._bar.add_task("", total=total, completed=known, rate="", last="")
        self._bar.start()

    def done(self, student: str, outcome: Outcome, grade: str = "") -> None:
        if self._bar is None or self._task is None:
            return
        self._done += 1
        self._last.append(f"{cut(visible(student), NAME_LENGTH)} {grade or result_text(outcome)}")
        rate = 60 * self._done / max(time.monotonic() - self._began, 0.001)
        last = "  ".join(self._last)
        self._bar.update(self._task, advance=1, rate=f"{rate:.0f}/min", last=last)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def result_text(outcome: Outcome) -> str:
    if not outcome.is_graded:
        return "not graded"
    score = sum(result.score or 0 for result in outcome.exercises)
    return f"{score}/{sum(result.max_score for result in outcome.exercises)}"


def progress_for(stream: TextIO, quiet: bool) -> Progress:
    """What fits: nothing on request, a live line on a terminal, lines elsewhere."""
    if quiet:
        return Progress()
    return Live(stream) if stream.isatty() else Lines(stream)
