"""The unit tests of witness's parsers and writer (Criterion), under the sanitizers."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.witness.observed import PATIENCE, ROOT

UNITS = sorted((ROOT / "tests/witness/units").glob("test_*.c"))


@pytest.mark.parametrize("unit", UNITS, ids=[unit.stem for unit in UNITS])
def test_unit(unit: Path) -> None:
    done = subprocess.run(
        [ROOT / "build/units" / unit.stem, "--short-filename"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout
