"""The sandbox around the compiler, the student's programs and valgrind, on one of three levels.

`namespaces`: bubblewrap, with namespaces of its own. `user`: root without namespaces gives each run
a uid of its own. `plain`: tracing and limits only; never chosen by itself, and never for root.
ladder.py finds the level. A job is begun, read and ended in the same way on each.
"""

import ctypes
import os
from collections.abc import Sequence

from grader.facts.command import series_text
from grader.sandbox import cgroup, lower, namespaces
from grader.sandbox.files import HOME, MEGABYTE, PROGRAMS, SCRATCH, WITNESS, Held, Placed
from grader.sandbox.job import Ended, Job, Unavailable, end_all
from grader.sandbox.namespaces import TMP_SIZE

PR_SET_DUMPABLE = 4  # prctl(2)
NAMESPACES, USER, PLAIN = LEVELS = ("namespaces", "user", "plain")
ROOT_AT_PLAIN = "plain is never for root, as programs would run as root"
INSTEAD = "grade as another user (runuser -u USER -- COMMAND), or at level namespaces or user"

__all__ = [
    "HOME",
    "LEVELS",
    "MEGABYTE",
    "PROGRAMS",
    "SCRATCH",
    "TMP_SIZE",
    "WITNESS",
    "Ended",
    "Held",
    "Job",
    "Placed",
    "Unavailable",
    "choose",
    "end_all",
    "level",
    "may_untrace",
    "start",
]


class _Chosen:
    """The level of this process, and of those that it forks: a grade has one."""

    level = NAMESPACES


def choose(level_: str) -> None:
    """From now on sandboxes are of this level."""
    if level_ not in LEVELS:
        raise ValueError(f"there is no level {level_}")
    if level_ == PLAIN and os.geteuid() == 0:
        raise Unavailable(f"{ROOT_AT_PLAIN}: {INSTEAD}")
    _Chosen.level = level_
    if level_ == PLAIN:
        # The programs are of the grader's own user: nobody but root may read or trace it now, nor
        # what it forks.
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0)


def level() -> str:
    return _Chosen.level


def may_untrace() -> bool:
    """Can a program be left untraced and still be ended whole?"""
    return _Chosen.level == NAMESPACES


def start(
    command: Sequence[str],
    files: Sequence[Placed],
    *,
    folder: str = HOME,
    lines: Sequence[Sequence[str]] = (),
    runs_student: bool = False,
    alone: bool = False,
    deadline: float,
    out_limit: int = 64 * MEGABYTE,
    err_limit: int = MEGABYTE,
) -> Job:
    """Begin a command in a sandbox of its own that holds these files.

    `lines` are a series for the witness, which reads it from stdin: a program can read the
    arguments of the process above it. Where all programs of the machine share one IPC namespace,
    those that `runs_student` take turns: such a job begins when it is asked to finish. One that is
    to be `alone` takes a turn as well: no program of a student's runs beside it.
    """
    lowered = _Chosen.level != NAMESPACES

    def begin(job: Job) -> None:
        job.group = cgroup.take() if runs_student else None
        if _Chosen.level == NAMESPACES:
            stdin = Held(series_text(lines).encode("ascii"), "series") if lines else None
            placed = [*files, namespaces.users()] if runs_student else files
            namespaces.begin(job, command, placed, folder, stdin)
        else:
            own_uid = _Chosen.level == USER
            lower.begin(job, command, files, folder, lines, own_uid, takes_turn)

    takes_turn = lowered and (runs_student or alone)
    at_once = not takes_turn
    return Job(begin, deadline, out_limit, err_limit, at_once)
