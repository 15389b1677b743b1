"""Files that are not quite what is asked for: taken if that is clear, and explained if not."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import pytest

from grader.batch.imports.archives import open_archive
from grader.batch.imports.arrange import Arrangement, arrange
from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import File, Listing, Unreadable, folder_listing
from grader.batch.imports.reading import read_apart
from grader.grading.catalogue import catalogue
from tests.batch.conftest import lay

EXERCISES = [entry.exercise for entry in catalogue()]
FORK = "1-fork-wait"


def file(path: str, data: bytes = b"int x;\n", when: int = 1) -> File:
    return File(
        path, len(data), datetime(2026, 11, when), lambda limit: io.BytesIO(data).read(limit)
    )


def arranged(*paths: str, only: str = "") -> Arrangement:
    return arrange([file(path) for path in paths], EXERCISES, only)


@pytest.mark.parametrize(
    "name",
    ["fork_wait.c.txt", "FORK_WAIT.C", "Fork_Wait.c", "fork_wait-1.c.txt", "fork_wait.C.TXT"],
)
@pytest.mark.parametrize("folder", ["", f"{FORK}/"])
def test_a_source_by_another_ending_or_in_capitals_is_taken(name: str, folder: str) -> None:
    found = arranged(folder + name)
    assert [*found.exercises[FORK]] == ["fork_wait.c"]
    assert f"{folder}{name} is taken as fork_wait.c" in found.notes


def test_the_plain_name_comes_before_a_copy_of_it_as_text() -> None:
    found = arrange([file("fork_wait.c", when=1), file("fork_wait.c.txt", when=9)], EXERCISES)
    assert found.exercises[FORK]["fork_wait.c"].path == "fork_wait.c"


def test_a_lone_source_is_the_one_exercise_that_is_graded() -> None:
    found = arranged("bob_smith.c", only=FORK)
    assert found.exercises[FORK]["fork_wait.c"].path == "bob_smith.c"
    assert "bob_smith.c is taken as fork_wait.c" in found.notes
    assert not arranged("bob_smith.c").exercises
    assert not arranged("a.c", "b.c", only=FORK).exercises
    assert not arranged("segment.h", only=FORK).exercises


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("ann.docx", "ann.docx is a Word document: hand in the .c files"),
        ("a.out", "a.out is a compiled program: hand in the .c files"),
        ("photo.HEIC", "photo.HEIC is a picture: hand in the .c files"),
        ("notes.md", "notes.md is no .c file"),
    ],
)
def test_what_is_no_program_is_named(name: str, why: str) -> None:
    assert arranged(name).notes == ("there is no exercise in it", why)


@pytest.mark.parametrize(
    ("begin", "kind"),
    [(b"\x28\xb5\x2f\xfd", "Zstandard"), (b"\x04\x22\x4d\x18", "LZ4"), (b"Rar!\x1a\x07", "RAR")],
)
def test_an_archive_that_cannot_be_opened_is_named(begin: bytes, kind: str) -> None:
    with pytest.raises(Unreadable, match=f"it is a {kind} archive: hand in a zip"):
        open_archive(file("bob.tar.zst", begin + bytes(600)))


@pytest.mark.parametrize("name", ["fork_wait.c.txt", "nothing.h"])
def test_a_folder_on_the_disk_is_read_alike_and_says_why_there_is_nothing(
    tmp_path: Path, name: str
) -> None:
    folder = lay(tmp_path / "ann", {f"{FORK}/{name}": "int x;\n"})
    arrived = Arrived(Claim(), "x/ann", lambda: folder_listing(folder), folder)
    (tmp_path / "scratch").mkdir()
    read = read_apart(arrived, EXERCISES, tmp_path / "scratch")
    assert read.nothing_to_grade == (name == "nothing.h")
    assert read.notes != ()


def test_an_empty_submission_says_so() -> None:
    assert arrange(Listing().files, EXERCISES).notes == ("it is empty",)
