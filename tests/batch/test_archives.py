"""Archives and folders as students make them, and as nobody should: what is read, what is told."""

from __future__ import annotations

import io
import os
import stat
import tarfile
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest

from grader.batch.bundle import Bundle, digest_of, pack, unpack
from grader.batch.imports.archives import UNPACKED_LIMIT
from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import Listing, file_on_disk, folder_listing
from grader.batch.imports.reading import read_submission
from grader.grading.catalogue import catalogue
from tests.batch.downloads import lay, tarred, zipped

EXERCISES = [entry.exercise for entry in catalogue()]
FORK, SHARING = "1-fork-wait/fork_wait.c", "2-sharing/sharing.c"
CODE = b"int one;\n"


def read(files: dict[str, bytes], tmp_path: Path) -> Bundle:
    folder = lay(tmp_path / "handed-in", files)
    return read_folder(folder, tmp_path)


def read_folder(folder: Path, tmp_path: Path) -> Bundle:
    def listing() -> Listing:
        return folder_listing(folder)

    return read_submission(Arrived(Claim("x"), "x", listing, folder), EXERCISES, tmp_path)


def read_archive(name: str, data: bytes, tmp_path: Path) -> Bundle:
    (tmp_path / name).write_bytes(data)

    def listing() -> Listing:
        return Listing((file_on_disk(tmp_path / name),))

    return read_submission(Arrived(Claim("x"), "x", listing), EXERCISES, tmp_path)


def owned(bundle: Bundle) -> dict[str, bytes]:
    return {i.exercise: i.own.data for i in bundle.intakes if i.own is not None}


def told(bundle: Bundle, words: str) -> bool:
    everything = [*bundle.notes, *(note for intake in bundle.intakes for note in intake.notes)]
    everything += [intake.trouble for intake in bundle.intakes]
    return any(words in note for note in everything)


# ---- how students wrap what they hand in


def test_a_submission_as_it_is_meant_is_read_without_a_word(tmp_path: Path) -> None:
    bundle = read({FORK: CODE}, tmp_path)
    assert owned(bundle) == {"1-fork-wait": CODE} and bundle.notes == ()


@pytest.mark.parametrize("above", ["sharing-is-caring", "a/b/c d", "Ümläut"])
def test_a_submission_in_a_sub_folder_is_found_and_told(tmp_path: Path, above: str) -> None:
    bundle = read({f"{above}/{FORK}": CODE, f"{above}/{SHARING}": CODE}, tmp_path)
    assert [*owned(bundle)] == ["1-fork-wait", "2-sharing"]
    assert told(bundle, f"found in the sub-folder {above}")


def test_one_file_alone_is_enough(tmp_path: Path) -> None:
    bundle = read({"fork_wait.c": CODE}, tmp_path)
    assert owned(bundle) == {"1-fork-wait": CODE}
    assert told(bundle, "lies outside of a folder 1-fork-wait")


def test_six_loose_files_are_six_exercises(tmp_path: Path) -> None:
    bundle = read({exercise.source: CODE for exercise in EXERCISES}, tmp_path)
    assert [*owned(bundle)] == [exercise.id for exercise in EXERCISES]


def test_a_missing_exercise_costs_itself_and_is_named(tmp_path: Path) -> None:
    bundle = read({FORK: CODE}, tmp_path)
    assert told(bundle, "2-sharing/sharing.c is missing")


def test_system_files_are_left_aside(tmp_path: Path) -> None:
    files = {
        f"x/{FORK}": CODE,
        "__MACOSX/x/1-fork-wait/._fork_wait.c": b"\0\5",
        "x/.DS_Store": b"",
        "x/2-sharing/._sharing.c": b"\0\5",
    }
    bundle = read(files, tmp_path)
    assert owned(bundle) == {"1-fork-wait": CODE}
    assert told(bundle, "3 files of an operating system")


def test_a_helper_beside_one_loose_file_belongs_to_it(tmp_path: Path) -> None:
    bundle = read({"fork_wait.c": CODE, "helper.c": CODE, "helper.h": CODE}, tmp_path)
    (intake,) = [i for i in bundle.intakes if i.own]
    assert [extra.name for extra in intake.extras] == ["helper.c", "helper.h"]


def test_files_that_belong_nowhere_are_named(tmp_path: Path) -> None:
    bundle = read({f"x/{FORK}": CODE, "x/old/try.c": CODE}, tmp_path)
    assert told(bundle, "not used, as no exercise is there: x/old/try.c")


def test_the_newer_of_two_copies_is_taken_and_the_other_named(tmp_path: Path) -> None:
    folder = lay(tmp_path / "h", {f"v1/{FORK}": b"old", f"v2/{FORK}": b"new"})
    os.utime(folder / "v1" / FORK, (1, 1))
    bundle = read_folder(folder, tmp_path)
    assert owned(bundle) == {"1-fork-wait": b"new"}
    assert told(bundle, f"v1/{FORK} is another fork_wait.c: not used")


