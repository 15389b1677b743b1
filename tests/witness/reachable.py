"""Where other users find what is built: a checkout may lie in a home that is closed to them.

root runs witness and the small programs as other users. What they run lies in a folder that
everybody may enter, a copy of what is in build/; an ordinary user runs all as itself, from build/.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from pathlib import Path

BUILD = Path(__file__).resolve().parents[2] / "build"


@functools.cache
def place() -> Path:
    """The folder, the same as long as this process lives."""
    if os.geteuid() != 0:
        return BUILD
    folder = Path(tempfile.mkdtemp(prefix="kit-built-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def fill() -> None:
    """To be called when all is built, and before anything runs."""
    if place() == BUILD:
        return
    for witness in ("witness", "witness-asan"):
        if (BUILD / witness).is_file():
            shutil.copy(BUILD / witness, place())
    if (BUILD / "programs").is_dir():
        shutil.copytree(BUILD / "programs", place() / "programs", dirs_exist_ok=True)
