"""A submission is read once, and nothing about it is trusted."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.base.exercise import Exercise
from grader.grading.intake import (
    ENTRIES_LIMIT,
    SOURCE_LIMIT,
    BadInput,
    Intake,
    open_submission,
    read_exercise,
)

TALLY = Exercise("6-tally", "tally", "tally.c", "tally")
CODE = "int main(void) { return 0; }\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "6-tally").mkdir()
    (tmp_path / "6-tally" / "tally.c").write_text(CODE)
    return tmp_path / "6-tally"


def read(folder: Path) -> Intake:
    descriptor = open_submission(str(folder.parent), [TALLY])
    try:
        return read_exercise(descriptor, TALLY)
    finally:
        os.close(descriptor)


def replaced(folder: Path) -> Path:
    """The name of the exercise's file, which is no more."""
    (folder / "tally.c").unlink()
    return folder / "tally.c"


def test_the_own_file_and_other_sources_beside_it_are_read(folder: Path) -> None:
    (folder / "slots.c").write_text("int slots;\n")
    (folder / "slots.h").write_text("extern int slots;\n")
    taken = read(folder)
    assert taken.sources.keys() == {"tally.c", "slots.c", "slots.h"}
    assert taken.trouble == "" and taken.notes == ()


def test_given_files_are_the_kits_and_are_not_read(folder: Path) -> None:
    for name in ("Makefile", "segment.h", "test_segment.c"):
        (folder / name).write_text("#error\n")
    assert read(folder).sources.keys() == {"tally.c"}
    assert read(folder).notes == ()


@pytest.mark.parametrize("name", ["stdio.h", "pthread.h", "stddef.h"])
def test_a_header_with_a_name_of_the_systems_does_not_take_part(folder: Path, name: str) -> None:
    (folder / name).write_text("#error\n")
    assert read(folder).sources.keys() == {"tally.c"}
    assert "system header" in read(folder).notes[0]


@pytest.mark.parametrize("name", ["notes.txt", "a b\nc.c", "-o.c", "\x1b[2J.c", "tally.o", ".c"])
def test_other_files_are_named_and_ignored(folder: Path, name: str) -> None:
    (folder / name).write_text("int x;\n")
    taken = read(folder)
    assert taken.sources.keys() == {"tally.c"}
    assert len(taken.notes) == 1 and taken.notes[0].isprintable()


def test_a_name_that_is_not_utf_8_is_named_and_ignored(folder: Path) -> None:
    (Path(os.fsdecode(os.fsencode(folder) + b"/\xff.c"))).write_text("int x;\n")
    assert "isn't printable" in read(folder).notes[0]


def test_spaces_in_a_name_are_fine(folder: Path) -> None:
    (folder / "my slots.c").write_text("int slots;\n")
    assert "my slots.c" in read(folder).sources


def test_a_missing_file_is_told(folder: Path) -> None:
    replaced(folder)
    assert read(folder).trouble == "6-tally/tally.c is missing"


def test_a_file_of_nearly_the_name_is_pointed_at(folder: Path) -> None:
    replaced(folder)
    (folder / "Tally.c").write_text(CODE)
    assert "there is Tally.c: rename it" in read(folder).trouble


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "6-tally").mkdir()
    descriptor = open_submission(str(tmp_path), [TALLY])
    (tmp_path / "6-tally").rmdir()
    assert "there is no folder 6-tally" in read_exercise(descriptor, TALLY).trouble
    os.close(descriptor)


def test_a_symbolic_link_is_not_followed(folder: Path) -> None:
    replaced(folder).symlink_to("/etc/passwd")
    taken = read(folder)
    assert "symbolic link" in taken.trouble and taken.own is None


