"""Finds the level of isolation: the highest that holds, or the one that is insisted on."""

import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from grader import sandbox
from grader.base.kit import KIT
from grader.base.noexec import mounted_noexec, remount
from grader.sandbox import cgroup, probe, room, state, uids
from grader.sandbox.files import WITNESS, Held, Placed
from grader.sandbox.job import Job, Unavailable
from grader.sandbox.namespaces import own_uid
from grader.sandbox.starting import Full

KIT_SECRETS = (KIT / "grader" / "hidden", KIT / "solution")
AUTOMATIC = (sandbox.NAMESPACES, sandbox.USER)


def secrets_of(*folders: Path) -> list[Path]:
    """What no program may read on a level that shares the host's files: the hidden tests, the
    solution, and these: the submission and where the report goes.
    """
    return [*KIT_SECRETS, *folders]


class Search:
    """The trial of one level after the other; the first begins at once, beside other work."""

    def __init__(self, wanted: str | None, witness: Held, folders: Sequence[Path] = ()) -> None:
        self._levels = list(AUTOMATIC) if wanted is None else [wanted]
        self._wanted = wanted
        self._witness = witness
        self._secrets = secrets_of(*folders)
        self._refusals: list[str] = []
        self._job: Job | None = None
        self._try_next()
        cgroup.hierarchies()  # once, beside the trial: what is forked from here knows it

    def finish(self) -> str:
        """Choose the level that holds, and say which."""
        while self._levels:
            try:
                if self._job is None:
                    raise Unavailable(self._refusals.pop())
                probe.judge(self._job.finish())
                return sandbox.level()
            except probe.NoTracing:
                raise
            except Unavailable as refusal:
                self._refusals.append(f"{self._levels.pop(0)}: {refusal}")
                self._try_next()
        raise Unavailable(_told(self._refusals, self._wanted))

    def _try_next(self) -> None:
        self._job = None
        if self._levels:
            try:
                self._job = start(self._levels[0], self._witness, self._secrets)
            except Full:
                raise
            except Unavailable as refusal:
                self._refusals.append(str(refusal))

    def __enter__(self) -> "Search":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._job:
            self._job.kill()


def start(level: str, witness: Held, secrets: Sequence[Path]) -> Job:
    """Begin to look whether this level holds and whether programs can be traced on it."""
    if level == sandbox.PLAIN and os.geteuid() == 0:
        raise probe.Refused(sandbox.ROOT_AT_PLAIN, sandbox.INSTEAD)
    room.demand_room()
    sandbox.choose(level)
    if level == sandbox.USER and own_uid() is None:
        raise Unavailable("only root can give each run a user of its own")
    if level != sandbox.NAMESPACES:
        _demand_programs_run(state.folder())
        room.demand_segments()
        state.sweep()
    if level == sandbox.USER:
        uids.sweep()
    if level == sandbox.PLAIN:
        command = probe.command_without_secrecy(WITNESS)
    else:
        # In namespaces nothing of the host can be read that was not handed in.
        command = probe.command(WITNESS, secrets if level == sandbox.USER else ())
    return sandbox.start(command, [Placed(WITNESS, witness, 0o555)], deadline=probe.SECONDS)


def _demand_programs_run(folder: Path) -> None:
    """What is graded lies in this folder, and runs there."""
    mount = mounted_noexec(folder)
    if mount:
        raise probe.Refused(
            f"{mount} is mounted noexec, and a student's program would run in it",
            f"set TMPDIR=/var/tmp or another folder, or: {remount(mount)}",
        )


def _told(refusals: Sequence[str], wanted: str | None) -> str:
    told = "; ".join(refusals)
    if wanted is None:
        who = ", as another user than root," if os.geteuid() == 0 else ""
        told += (
            f"; --isolation plain{who} promises less, and must be asked for: see grader/THREATS.md"
        )
    return told