def test_each_exercise_in_a_zip_of_its_own_is_put_together(tmp_path: Path) -> None:
    files = {"1-fork-wait.zip": zipped({FORK: CODE}), "sharing.zip": zipped({"sharing.c": CODE})}
    assert [*owned(read(files, tmp_path))] == ["1-fork-wait", "2-sharing"]


@pytest.mark.parametrize("name", ["fork_wait-2.c", "fork_wait (1).c", "fork_wait - Copy.c"])
def test_a_numbered_file_is_taken_by_its_name(tmp_path: Path, name: str) -> None:
    bundle = read({name: CODE}, tmp_path)
    assert owned(bundle) == {"1-fork-wait": CODE}
    assert told(bundle, f"{name} is taken as fork_wait.c")


@pytest.mark.parametrize("folder", ["1_fork_wait", "1-Fork-Wait", "1 fork wait"])
def test_a_folder_that_is_nearly_named_right_is_taken(tmp_path: Path, folder: str) -> None:
    bundle = read({f"{folder}/fork_wait.c": CODE}, tmp_path)
    assert owned(bundle) == {"1-fork-wait": CODE}
    assert told(bundle, f"the folder {folder} is taken as 1-fork-wait")


def test_nothing_at_all_is_told(tmp_path: Path) -> None:
    (tmp_path / "handed-in").mkdir()
    bundle = read({}, tmp_path)
    assert bundle.nothing_to_grade and told(bundle, "it is empty")


def test_only_a_report_in_pdf_is_told(tmp_path: Path) -> None:
    bundle = read({"report.pdf": b"%PDF-1.7"}, tmp_path)
    assert bundle.nothing_to_grade and told(bundle, "there is no exercise in it")


