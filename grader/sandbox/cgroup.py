"""Cgroups that bound what a run uses in sum: the memory and the number of its processes.

The witness stays outside of the group and its command begins inside, so what the kernel ends for
want of memory is never the one who tells of it. A process that grades keeps the groups that it
made for its next sandboxes, and removes them at its end. A lock on each tells the next start
whether its owner still lives. Where no group can be made, limits of single processes and the
witness's counts are what there is.
"""

import atexit
import errno
import fcntl
import os
import secrets
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.sandbox.files import MEGABYTE

PREFIX = "sharing-is-caring-"
VARIABLE = "WITNESS_CGROUP"
MEMORY = 1024 * MEGABYTE  # of all processes, with their segments and what they wrote to a tmpfs
PROCESSES = 300  # with threads: more than what any command may have
NOBODY = 65534
ATTEMPTS = 3
PATIENCE = 2.0
PAUSE = 0.005


@dataclass(frozen=True)
class Hierarchy:
    """Where groups can be made, and what one of them is told."""

    folder: Path
    enter: str  # what a process writes itself into
    bounds: tuple[tuple[str, int], ...]
    wished: tuple[tuple[str, int], ...] = ()  # not each kernel has these
    kills: str = ""  # the file that counts the processes that were ended for want of memory


class Group:
    """A group that was made, in one hierarchy or in two; it belongs to who has it open."""

    def __init__(self, hierarchies: Sequence[Hierarchy]) -> None:
        name = f"{PREFIX}{_world()}-{secrets.token_hex(8)}"
        self.folders: list[Path] = []
        self._locks: list[int] = []
        self._descriptors: list[int] = []
        kills: list[int] = []
        try:
            for hierarchy in hierarchies:
                folder = hierarchy.folder / name
                folder.mkdir()
                self.folders.append(folder)
                self._locks.append(_locked(folder))
                for file, value in hierarchy.bounds:
                    _write(folder / file, value)
                for file, value in hierarchy.wished:
                    with suppress(OSError):
                        _write(folder / file, value)
                enter = os.open(folder / hierarchy.enter, os.O_WRONLY | os.O_CLOEXEC)
                self._descriptors.append(enter)
                if hierarchy.kills:
                    kills.append(os.open(folder / hierarchy.kills, os.O_RDONLY | os.O_CLOEXEC))
            self._descriptors += kills
        except BaseException:
            self._descriptors += kills
            self.remove()
            raise

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What the witness has to inherit."""
        return tuple(self._descriptors)

    @property
    def environment(self) -> dict[str, str]:
        """How the witness is told."""
        return {VARIABLE: ":".join(map(str, self._descriptors))}

    def try_it(self) -> None:
        """Raise OSError where the command of an unprivileged user could not begin inside."""
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                if os.geteuid() == 0:
                    os.setresuid(NOBODY, NOBODY, NOBODY)
                for descriptor in self._descriptors[:-1]:
                    os.write(descriptor, b"0")
                os.pread(self._descriptors[-1], 1, 0)
                status = 0
            except OSError as error:
                status = error.errno or 1
            finally:
                os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if status != 0:
            raise OSError(status, os.strerror(status), str(self.folders[0]))

    def remove(self) -> None:
        """End what is still inside, and remove it; what cannot go is left to the next start."""
        for folder in self.folders:
            _remove(folder)
        for descriptor in (*self._descriptors, *self._locks):
            os.close(descriptor)
        self.folders, self._descriptors, self._locks = [], [], []


class _Kept:
    """The groups of this process, and those that no sandbox has; what it forks begins anew."""

    owner = -1
    made: list[Group] = []
    free: list[Group] = []


def take() -> Group | None:
    """A group for one sandbox; None where none can be made."""
    if _Kept.owner != os.getpid():
        _Kept.owner, _Kept.made, _Kept.free = os.getpid(), [], []
        atexit.register(remove_all)
    if _Kept.free:
        return _Kept.free.pop()
    for _ in range(ATTEMPTS if hierarchies() else 0):
        with suppress(OSError):  # another start may sweep what is made but not locked yet
            group = Group(hierarchies())
            _Kept.made.append(group)
            return group
    return None


def give_back(group: Group) -> None:
    """For the next sandbox: nothing runs in it any more."""
    if group in _Kept.made:
        _Kept.free.append(group)


def remove_all() -> None:
    """Remove the groups that this process made; all its sandboxes have ended."""
    if _Kept.owner == os.getpid():
        _Kept.free.clear()
        while _Kept.made:
            _Kept.made.pop().remove()


def hierarchies() -> tuple[Hierarchy, ...]:
    """Where groups can be made on this machine; nothing where they cannot."""
    return _found()[0]


def refusal() -> str:
    """Why no group can be made."""
    return _found()[1]


@cache
def _found() -> tuple[tuple[Hierarchy, ...], str]:
    """Found by trying; then what killed graders left there is removed."""
    reason = "no cgroup file system shows memory and pids"
    for candidate in _candidates():
        try:
            group = Group(candidate)
            try:
                group.try_it()
            finally:
                group.remove()
        except OSError as error:
            reason = f"{error.filename}: {error.strerror}"
            continue
        for hierarchy in candidate:
            sweep(hierarchy.folder)
        return candidate, ""
    return (), reason


def _candidates() -> Iterator[tuple[Hierarchy, ...]]:
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    own = Path("/proc/self/cgroup").read_text(encoding="utf-8")
    places = places_of(mounts, own)
    if "" in places:
        # A group with processes has no groups with bounds below it (cgroups(7), "no internal
        # processes"), so ours goes beside that of the grader, or below the root.
        mine, root = places[""]
        for above in dict.fromkeys((mine.parent if mine != root else root, root)):
            yield (_version_2(above),)
    if "memory" in places and "pids" in places:
        yield (_memory(places["memory"][0]), _pids(places["pids"][0]))


def places_of(mounts: str, own: str) -> dict[str, tuple[Path, Path]]:
    """By controller, "" for version 2: the folder of this process's group, and that of the root."""
    groups: dict[str, str] = {}
    for line in own.splitlines():
        _, controllers, path = line.split(":", 2)
        groups.update(dict.fromkeys(controllers.split(","), path))
    places: dict[str, tuple[Path, Path]] = {}
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        _, _, _, top, point, *_ = before.split()
        kind, _, options = after.split()[:3]
        names = {"cgroup2": [""], "cgroup": options.split(",")}.get(kind, [])
        for controller in set(names) & groups.keys():
            group = Path(groups[controller])
            if group.is_relative_to(top):  # a container may be shown its own part alone
                places[controller] = (Path(point) / group.relative_to(top), Path(point))
    return places


