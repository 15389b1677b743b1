"""Calls a linter's target of the Makefile."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINTERS = re.findall(r"^(lint-[\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
MAKES = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")


def lint(*arguments: str, folder: Path = ROOT, **more: str) -> tuple[int, str]:
    """The status of make, and all that it said."""
    inherited = {name: text for name, text in os.environ.items() if name not in MAKES}
    done = subprocess.run(
        ["make", "--silent", *arguments],
        cwd=folder,
        env={**inherited, **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout
