"""What this machine must have: packages of the distribution, and the witness."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from grader import sandbox
from grader.kit import KIT
from grader.sandbox import Unavailable

WITNESS = KIT / "build" / "witness"

# What is needed, and the package of Debian 12 and Ubuntu 24.04 that brings it.
COMMANDS = {"gcc": "gcc libc6-dev", "bwrap": "bubblewrap", "valgrind": "valgrind"}
MODULES = {"pytest": "python3-pytest", "rich": "python3-rich", "jinja2": "python3-jinja2"}


def check_machine(isolation: str | None) -> None:
    """Raise Unavailable where something is missing, with the command that mends it."""
    missing = [
        command
        for command in COMMANDS
        if shutil.which(command, path="/usr/bin:/bin") is None
        and not (command == "bwrap" and isolation in (sandbox.USER, sandbox.PLAIN))
    ]
    packages = [COMMANDS[command] for command in missing]
    for module, package in MODULES.items():
        if importlib.util.find_spec(module) is None:
            missing.append(module)
            packages.append(package)
    if missing:
        sudo = "" if os.geteuid() == 0 else "sudo "
        raise Unavailable(
            f"{', '.join(missing)} missing: {sudo}apt-get install {' '.join(packages)}"
        )


def witness_file() -> Path:
    """build/witness, built where it is missing or older than its sources."""
    if not os.access(WITNESS, os.X_OK) or (_is_old() and os.access(WITNESS.parent, os.W_OK)):
        if shutil.which("make") is None:
            raise Unavailable(
                f"{_shown(WITNESS)} is missing, and make to build it: apt-get install make"
            )
        done = subprocess.run(
            ["make", "-s", "-C", str(KIT), "witness"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        if done.returncode != 0 or not os.access(WITNESS, os.X_OK):
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            reason = said[-1] if said else "make says nothing"
            raise Unavailable(f"{_shown(WITNESS)} cannot be built (make witness): {reason}")
    return WITNESS


def _is_old() -> bool:
    built = WITNESS.stat().st_mtime_ns
    sources = (KIT / "grader" / "witness").glob("*.[ch]")
    return any(source.stat().st_mtime_ns > built for source in sources)


def _shown(path: Path) -> str:
    return os.path.relpath(path, KIT)
