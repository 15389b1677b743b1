"""A small mixed class in every shape; `python3 -m tests.batch.mixed 200` grades large ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.batch.mixed import SHAPES, gradebook, wrong_in


@pytest.mark.parametrize("shape", SHAPES)
def test_a_mixed_class_is_graded_by_one_command(shape: str, tmp_path: Path) -> None:
    """Nine of ten kinds; the tenth is a fork bomb, whose run takes longest."""
    book = gradebook(tmp_path, shape, 9)
    assert wrong_in(book, 9) == []