def test_a_folder_that_is_a_link_is_not_followed(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to("elsewhere")
    assert "symbolic link" in read(folder).trouble


def test_a_fifo_does_not_stop_the_grader(folder: Path) -> None:
    os.mkfifo(replaced(folder))
    os.mkfifo(folder / "more.c")
    taken = read(folder)
    assert "FIFO" in taken.trouble and "FIFO" in taken.notes[0]


def test_a_socket_and_a_folder_are_no_sources(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced(folder).mkdir()
    monkeypatch.chdir(folder)  # the path of a socket may have 108 letters only
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("s.c")
        taken = read(folder)
    assert "folder" in taken.trouble and "socket" in taken.notes[0]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes device nodes")
def test_a_device_is_not_read(folder: Path) -> None:
    try:
        os.mknod(replaced(folder), 0o20666, os.makedev(1, 5))  # /dev/zero
    except PermissionError:
        pytest.skip("this container allows no device nodes")
    assert "device" in read(folder).trouble


def test_a_file_of_100_megabytes_is_told_with_its_size(folder: Path) -> None:
    with open(folder / "tally.c", "wb") as file:
        file.truncate(100 * 1024 * 1024)
    assert "100 MB" in read(folder).trouble


def test_a_file_of_the_largest_size_is_read(folder: Path) -> None:
    (folder / "tally.c").write_text(CODE + "/" * (SOURCE_LIMIT - len(CODE)))
    assert read(folder).trouble == ""
    (folder / "tally.c").write_text(CODE + "/" * (SOURCE_LIMIT + 1 - len(CODE)))
    assert read(folder).trouble != ""


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_utf_16_is_told(folder: Path, encoding: str) -> None:
    (folder / "tally.c").write_text(CODE, encoding=encoding)
    assert "tally.c" in read(folder).trouble
    assert ("UTF-16" in read(folder).trouble) == (encoding == "utf-16")


def test_binary_junk_is_told(folder: Path) -> None:
    (folder / "tally.c").write_bytes(bytes(range(256)) * 8)
    assert "a text file" in read(folder).trouble


def test_an_empty_file_is_told(folder: Path) -> None:
    (folder / "tally.c").write_text("\n")
    assert "is empty" in read(folder).trouble


def test_windows_line_ends_are_read(folder: Path) -> None:
    (folder / "tally.c").write_bytes(CODE.replace("\n", "\r\n").encode())
    assert read(folder).trouble == "" and read(folder).sources["tally.c"] == CODE


def test_a_folder_with_very_many_files_is_read_in_part(folder: Path) -> None:
    for number in range(ENTRIES_LIMIT + 10):
        (folder / f"{number}.txt").touch()
    assert any("more than" in note for note in read(folder).notes)


def test_what_takes_part_decides_the_fingerprint(folder: Path) -> None:
    before = read(folder).content
    (folder / "notes.txt").write_text("nothing")
    assert read(folder).content == before
    (folder / "slots.h").write_text("int x;")
    assert read(folder).content != before


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "somewhere"


def refused(path: Path | str) -> str:
    with pytest.raises(BadInput) as caught:
        open_submission(str(path), [TALLY])
    return str(caught.value)


def test_no_such_submission(elsewhere: Path) -> None:
    assert refused(elsewhere).startswith("there is no folder")


def test_a_file_instead_of_a_folder(elsewhere: Path) -> None:
    elsewhere.write_text("")
    assert "is a file" in refused(elsewhere)


def test_an_empty_folder(elsewhere: Path) -> None:
    elsewhere.mkdir()
    assert "is empty" in refused(elsewhere)


def test_a_folder_without_exercises(elsewhere: Path) -> None:
    elsewhere.mkdir()
    (elsewhere / "homework.c").touch()
    assert "expected 6-tally/tally.c" in refused(elsewhere)


def test_the_folder_above_the_submission_is_pointed_down(elsewhere: Path) -> None:
    (elsewhere / "starter" / "6-tally").mkdir(parents=True)
    assert f"{elsewhere}/starter" in refused(elsewhere)


def test_the_folder_of_one_exercise_is_pointed_up(folder: Path) -> None:
    assert "name the folder above" in refused(folder)


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    assert "cannot read" in refused("a\0b")
    assert "cannot read" in refused("x" * 5000)
