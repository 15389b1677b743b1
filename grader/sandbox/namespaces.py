"""The level `namespaces`: bubblewrap around the compiler, the student's programs and valgrind.

Inside: the system's programs read-only, an own /proc with a read-only /proc/sys, a few devices,
sized tmpfs, no network, no other process, no capability. Nothing is laid on the host's disk: files
go in through descriptors of memory, results come out through pipes, so a run that is ended at any
moment leaves nothing.
"""

import os
import select
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path

from grader.base import signals
from grader.sandbox.files import HOME, MEGABYTE, Held, Placed
from grader.sandbox.job import Job, Unavailable
from grader.sandbox.starting import started

TMP_SIZE = 64 * MEGABYTE
OWN_UIDS = 900_000_000  # where root finds a uid that is nobody else's; see user_namespaces(7)
NOBODY = 65534
PATIENCE_MS = 5000
SYSTEM = "/usr/"
SYSTEM_FOLDERS = ("bin", "sbin", "lib", "lib32", "lib64", "libexec", "libx32", "include")
# What every system has: ftok(3) wants a path that is there. Empty, as nobody needs to read them.
USUAL_FOLDERS = ("/home", "/root", "/var/tmp", "/opt", "/run", "/srv", "/mnt")
USUAL_FILES = ("/etc/group", "/etc/hosts", "/etc/hostname", "/etc/services", "/etc/fstab")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": HOME, "LANG": "C.UTF-8"}


class _Bubble:
    """A bubblewrap that runs: see job.Running."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None and process.stderr is not None
        self._process = process
        self.out = process.stdout.fileno()
        self.err = process.stderr.fileno()

    def wait(self) -> int:
        return self._process.wait()

    def end(self) -> None:
        if self._process.poll() is None:
            _end_whole(self._process)
        self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()


def _end_whole(process: subprocess.Popen[bytes]) -> None:
    """Kill bubblewrap and the first process inside, and wait until that, and so all, are gone.

    bubblewrap is stopped before, so that it starts nothing while its children are looked up; a
    child that is still being set up does not die with it yet.
    """
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    inside: list[int] = []
    try:
        for pid in children.read_text(encoding="ascii").split():
            inside.append(os.pidfd_open(int(pid)))
    except OSError:
        pass  # it has ended, or the kernel does not list children: then it dies a moment later
    process.kill()
    for descriptor in inside:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        gone = select.poll()
        gone.register(descriptor, select.POLLIN)
        gone.poll(PATIENCE_MS)
        os.close(descriptor)


@cache
def _fixed_arguments() -> tuple[str, ...]:
    """The part of the command line that is the same for all sandboxes."""
    arguments = ["--unshare-all", "--cap-drop", "ALL", "--new-session", "--die-with-parent"]
    arguments += ["--as-pid-1", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        arguments += ["--setenv", name, value]
    for folder in SYSTEM_FOLDERS:
        inside_usr = Path("/usr", folder)
        if inside_usr.is_dir() and not inside_usr.is_symlink():
            arguments += ["--ro-bind", str(inside_usr), str(inside_usr)]
        top = Path("/", folder)
        if top.is_symlink():
            arguments += ["--symlink", os.readlink(top), str(top)]
        elif folder != "include" and top.is_dir():
            arguments += ["--ro-bind", str(top), str(top)]
    arguments += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    arguments += ["--ro-bind-try", "/etc/alternatives", "/etc/alternatives"]
    # A program could else switch on shm_rmid_forced, and what it leaves behind would vanish:
    # proc(5).
    arguments += ["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys", "--dev", "/dev"]
    if "mqueue" in Path("/proc/filesystems").read_text(encoding="ascii").split():
        arguments += ["--mqueue", "/dev/mqueue"]  # what is left there is seen: mq_overview(7)
    for folder in USUAL_FOLDERS:
        arguments += ["--dir", folder]
    for file in USUAL_FILES:
        arguments += ["--symlink", os.devnull, file]
    for folder in ("/tmp", "/dev/shm", HOME):
        arguments += ["--size", str(TMP_SIZE), "--tmpfs", folder]
    return tuple(arguments)


@cache
def users() -> Placed:
    """The one user that there is, so that getpwuid(3) knows who runs the program."""
    uid = own_uid() or os.geteuid()
    line = f"student:x:{uid}:{uid}:student:{HOME}:/bin/sh\n"
    return Placed("/etc/passwd", Held(line.encode("ascii"), "passwd"))


@cache
def own_uid() -> int | None:
    """The unprivileged user that root becomes, or None for a user that is unprivileged already."""
    if os.geteuid() != 0:
        return None
    wanted = OWN_UIDS + os.getpid()
    return wanted if is_mapped(wanted) else NOBODY


def is_mapped(uid: int) -> bool:
    """Does this user exist in the user namespace that the grader is in?"""
    for line in Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines():
        first, _, count = (int(word) for word in line.split())
        if first <= uid < first + count:
            return True
    return False


def begin(
    job: Job, command: Sequence[str], files: Sequence[Placed], folder: str, stdin: Held | None
) -> None:
    """Begin a command in a sandbox of its own that holds these files."""
    handed: list[int] = []
    try:
        arguments = ["bwrap", *_fixed_arguments()]
        for name, value in (job.group.environment if job.group else {}).items():
            arguments += ["--setenv", name, value]
        for placed in files:
            descriptor = placed.content.open()
            handed.append(descriptor)
            # Over a file of the system nothing can be written, but something can be bound.
            how = "--ro-bind-data" if placed.path.startswith(SYSTEM) else "--file"
            arguments += ["--perms", f"{placed.mode:04o}", how, str(descriptor), placed.path]
        arguments += ["--dir", folder, "--chdir", folder]
        arguments += ["--remount-ro", "/dev", "--remount-ro", "/", "--", *command]
        standard_input = stdin.open() if stdin else os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        handed.append(standard_input)
        uid = own_uid()
        # bubblewrap started by root keeps all capabilities: root becomes nobody first.
        who: Mapping[str, object] = (
            {} if uid is None else {"user": uid, "group": uid, "extra_groups": []}
        )
        with signals.held_back():
            bubble: Callable[[], subprocess.Popen[bytes]] = partial(  # type: ignore[assignment]
                subprocess.Popen,
                arguments,
                executable=bubblewrap(),
                stdin=standard_input,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=(*handed[:-1], *(job.group.descriptors if job.group else ())),
                env=ENVIRONMENT,
                cwd="/",
                **who,
            )
            job.running = _Bubble(started(bubble))
    finally:
        for descriptor in handed:
            os.close(descriptor)


@cache
def bubblewrap() -> str:
    found = shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin")
    if found is None:
        raise Unavailable("bwrap is missing: apt-get install bubblewrap")
    return found
