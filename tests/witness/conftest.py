"""Builds what the tests run, once, and sees to it that no test leaves a segment on the machine."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.built import build_witness
from tests.witness import reachable

PARTS = ("asan", "programs", "units", "late")


@pytest.fixture(scope="session", autouse=True)
def built() -> None:
    """witness and the small programs."""
    build_witness(*PARTS)
    reachable.fill()


@pytest.fixture(name="open_folder")
def folder_for_all() -> Iterator[Path]:
    """Unlike tmp_path, another user may go in."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder
