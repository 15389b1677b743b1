"""One machine of one user: a root unpacked, entered with namespaces of its own, walked, removed."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.machines import dockerfile
from tests.machines.table import Cell, Machine, completed, parse_results

HERE = Path(__file__).resolve().parent
KIT = HERE.parents[1]
NAMESPACES = ("--mount", "--pid", "--ipc", "--uts", "--propagation", "private")
LIVE = "live-"


def walk(
    machine: Machine, tar: Path, build: Path, steps: Sequence[str], whole: bool
) -> dict[str, Cell]:
    """What each step came to; the logs stand in a folder of the machine's own."""
    logs = build / machine.name
    shutil.rmtree(logs, ignore_errors=True)
    live = Path(tempfile.mkdtemp(prefix=f"{LIVE}{os.getpid()}-", dir=build))
    try:
        _prepare(live, tar)
        status = _enter(live, machine, build, steps, whole)
        _keep(live, logs)
    except BaseException:
        _keep(live, logs)
        raise
    finally:
        shutil.rmtree(live)
    results = logs / "results.tsv"
    text = results.read_text(encoding="utf-8") if results.is_file() else ""
    return completed(parse_results(text), steps, status)


def _prepare(live: Path, tar: Path) -> None:
    """The root as a reader gets it, with the last commit in it."""
    live.chmod(0o755)
    subprocess.run(["tar", "-C", live, "-xf", tar, "--exclude=./dev/*"], check=True)
    shutil.copyfile("/etc/resolv.conf", live / "etc/resolv.conf")
    (live / "etc/hosts").write_text("127.0.0.1 localhost machine\n::1 localhost\n")
    srv = live / "srv"
    shutil.copy(HERE / "inside", srv / "inside")
    run = dockerfile.commands(dockerfile.FILE.read_text(encoding="utf-8"))
    (srv / "dockerfile-run").write_text("\n".join(run) + "\n")
    bundle = str(srv / "kit.bundle")
    subprocess.run(
        ["git", "-C", str(KIT), "bundle", "create", "--quiet", bundle, "HEAD"], check=True
    )


def _enter(live: Path, machine: Machine, build: Path, steps: Sequence[str], whole: bool) -> int:
    """Walks inside. All that runs there ends with its first process, and that one with this one."""
    archives = build / "archives" / machine.release  # downloads alone are shared, to be kind
    (archives / "partial").mkdir(parents=True, exist_ok=True)
    command = ["setpriv", "--pdeathsig", "KILL", "unshare", *NAMESPACES, "--kill-child=KILL"]
    command += [str(HERE / "enter"), str(live), "machine", "/srv/inside", machine.user, *steps]
    environment = os.environ | {"ARCHIVES": str(archives), "WHOLE": "1" if whole else ""}
    with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL) as process:
        try:
            return process.wait()
        except BaseException:
            _end(process.pid)
            raise


def _end(pid: int) -> None:
    """Kills who waits for a machine's first process, and that one with it; the kernel says that it
    has ended when everyone in the machine has, and nothing writes there any more.
    """
    with suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        first = [os.pidfd_open(int(child)) for child in children.split()]
        os.kill(pid, signal.SIGKILL)
        for descriptor in first:
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            select.select([descriptor], [], [])
            os.close(descriptor)


def _keep(live: Path, logs: Path) -> None:
    """What the walk wrote, without the submission that it spoilt."""
    homes = [live / "root", *(live / "home").glob("*")]
    for home in homes:
        if (home / "kit/build/walk").is_dir():
            ignored = shutil.ignore_patterns("no-semicolon")
            shutil.copytree(home / "kit/build/walk", logs, ignore=ignored, dirs_exist_ok=True)


def sweep(build: Path) -> None:
    """Removes what this run left, and what runs left that were killed."""
    for left in build.glob(f"{LIVE}*"):
        pid = left.name.removeprefix(LIVE).partition("-")[0]
        if int(pid) == os.getpid() or not Path("/proc", pid).exists():
            shutil.rmtree(left)
