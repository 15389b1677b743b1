"""Runs in a container of its own and grades what it is told to: the machine that is attacked.

PID 1 of a PID namespace, with an IPC, network and mount namespace and temporary folders of its own:
what an attack leaves is all that is there afterwards, and nothing reaches the machine outside. The
kit is a copy in which secrets are planted. Requests come as JSON on stdin, one a line.
"""

import ctypes
import fcntl
import json
import os
import resource
import select
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

STAGE = Path("/mnt")  # what attacks know by name: STAGE/kit, STAGE/submissions, STAGE/results
KIT = STAGE / "kit"
ORDINARY = int(os.environ.get("ORDINARY", "0"))  # who grades at level plain
SLOW = float(os.environ.get("SLOW", "1"))  # how many times slower than others this machine is
MOST_PROCESSES = 600  # of that user, the grader's own among them
PUBLIC_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue")
OWN_FILES = ("sharing-is-caring", "witness-")  # the grader's state: locks and lists, not leftovers
PATIENCE = 10.0 * SLOW
SHORT_PATIENCE = 0.5 * SLOW  # where a process is left on purpose
WALL_MS = 4000  # for a run, where nothing else is asked for
PAUSE = 0.01


START: dict[str, list[str]] = {}  # the world before anything was graded


def main() -> None:
    START.update(world())
    sys.path.insert(0, str(KIT))
    import grader.grading.compile
    import grader.grading.catalogue
    import grader.formats.terminal
    import grader.cli.grade
    import grader.grading.time_budget
    import grader.grading.pytest_plugin
    import grader.grading.public_tests
    import grader.sandbox.ladder
    import grader.grading.workers  # noqa: F401  (once, not in each fork)

    # Where the limit itself is not the point, an attack shall not take its time.
    grader.grading.compile.SECONDS = min(grader.grading.compile.SECONDS, round(8 * SLOW))
    public = grader.grading.public_tests
    assert "wall-ms=30000" in public.BUILD_AND_RUN
    public.BUILD_AND_RUN = public.BUILD_AND_RUN.replace(
        "wall-ms=30000", f"wall-ms={min(30000, round(WALL_MS * SLOW))}"
    )
    grader.grading.catalogue.catalogue()
    os.chdir(STAGE)
    answers = os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    for line in sys.stdin:
        answer = json.dumps(answered(json.loads(line))) + "\n"
        data = answer.encode("ascii")
        while data:
            data = data[os.write(answers, data) :]


def answered(request: dict[str, Any]) -> dict[str, Any]:
    """Grade what is asked for, and look at what is left of it."""
    out = STAGE / "results" / request["name"]
    before, began = START if request.get("since_start") else world(), time.monotonic()
    child = os.fork()
    if child == 0:
        spoil() if request["level"] == "spoilt" else grade(request, out)
    killed = request.get("kill_after")
    status = wait_for(child, request["seconds"] if killed is None else killed, killed is not None)
    seconds = time.monotonic() - began
    left = leftovers(before, SHORT_PATIENCE if request["level"] == "spoilt" else PATIENCE)
    if killed is None:  # else that is left to the next start
        end_all()
        mend()
    files = {
        str(path.relative_to(out)): path.read_bytes().decode("latin-1")
        for path in sorted(out.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
    return {"status": status, "seconds": seconds, "left": left, "files": files}


def limit(wall_ms: int) -> None:
    """How long a run may take, and one that follows a run without end: at most what the grader
    itself gives."""
    from grader.grading import time_budget

    wall_ms = min(time_budget.WALL_MS, round(wall_ms * SLOW))
    time_budget.WALL_MS = wall_ms
    time_budget.SHORT[time_budget.WALL] = min(wall_ms, time_budget.SHORT[time_budget.WALL])


def spoil() -> None:
    """Leave one of each, as an attack would that has its way."""
    libc = ctypes.CDLL(None)
    libc.shmget(0, 4096, 0o1600), libc.semget(0, 1, 0o1600), libc.msgget(0, 0o1600)
    Path("/tmp/left").touch()
    for place in group_places():
        with suppress(OSError):  # held, as graders outside sweep what nobody holds
            left = place / f"{own_group()}left"
            left.mkdir()
            fcntl.flock(os.open(left, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
    if os.fork() == 0:
        while True:
            signal.pause()
    os._exit(0)


def mend() -> None:
    """The next attack begins in a clean room, whatever was found in it."""
    libc = ctypes.CDLL(None)
    for table, name, remove in (("shm", "shmid", libc.shmctl), ("msg", "msqid", libc.msgctl)):
        for id_ in _ids(table, name):
            remove(id_, 0, None)
    for id_ in _ids("sem", "semid"):
        libc.semctl(id_, 0, 0)
    for group in groups():
        with suppress(OSError):
            group.rmdir()
    for folder in PUBLIC_FOLDERS:
        with suppress(OSError):
            for entry in os.scandir(folder):
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(OWN_FILES):
                    shutil.rmtree(entry.path)
                elif not entry.name.startswith(OWN_FILES):
                    os.unlink(entry.path)


def _ids(table: str, name: str) -> list[int]:
    lines = Path("/proc/sysvipc", table).read_text(encoding="ascii").splitlines()
    column = lines[0].split().index(name)
    return [int(line.split()[column]) for line in lines[1:]]


def grade(request: dict[str, Any], out: Path) -> None:
    """The real command, in this process; its words go to files beside the report."""
    from grader.cli.grade import main as grade_main

    status = 99
    try:
        out.mkdir(mode=0o700)
        os.close(0)
        os.open(os.devnull, os.O_RDONLY)
        for descriptor, name in ((1, "stdout"), (2, "stderr")):
            file = os.open(out / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(file, descriptor)
            os.close(file)
        os.closerange(3, 1000)
        if request["level"] == "plain" and os.geteuid() == 0:
            for path in (out, *out.iterdir()):
                os.chown(path, ORDINARY, ORDINARY)
            resource.setrlimit(resource.RLIMIT_NPROC, (MOST_PROCESSES, MOST_PROCESSES))
            os.setgroups([])
            os.setresgid(ORDINARY, ORDINARY, ORDINARY)
            os.setresuid(ORDINARY, ORDINARY, ORDINARY)
        if not request.get("valgrind"):  # it takes longer than all the rest
            _leave_valgrind_out()
        limit(request.get("wall_ms", WALL_MS))
        sys.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8")
        sys.stderr = os.fdopen(os.dup(2), "w", encoding="utf-8")
        status = grade_main(
            [
                str(STAGE / "submissions" / request["folder"]),
                *("--out", str(out), "--isolation", request["level"], "--view", "ta"),
                *("--exercise", request["exercise"], "--seed", "5", "--jobs", "1"),
            ]
        )
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _leave_valgrind_out() -> None:
    from grader.cli import grade as single

    original = single.chosen
    single.chosen = lambda entries, wanted: [
        entry.without_valgrind() for entry in original(entries, wanted)
    ]


def wait_for(child: int, seconds: float, kill: bool) -> int | None:
    """Its exit status; None where it had to be ended, and then so is everything.

    To `kill` ends the grader alone: what it started has to end by itself.
    """
    handle = os.pidfd_open(child)

    ended = bool(select.select([handle], [], [], seconds)[0])
    os.close(handle)
    if not ended and kill:
        os.kill(child, signal.SIGKILL)
    elif not ended:
        end_all()
        return None
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def world() -> dict[str, list[str]]:
    """All that a run could leave: processes are looked at apart."""
    found = {"mounts": Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()}
    for table in ("shm", "sem", "msg"):
        found[table] = Path("/proc/sysvipc", table).read_text(encoding="ascii").splitlines()[1:]
    for folder in PUBLIC_FOLDERS:
        with suppress(OSError):
            names = sorted(os.listdir(folder))
            found[folder] = [name for name in names if not name.startswith(OWN_FILES)]
    for folder in sorted(Path("/tmp").glob("sharing-is-caring-*/runs")):
        found[str(folder)] = sorted(os.listdir(folder))
    found["cgroup"] = Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines()
    found["cgroup"] += sorted(str(path) for path in groups())
    return found


def groups() -> list[Path]:
    """The cgroups that were made in this container: a grader outside of it may have others."""
    return [path for folder in group_places() for path in folder.glob(f"{own_group()}*")]


def group_places() -> list[Path]:
    """Where a process of this container would make a cgroup: below its own, or beside it."""
    places: list[Path] = []
    for line in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines():
        _, controllers, path = line.split(":", 2)
        for mounted in (controllers,) if controllers else ("", "unified"):
            top = Path("/sys/fs/cgroup", mounted)
            own = top / path.lstrip("/")
            places += [place for place in (own, own.parent, top) if place.is_relative_to(top)]
    return [place for place in dict.fromkeys(places) if place.is_dir()]


def own_group() -> str:
    return f"sharing-is-caring-{os.stat('/proc/self/ns/pid').st_ino}-"


def leftovers(before: dict[str, list[str]], patience: float) -> list[str]:
    """What is there that was not; processes have a moment to end, as the kernel takes one."""
    end = time.monotonic() + patience
    while (alive := processes()) and time.monotonic() < end:
        time.sleep(PAUSE)
    left = [f"process {pid}: {name}" for pid, name in alive]
    after = world()
    for kind, entries in after.items():
        left += [f"{kind}: {entry}" for entry in entries if entry not in before.get(kind, [])]
    return left


def processes() -> list[tuple[int, str]]:
    """Every process but this one; what has ended is reaped."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            with suppress(OSError):
                name = Path("/proc", entry, "comm").read_text(encoding="utf-8", errors="replace")
                found.append((int(entry), name.strip()))
    return found


def end_all() -> None:
    """PID 1 of a namespace reaches everybody in it with -1, and nobody else."""
    assert os.getpid() == 1
    while processes():
        with suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        time.sleep(PAUSE)


if __name__ == "__main__":
    main()
