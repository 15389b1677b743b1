"""Each linter of `make lint` is a test of its own, so that `make test` runs them side by side."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINTERS = re.findall(r"^(lint-[\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("linter", LINTERS)
def test_is_clean(linter: str) -> None:
    done = subprocess.run(
        ["make", "--silent", linter],
        cwd=ROOT,
        env={name: text for name, text in os.environ.items() if name != "MAKEFLAGS"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
