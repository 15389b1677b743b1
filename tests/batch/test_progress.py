"""How far a class is, on a terminal and in a log."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
from pathlib import Path

from grader.batch.jobs import Job, Outcome
from grader.batch.progress import Lines, Live, Progress, progress_for
from grader.batch.task import Order
from grader.report.model import ExerciseResult
from tests.batch.conftest import CLASS, FAST

JOB = Job("k", "ada", Order(1, ("1-fork-wait",)), lambda: b"")
GRADED = Outcome(JOB, (ExerciseResult("1-fork-wait", "t", 13, 15),))
FAULT = Outcome(JOB, (), "no memory")


def test_a_log_gets_a_line_for_each_submission() -> None:
    stream = io.StringIO()
    lines = Lines(stream)
    lines.begin(10, 7)
    lines.done("ada", GRADED)
    lines.done("b\x1b[31mb", FAULT)
    lines.end()
    said = stream.getvalue().splitlines()
    assert said[:3] == [
        "10 submissions: 7 are graded already, 3 to do",
        "8/10 ada: 13/15",
        "9/10 b\\x1b[31mb: not graded",
    ]
    assert said[3].startswith("graded 2 in")


def test_quiet_is_silent_and_a_pipe_gets_lines() -> None:
    assert type(progress_for(io.StringIO(), quiet=True)) is Progress
    assert type(progress_for(io.StringIO(), quiet=False)) is Lines


def test_a_terminal_gets_a_bar_with_names_that_cannot_style_it() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    live = progress_for(stream, quiet=False)
    assert isinstance(live, Live)
    live.begin(10, 7)
    live.done("[red]ada", GRADED)
    live.end()
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", stream.getvalue())
    assert "8/10" in shown and "/min" in shown and "[red]ada 13/15" in shown


def test_the_command_draws_the_bar_on_a_real_terminal(small_class: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [CLASS, "grade", small_class, "--out", tmp_path / "out", *FAST]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        said = b""
        while data := read(ours):
            said += data
    os.close(ours)
    assert process.returncode == 0
    assert b"3/3" in said and b"cem 0/15" in said


def read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # EIO: the other end of a terminal was closed
        return b""
