"""The levels `user` and `plain`: a folder of the host for each run, and a guard that ends it.

`user`: root gives each run an unprivileged uid of its own, so that it neither reads nor reaches
what is not everybody's, and all that it leaves can be found by its owner. `plain`: the command is
the grader's own user; tracing and limits only.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from grader.base import signals
from grader.facts.command import series_text
from grader.sandbox import ipc, state, uids
from grader.sandbox.files import HOME, PROGRAMS, SCRATCH, WITNESS, Held, Placed, localised
from grader.sandbox.guard import Guarded, Order
from grader.sandbox.job import Job


def begin(
    job: Job,
    command: Sequence[str],
    files: Sequence[Placed],
    folder: str,
    lines: Sequence[Sequence[str]],
    own_uid: bool,
    takes_turn: bool,
) -> None:
    """Begin a command in a folder of its own that holds these files."""
    held: list[int] = []
    root: Path | None = None
    try:
        if takes_turn:
            turn = state.take_turn()
            held.append(turn)
            job.met = ipc.segments()
        lease = uids.lease() if own_uid else None
        if lease:
            held.append(lease.descriptor)
        root, lock = state.make_run_folder()
        held.append(lock)
        uid = lease.uid if lease else -1
        _furnish(root, files, folder, uid)
        series = series_text([localised(line, str(root)) for line in lines])
        standard_input = Held(series.encode("ascii"), "series").open()
        held.append(standard_input)
        order = Order(
            command=localised(_by_user(command, lease), str(root)),
            environment=_environment(root) | (job.group.environment if job.group else {}),
            folder=f"{root}{folder}",
            stdin=standard_input,
            run_folder=root,
            lease=lease,
            as_root=command[0] == WITNESS,
            held=tuple(held),
            inherited=job.group.descriptors if job.group else (),
        )
        with signals.held_back():
            job.running = Guarded(order)
            held.clear()
    finally:
        if held:  # it was not begun
            if root:
                state.remove_run_folder(root)
            for descriptor in held:
                os.close(descriptor)


def _by_user(command: Sequence[str], lease: uids.Lease | None) -> Sequence[str]:
    """The witness stays root, out of reach of the program that it watches as that user."""
    if lease and command[0] == WITNESS:
        return [WITNESS, "--uid", str(lease.uid), *command[1:]]
    return command


def _environment(root: Path) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": f"{root}{HOME}",
        "TMPDIR": f"{root}{SCRATCH}",
        "LANG": "C.UTF-8",
    }


def _furnish(root: Path, files: Sequence[Placed], folder: str, uid: int) -> None:
    """The folders and files of a run: the student's belong to the run's uid, the kit's do not. No
    other uid gets into the folder, whatever it learns of its name from the arguments in /proc.
    """
    if uid != -1:
        os.chown(root, -1, uid)
        root.chmod(0o710)
    for place in (HOME, SCRATCH, folder):
        _make_folder(root, place, uid)
    for placed in files:
        _make_folder(root, os.path.dirname(placed.path), uid)
        path = f"{root}{placed.path}"
        source = placed.content.open()
        target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            while os.sendfile(target, source, None, 1 << 30):
                pass
            os.fchmod(target, placed.mode)
            if not placed.path.startswith((PROGRAMS, WITNESS)):
                os.fchown(target, uid, uid)
        finally:
            os.close(source)
            os.close(target)


def _make_folder(root: Path, inside: str, uid: int) -> None:
    path = root
    for name in inside.split("/"):
        path = path / name
        if path != root and not path.exists():
            path.mkdir(mode=0o755)
            if not str(path).startswith(f"{root}{PROGRAMS}"):
                os.chown(path, uid, uid)
