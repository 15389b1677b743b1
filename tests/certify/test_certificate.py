"""The certificate's table, and where it goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.certify.__main__ import PAGE
from tests.certify.certificate import Certificate, Row, runs_told, write

EXAMPLE = "before\n<!-- certificate grades runs=10 -->\nold\n<!-- /certificate -->\nafter\n"


def certificate() -> Certificate:
    rows = {"all": Row("grades"), "some": Row("of these with valgrind")}
    for wrong in ("", "solution, seed 3: removes"):
        rows["all"].add(wrong)
    rows["some"].add("")
    return Certificate("grades", "make certify RUNS=2", rows)


def test_each_row_tells_runs_and_differences() -> None:
    table = certificate().table("2026-01-31", "2 cores")
    assert "| grades | 2 | 1 |" in table
    assert "| of these with valgrind | 1 | 0 |" in table
    assert table.startswith("`make certify RUNS=2`, 2026-01-31, 2 cores:")
    assert certificate().differences == ["solution, seed 3: removes"]


@pytest.mark.parametrize("runs, written", [(9, False), (10, True), (11, True)])
def test_a_weaker_certificate_does_not_replace_a_stronger(
    tmp_path: Path, runs: int, written: bool
) -> None:
    page = tmp_path / "page.md"
    page.write_text(EXAMPLE)
    assert write(page, certificate(), runs, "new") == written
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("after\n")
    assert ("new" in text, "old" in text) == (written, not written)
    assert runs_told(text, "grades") == (runs if written else 10)


def test_without_a_place_nothing_is_written(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("no place\n")
    assert not write(page, certificate(), 100, "new")
    assert page.read_text() == "no place\n"


@pytest.mark.parametrize("name", ["grades", "corpus"])
def test_the_page_has_a_place_for_both(name: str) -> None:
    assert runs_told(PAGE.read_text(encoding="utf-8"), name) >= 0
