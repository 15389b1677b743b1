"""What the levels without namespaces keep on the host: run folders, marks of uids in use, locks.

All of it lies in one folder that only the grader's user can write. A lock on each entry tells the
next start whether its owner still lives; what nobody holds was left by a SIGKILL and is removed.
"""

import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.sandbox import trees
from grader.sandbox.job import Unavailable

NAME = "sharing-is-caring"
TURN_SECONDS = 900.0  # longer than all that one grade can run
TURN_PAUSE = 0.01


def folder() -> Path:
    """The folder, made where it is missing; others may pass through it, not look or write."""
    return _made(Path(tempfile.gettempdir()), "runs") / "runs"


def marks() -> Path:
    """Where the uids in use are marked: in one place, whatever TMPDIR says."""
    return _made(Path("/tmp"), "uids") / "uids"


def _made(above: Path, inner: str) -> Path:
    path = above / f"{NAME}-{os.geteuid()}"
    try:
        path.mkdir(mode=0o711, exist_ok=True)
        about = path.lstat()
        if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.geteuid():
            raise Unavailable(f"{path} belongs to another user: remove it")
        path.chmod(0o711)
        (path / inner).mkdir(mode=0o711, exist_ok=True)
        (path / inner).chmod(0o711)
    except OSError as error:
        raise Unavailable(f"no folder for runs can be made, {path}: {error.strerror}") from None
    return path


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Between making an entry and locking it nobody sweeps."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def make_run_folder() -> tuple[Path, int]:
    """A new folder, and the descriptor that holds it: it belongs to who has that open."""
    runs = folder()
    with _alone(runs):
        path = Path(tempfile.mkdtemp(prefix="run-", dir=runs))
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try_lock(descriptor)
    return path, descriptor


def remove_run_folder(path: Path) -> None:
    above = os.open(path.parent, trees.FOLDER)
    try:
        trees.remove_entry(above, path.name)
    finally:
        os.close(above)


def sweep() -> None:
    """Remove the run folders that nobody holds any more."""
    runs = folder()
    with _alone(runs):
        for path in list(runs.iterdir()):
            try:
                descriptor = os.open(path, trees.FOLDER)
            except OSError:
                continue
            try:
                if try_lock(descriptor):
                    remove_run_folder(path)
            finally:
                os.close(descriptor)


def take_turn() -> int:
    """Wait until no other grader on this machine runs a student's program without an IPC namespace
    of its own: two programs with one key would meet. Closing the descriptor ends the turn.
    """
    end = time.monotonic() + TURN_SECONDS
    while True:
        descriptor = _open_turn()
        if try_lock(descriptor) and _is_still(descriptor):
            return descriptor
        os.close(descriptor)
        if time.monotonic() > end:
            raise Unavailable(f"another run did not end its turn: who holds {_turn()}?")
        time.sleep(TURN_PAUSE)


def _turn() -> str:
    return f"/tmp/{NAME}.turn"


def _open_turn() -> int:
    """The one file of all users: opened without O_CREAT first, which fs.protected_regular asks."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        return os.open(_turn(), flags)
    except FileNotFoundError:
        try:
            made = os.open(_turn(), flags | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            return _open_turn()
        os.fchmod(made, 0o644)  # whatever the umask is
        return made
    except OSError as error:
        raise Unavailable(f"{_turn()} cannot be opened: {error.strerror}") from None


def _is_still(descriptor: int) -> bool:
    """Is the locked file the one that others find under that name?"""
    try:
        named = os.stat(_turn(), follow_symlinks=False)
    except OSError:
        return False
    return os.path.samestat(named, os.fstat(descriptor))