# ---- archives of all kinds


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("work.zip", zipped({f"w/{FORK}": CODE})),
        ("work.tar", tarred({f"w/{FORK}": CODE}, "w")),
        ("work.tar.gz", tarred({f"w/{FORK}": CODE})),
        ("work.tbz2", tarred({f"w/{FORK}": CODE}, "w:bz2")),
        ("work.tar.xz", tarred({f"w/{FORK}": CODE}, "w:xz")),
        ("wrong.zip", tarred({f"w/{FORK}": CODE})),
        ("wrong.tar", zipped({f"w/{FORK}": CODE})),
        ("noextension", zipped({f"w/{FORK}": CODE})),
        ("nested.zip", zipped({"inner.zip": zipped({FORK: CODE})})),
        ("windows.zip", zipped({FORK.replace("/", "\\"): CODE})),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_archive_is_known_by_what_it_holds(tmp_path: Path, name: str, data: bytes) -> None:
    assert owned(read_archive(name, data, tmp_path)) == {"1-fork-wait": CODE}


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("x.zip", zipped({FORK: CODE})[:-30], "damaged zip"),
        ("x.zip", b"hello", "no archive"),
        ("x.zip", b"", "empty"),
        ("x.tar.gz", tarred({FORK: CODE * 1000})[:-20], "cut off"),
        ("x.tar.gz", b"\x1f\x8b\x08rubbish", "gzip"),
        ("x.rar", b"Rar!\x1a\x07\x00", "RAR archive: hand in a zip"),
        ("x.7z", b"7z\xbc\xaf\x27\x1c", "7-Zip archive: hand in a zip"),
        ("x.zip", zipped({"a.zip": zipped({"b.zip": zipped({FORK: CODE})})}), "in an archive"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    bundle = read_archive(name, data, tmp_path)
    assert bundle.nothing_to_grade and told(bundle, why), bundle.notes


def test_an_encrypted_zip_is_told(tmp_path: Path) -> None:
    data = bytearray(zipped({FORK: CODE}))
    data[6] |= 1
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    bundle = read_archive("x.zip", bytes(data), tmp_path)
    assert bundle.nothing_to_grade and told(bundle, "it is encrypted")


def test_a_file_that_is_damaged_inside_a_zip_costs_itself(tmp_path: Path) -> None:
    data = bytearray(zipped({FORK: CODE * 50, SHARING: CODE}, compression=zipfile.ZIP_STORED))
    data[data.index(CODE) + 3] ^= 0xFF
    bundle = read_archive("x.zip", bytes(data), tmp_path)
    assert [*owned(bundle)] == ["2-sharing"] and told(bundle, "damaged in the archive")


# ---- archives that attack


@pytest.mark.parametrize(
    "path",
    ["../1-fork-wait/fork_wait.c", "/1-fork-wait/fork_wait.c", "C:\\1-fork-wait\\fork_wait.c"],
)
@pytest.mark.parametrize("make", [zipped, tarred])
def test_no_path_leads_out(tmp_path: Path, path: str, make: object) -> None:
    assert callable(make)
    inside = tmp_path / "in"
    inside.mkdir()
    before = {file for file in tmp_path.rglob("*")}
    bundle = read_archive("in/x.zip", make({path: CODE, FORK: b"mine"}), tmp_path)
    assert owned(bundle) == {"1-fork-wait": b"mine"}
    assert {*tmp_path.rglob("*")} - before == {tmp_path / "in" / "x.zip"}


def test_a_link_in_a_zip_is_not_followed(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo(FORK)
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    bundle = read_archive("x.zip", stream.getvalue(), tmp_path)
    assert bundle.nothing_to_grade and told(bundle, "symbolic link")


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)
def test_links_and_devices_in_a_tar_are_not_made(tmp_path: Path, kind: bytes) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        info = tarfile.TarInfo(FORK)
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
    bundle = read_archive("x.tar", stream.getvalue(), tmp_path)
    assert bundle.nothing_to_grade and told(bundle, "is not read")


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "handed-in"
    (folder / "x" / "1-fork-wait").mkdir(parents=True)
    (folder / "x" / FORK).symlink_to("/etc/passwd")
    (folder / "everything").symlink_to("/")
    bundle = read_folder(folder, tmp_path)
    assert bundle.nothing_to_grade and told(bundle, "symbolic link: not followed")


def test_a_bomb_in_a_zip_is_not_unpacked(tmp_path: Path) -> None:
    data = zipped({FORK: bytes(200_000_000), "2-sharing/big.bin": bytes(200_000_000)})
    assert len(data) < 1_000_000
    tracemalloc.start()
    bundle = read_archive("x.zip", data, tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000
    assert bundle.nothing_to_grade and told(bundle, "the limit is")


def test_a_bomb_around_a_tar_is_not_unpacked(tmp_path: Path) -> None:
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = bytes(1 << 20)
    data = b"".join(compressor.compress(piece) for _ in range(UNPACKED_LIMIT // len(piece) + 2))
    bundle = read_archive("x.tar.gz", data + compressor.flush(), tmp_path)
    assert bundle.nothing_to_grade and told(bundle, "unpacks to more than")


def test_a_zip_of_very_many_files_is_refused_before_it_is_read(tmp_path: Path) -> None:
    data = zipped({f"{number}": b"" for number in range(21_000)}, compression=zipfile.ZIP_STORED)
    bundle = read_archive("x.zip", data, tmp_path)
    assert bundle.nothing_to_grade and told(bundle, "more than 20000 files")


@pytest.mark.parametrize(
    "name", ["a\nb.c", "\x1b[2J.c", "-o.c", "x" * 300 + ".c", "‮c.c", "a\x00b.c", "%s%n.c"]
)
def test_absurd_names_do_no_harm(tmp_path: Path, name: str) -> None:
    data = zipped({f"1-fork-wait/{name}": CODE, FORK: CODE, f"{name}/{SHARING}": CODE})
    bundle = read_archive("x.zip", data, tmp_path)
    assert owned(bundle)["1-fork-wait"] == CODE
    assert all(letter.isprintable() for note in bundle.notes for letter in note)


def test_names_in_utf8_without_the_mark_are_read(tmp_path: Path) -> None:
    """As macOS writes them."""
    data = bytearray(zipped({f"Übung/{FORK}": CODE}))
    data[7] &= ~0x08
    central = data.index(b"PK\x01\x02")
    data[central + 9] &= ~0x08
    assert told(read_archive("x.zip", bytes(data), tmp_path), "sub-folder x.zip/Übung")


def test_deep_folders_end_somewhere(tmp_path: Path) -> None:
    data = zipped({"d/" * 400 + FORK: CODE})
    assert owned(read_archive("x.zip", data, tmp_path)) == {"1-fork-wait": CODE}


def test_a_file_that_is_also_a_folder_is_no_trouble(tmp_path: Path) -> None:
    data = zipped({"1-fork-wait": b"file", FORK: CODE, f"{FORK}/more.c": CODE})
    assert owned(read_archive("x.zip", data, tmp_path))["1-fork-wait"] == CODE


# ---- bundles


def test_a_bundle_comes_back_as_it_was(tmp_path: Path) -> None:
    bundle = read(
        {FORK: b"\xff\xfe int", "1-fork-wait/x.h": b"", "2-sharing/\udcffy.c": b""}, tmp_path
    )
    again = unpack(pack(bundle))
    assert again == bundle and digest_of(again) == digest_of(bundle)


@pytest.mark.parametrize("data", [b"", b"x", zlib.compress(b"{}"), zlib.compress(b"[1")], ids=len)
def test_bytes_that_are_no_bundle_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        unpack(data)


def test_any_changed_byte_changes_the_fingerprint(tmp_path: Path) -> None:
    one = read({FORK: b"int a;"}, tmp_path / "1")
    other = read({FORK: b"int b;"}, tmp_path / "2")
    assert digest_of(one) != digest_of(other)
