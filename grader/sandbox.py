"""The sandbox: bubblewrap around the compiler, the student's programs and valgrind.

Inside: the system's programs read-only, an own /proc with a read-only /proc/sys, a few devices,
sized tmpfs, no network, no other process, no capability. Nothing is laid on the host's disk: files
go in through descriptors of memory, results come out through pipes, so a run that is ended at any
moment leaves nothing.
"""

import os
import select
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType

from grader import interrupts

MEGABYTE = 1024 * 1024
LEVELS = ("namespaces", "user", "plain")

HOME = "/submission"
PROGRAMS = "/program"
WITNESS = "/witness"
TMP_SIZE = 64 * MEGABYTE
OWN_UIDS = 900_000_000  # where root finds a uid that is nobody else's; see user_namespaces(7)
NOBODY = 65534
READ_SIZE = 65536
PATIENCE_MS = 5000
SYSTEM_FOLDERS = ("bin", "sbin", "lib", "lib32", "lib64", "libexec", "libx32", "include")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": HOME, "LANG": "C.UTF-8"}


class Unavailable(Exception):
    """This machine cannot grade: one line that says what is missing and what mends it."""


class Held:
    """Bytes in memory that can be handed to a sandbox as a file, any number of times."""

    def __init__(self, data: bytes, name: str = "file") -> None:
        self.size = len(data)
        self._descriptor = os.memfd_create(name, os.MFD_CLOEXEC)
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]

    def __del__(self) -> None:
        if hasattr(self, "_descriptor"):
            os.close(self._descriptor)

    def open(self) -> int:
        """A new read-only descriptor at the beginning of the bytes; the caller closes it."""
        return os.open(f"/proc/self/fd/{self._descriptor}", os.O_RDONLY | os.O_CLOEXEC)


@dataclass(frozen=True)
class Placed:
    """A file inside the sandbox."""

    path: str
    content: Held
    mode: int = 0o644


@dataclass(frozen=True)
class Ended:
    """How a job ended and what it wrote."""

    status: int  # as subprocess tells it: negative for a signal
    out: bytes
    err: bytes
    late: bool  # ended by the deadline
    flooded: bool  # ended because it wrote more than was allowed


# The sandboxes of this process that may still run: an interruption can come before a caller knows
# of the one that it started.
_RUNNING: set["Job"] = set()


def end_all() -> None:
    """End all sandboxes that this process started."""
    for job in list(_RUNNING):
        job.kill()


class Job:
    """A running sandbox. `finish` waits for it; leaving a `with` block ends it."""

    def __init__(
        self, process: subprocess.Popen[bytes], deadline: float, out_limit: int, err_limit: int
    ) -> None:
        self._process = process
        self._deadline = time.monotonic() + deadline
        self._limits = {"out": out_limit, "err": err_limit}
        self._ended: Ended | None = None

    def finish(self) -> Ended:
        """Read what the job writes until it ends, or end it at its deadline or at its output
        limit.
        """
        if self._ended is None:
            try:
                self._ended = self._read_to_end()
            finally:
                self.kill()
        return self._ended

    def _read_to_end(self) -> Ended:
        kept: dict[str, list[bytes]] = {"out": [], "err": []}
        left = dict(self._limits)
        late = flooded = False
        assert self._process.stdout is not None and self._process.stderr is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ, "out")
            selector.register(self._process.stderr, selectors.EVENT_READ, "err")
            while selector.get_map() and not (late or flooded):
                ready = selector.select(max(0.0, self._deadline - time.monotonic()))
                late = not ready
                for key, _ in ready:
                    data = os.read(key.fd, READ_SIZE)
                    if not data:
                        selector.unregister(key.fileobj)
                    kept[key.data].append(data[: left[key.data]])
                    left[key.data] -= len(data)
                    flooded = flooded or left[key.data] < 0
        if late or flooded:
            _end_whole(self._process)
        status = self._process.wait()
        return Ended(status, b"".join(kept["out"]), b"".join(kept["err"]), late, flooded)

    def kill(self) -> None:
        """End the sandbox and all in it; nothing happens where it has ended."""
        if self._process.poll() is None:
            _end_whole(self._process)
        self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        _RUNNING.discard(self)

    def __enter__(self) -> "Job":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()


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
    for folder in ("/tmp", "/dev/shm", HOME):
        arguments += ["--size", str(TMP_SIZE), "--tmpfs", folder]
    return tuple(arguments)


@cache
def own_uid() -> int | None:
    """The unprivileged user that root becomes, or None for a user that is unprivileged already."""
    if os.geteuid() != 0:
        return None
    wanted = OWN_UIDS + os.getpid()
    for line in Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines():
        first, _, count = (int(word) for word in line.split())
        if first <= wanted < first + count:
            return wanted
    return NOBODY


