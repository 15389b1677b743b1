"""What this machine must have to grade: what needs.txt says, and the witness."""

import os
import shutil
import subprocess
from pathlib import Path

from grader import sandbox
from grader.base.kit import KIT
from grader.sandbox import Unavailable
from grader.setup import needs
from grader.setup.needs import Need

WITNESS = KIT / "build" / "witness"

# The compiler, valgrind and the sandbox are those of the system: nothing else is seen from inside.
PATH = "/usr/bin:/bin"
NOT_FOR_A_GRADE = ("make",)  # builds the witness, and is asked for where that is missing


def missing_to_grade(isolation: str | None = None) -> list[Need]:
    """What a grade cannot do without and this machine has not."""
    without_bwrap = ("bwrap",) if isolation in (sandbox.USER, sandbox.PLAIN) else ()
    return [
        need
        for need in needs.missing("grade", PATH)
        if need.name not in (*NOT_FOR_A_GRADE, *without_bwrap)
    ]


def check_machine(isolation: str | None) -> None:
    """Raise Unavailable where something is missing, with the command that mends it."""
    missing = missing_to_grade(isolation)
    if missing:
        raise Unavailable(f"{needs.names(missing)} missing: {needs.advice(missing)}")


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