def _memory(folder: Path) -> Hierarchy:
    return Hierarchy(
        folder,
        # For a thread that moves itself the kernel stops nobody; for `cgroup.procs` it waits until
        # no process is being forked anywhere: 0.04 ms against 9 (measured).
        "tasks",
        (("memory.limit_in_bytes", MEMORY),),
        (("memory.memsw.limit_in_bytes", MEMORY), ("memory.swappiness", 0)),
        "memory.oom_control",
    )


def _pids(folder: Path) -> Hierarchy:
    return Hierarchy(folder, "tasks", (("pids.max", PROCESSES),))


def _version_2(folder: Path) -> Hierarchy:
    return Hierarchy(
        folder,
        "cgroup.procs",
        (("memory.max", MEMORY), ("pids.max", PROCESSES)),
        (("memory.swap.max", 0), ("memory.oom.group", 1)),
        "memory.events",
    )


def sweep(above: Path) -> None:
    """Remove the groups there that nobody holds any more."""
    for folder in above.glob(f"{PREFIX}*"):
        try:
            lock = _locked(folder)
        except OSError:
            continue  # somebody's, or removed meanwhile
        _remove(folder)
        os.close(lock)


def _remove(folder: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            folder.rmdir()
            return
        except OSError as error:
            if error.errno != errno.EBUSY or time.monotonic() > end:
                return  # gone already, or not ours to remove
        _end_all_in(folder)
        time.sleep(PAUSE)


def _end_all_in(folder: Path) -> None:
    with suppress(OSError):
        for word in (folder / "cgroup.procs").read_text(encoding="ascii").split():
            if int(word) > 0:  # 0: a process of another PID namespace, which cannot be reached
                with suppress(ProcessLookupError):
                    os.kill(int(word), signal.SIGKILL)


def _locked(folder: Path) -> int:
    """A descriptor that holds the folder; BlockingIOError where somebody else holds it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _world() -> int:
    """Of the PID namespace: who looks for what a container left finds that alone."""
    return os.stat("/proc/self/ns/pid").st_ino


def _write(path: Path, value: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, str(value).encode("ascii"))
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        os.close(descriptor)
