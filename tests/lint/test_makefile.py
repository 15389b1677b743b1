"""What the Makefile hands on to the commands that it runs."""

from __future__ import annotations

import re
import subprocess

from tests.lint.linting import ROOT


def test_what_it_exports_are_variables_with_names() -> None:
    """Python 3.13 starts no program in an environment with another name."""
    command = ["make", "-s", "--eval=environment: ; @env -0", "environment"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    names = [entry.partition("=")[0] for entry in told.decode().split("\0") if entry]
    assert {"SUBMISSION", "OUT", "PYTHON"} <= set(names)
    own = [name for name in names if not name.startswith("BASH_FUNC_")]
    assert [name for name in own if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name)] == []
