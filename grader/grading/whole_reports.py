"""Does valgrind's silence about a run prove anything? Only if it watched each process to its end.

valgrind writes into a pipe that witness reads, so that nothing of a report can be taken back, and
each byte has the process that wrote it. Whoever runs another program leaves valgrind behind: that
is a helper, if it did nothing of the lesson before and runs a program of the system. Whoever runs
the student's program again is followed by valgrind, and has another report.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.facts.helpers import belongs_to_the_lesson
from grader.facts.records import Call, Process, Run

BEGIN, END = "<?xml ", "</valgrindoutput>"
SYSTEM = ("/usr/", "/bin/", "/sbin/", "/lib")  # where no submission can lay a program


@dataclass(frozen=True)
class Reports:
    """What valgrind wrote about one run, by the process that wrote it."""

    run: Run  # with its helpers among the processes
    options: Sequence[str]  # of valgrind, as it was started

    def texts(self) -> dict[int, str]:
        """The text of each process that wrote one; a thread's is that of its process."""
        pieces: dict[int, list[str]] = {}
        for write in self.run.writes("stderr"):
            pieces.setdefault(self.run.owner(write.process), []).append(write.text)
        return {number: "".join(texts) for number, texts in pieces.items()}

    def doubts(self) -> Iterator[str]:
        """Why there is not one whole report for each process of the lesson, told of each."""
        texts = self.texts()
        for process in self.of_the_lesson():
            if process.outlived_parent and process.end not in ("exit", "signal"):
                continue  # left running: that costs points elsewhere, once
            text = texts.get(process.number, "")
            lives = self._lives(process)
            # who was born by a fork goes on in its parent's report, which begins in the parent
            begins = lives + (process.number == 1)
            if text.count(BEGIN) == begins and text.count(END) == 1 and text.rstrip().endswith(END):
                continue
            if process.outlived_parent:
                continue  # it costs where processes are counted, and once
            yield _why(process, ran=len(self._execs(process)) > lives)
        if any(not self._is_of_the_system(call) for call in self._left_behind()):
            yield "it runs a program that valgrind can't follow"

    def of_the_lesson(self) -> list[Process]:
        """Every process that is no helper; threads are left out."""
        helpers = self._helpers()
        return [p for p in self.run.processes if not p.is_thread and p.number not in helpers]

    def _helpers(self) -> dict[int, int]:
        """The helpers, and since when each is one."""
        found: dict[int, int] = {}
        for process in self.run.processes:
            if process.number == 1 or process.is_thread:
                continue
            parent = self.run.owner(process.parent)
            if parent in found and process.born > found[parent]:
                found[process.number] = process.born
                continue
            left = [call for call in self._execs(process) if not self._is_followed(call)]
            if left and not any(
                belongs_to_the_lesson(event)
                for event in self.run.events
                if self.run.owner(event.process) == process.number and event.seq < left[0].seq
            ):
                found[process.number] = left[0].seq
        return found

    def _left_behind(self) -> Iterator[Call]:
        """The programs that run without valgrind."""
        for process in self.run.processes:
            yield from (call for call in self._execs(process) if not self._is_followed(call))

    def _lives(self, process: Process) -> int:
        """How often valgrind followed it into another program."""
        return sum(call.file == self._tool for call in self._execs(process))

    def _execs(self, process: Process) -> list[Call]:
        """Each time that it became another program, once valgrind runs."""
        calls = self.run.calls("exec", process.number, ok=True)
        return [call for call in calls if call.seq > self._started]

    def _is_followed(self, call: Call) -> bool:
        """Did valgrind start itself, to watch the program that comes? By its launcher, then."""
        return call.arguments[1 : 1 + len(self.options)] == tuple(self.options)

    def _is_of_the_system(self, call: Call) -> bool:
        return call.file.startswith(SYSTEM)

    @property
    def _started(self) -> int:
        """When valgrind began to report."""
        first = (write.seq for write in self.run.writes("stderr") if write.process == 1)
        return next(first, 0)

    @property
    def _tool(self) -> str:
        """The program that is valgrind, once its launchers are done."""
        calls = self.run.calls("exec", 1, ok=True)
        return next((call.file for call in reversed(calls) if call.seq < self._started), "")


def _why(process: Process, ran: bool) -> str:
    """Why a process has no whole report."""
    if ran:
        return "a process runs another program, where valgrind can't follow it"
    if process.end == "signal":
        return f"a process was killed by signal {process.signal} before valgrind was done with it"
    return "a process has no complete report of valgrind"