def start(
    command: Sequence[str],
    files: Sequence[Placed],
    *,
    folder: str = HOME,
    stdin: Held | None = None,
    deadline: float,
    out_limit: int = 64 * MEGABYTE,
    err_limit: int = MEGABYTE,
) -> Job:
    """Begin a command in a sandbox of its own that holds these files."""
    handed: list[int] = []
    try:
        arguments = ["bwrap", *_fixed_arguments()]
        for placed in files:
            descriptor = placed.content.open()
            handed.append(descriptor)
            arguments += ["--perms", f"{placed.mode:04o}", "--file", str(descriptor), placed.path]
        arguments += ["--dir", folder, "--chdir", folder]
        arguments += ["--remount-ro", "/dev", "--remount-ro", "/", "--", *command]
        standard_input = stdin.open() if stdin else os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        handed.append(standard_input)
        uid = own_uid()
        # bubblewrap started by root keeps all capabilities: root becomes nobody first.
        who: Mapping[str, object] = (
            {} if uid is None else {"user": uid, "group": uid, "extra_groups": []}
        )
        with interrupts.held_back():
            process = subprocess.Popen(  # type: ignore[call-overload]
                arguments,
                executable=bubblewrap(),
                stdin=standard_input,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=tuple(handed[:-1]),
                env=ENVIRONMENT,
                cwd="/",
                **who,
            )
            job = Job(process, deadline, out_limit, err_limit)
            _RUNNING.add(job)
    finally:
        for descriptor in handed:
            os.close(descriptor)
    return job


@cache
def bubblewrap() -> str:
    found = shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin")
    if found is None:
        raise Unavailable("bwrap is missing: apt-get install bubblewrap")
    return found


# Runs inside, under the witness: tells what it can do that it must not be able to do.
PROBE = """
import ctypes, os, resource
with open("/proc/self/status") as status:
    caps = [line.split()[1] for line in status if line[:6] in ("CapEff", "CapPrm", "CapBnd")]
found = []
if any(int(cap, 16) for cap in caps):
    found.append("a program in the sandbox has capabilities")
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
segment = libc.shmget(0, 4, 0o1000)
if segment < 0:
    found.append("no segment can be made in the sandbox: " + os.strerror(ctypes.get_errno()))
elif libc.shmat(segment, None, 0) != ctypes.c_void_p(-1).value:
    found.append("a segment of mode 0 can be attached in the sandbox")
libc.shmctl(segment, 0, None)
resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
try:
    if os.fork() == 0:
        os._exit(0)
    found.append("the limit on processes does not hold in the sandbox")
except OSError:
    pass
print("; ".join(found) or "holds")
"""


def start_probe(witness: Held) -> Job:
    """Begin to look whether the sandbox holds and whether programs can be traced in it."""
    command = [WITNESS, "--", "/usr/bin/python3", "-I", "-S", "-c", PROBE]
    return start(command, [Placed(WITNESS, witness, 0o555)], deadline=30.0)


def judge_probe(ended: Ended) -> None:
    """Raise Unavailable where the sandbox does not hold: the level counts only when it was seen
    to.
    """
    said = ended.err.decode("utf-8", "replace").strip().splitlines()
    if ended.status == 3 and said:
        raise Unavailable(said[-1])
    if ended.late:
        raise Unavailable("the sandbox did not answer within 30 s")
    if ended.status != 0:
        reason = said[-1].partition(", likely")[0] if said else f"status {ended.status}"
        raise Unavailable(f"the sandbox cannot be made: {reason}{_advice(reason)}")
    if b'"text":"holds' not in ended.out.replace(b'": "', b'":"'):
        text = ended.out.partition(b'"stdout"')[2][:300].decode("utf-8", "replace")
        raise Unavailable(f"the sandbox does not hold: {text}")


# What forbids namespaces on some systems: the file that says so, its value, and what allows them.
FORBIDDEN = (
    (
        "apparmor_restrict_unprivileged_userns",
        "1",
        "kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    ("unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
)
IN_A_CONTAINER = (
    "in a container: --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
    " --security-opt systempaths=unconfined"
)


def _advice(reason: str) -> str:
    """What to allow, where a refusal is the reason."""
    if "not permitted" not in reason and "ermission" not in reason:
        return ""
    for name, value, allow in FORBIDDEN:
        try:
            if Path("/proc/sys/kernel", name).read_text(encoding="ascii").strip() == value:
                return f" (allow user namespaces: sudo sysctl -w {allow})"
        except OSError:
            continue
    return f" (allow user namespaces; {IN_A_CONTAINER})"
