"""One submission harms itself alone: whatever it contains ends in its own row, and the class goes
on.
"""

from __future__ import annotations

import io
import lzma
import os
import resource
import struct
import subprocess
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.batch import alike, class_run, outputs
from grader.batch.imports import archives, git, reading
from grader.batch.imports.top import open_top
from grader.batch.lms import read_download
from grader.batch.main import main
from tests.batch.conftest import FAST, NO_WAIT, RIGHT, SOURCE, Call, Called, lay
from tests.batch.downloads import repository, zipped

MEGABYTE = 1024 * 1024
ANN = {SOURCE: RIGHT.encode()}
YEAR_33658 = 999_999_999_999
Make = Callable[[Path], None]


def folder_of_ann(above: Path) -> Path:
    lay(above / "ann", {SOURCE: RIGHT})
    return above


def dated(folder: Path, seconds: int) -> None:
    """Give the repository a commit of that time."""

    def asked(*words: str, said: str = "") -> str:
        done = subprocess.run(
            ["git", "-C", folder, *words], input=said, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    tree = asked("rev-parse", "HEAD^{tree}")
    who = f"s <s@example.org> {seconds} +0000"
    text = f"tree {tree}\nauthor {who}\ncommitter {who}\n\nx\n"
    asked("update-ref", "HEAD", asked("hash-object", "-t", "commit", "-w", "--stdin", said=text))


# ---- what a submission may be


def a_chain_of_long_names(path: Path, kind: bytes) -> None:
    """A tar in which each header says that it belongs to the next one."""
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = kind, 8
    text = b"12 path=xyz\n" if kind == tarfile.XHDTYPE else b"a name\0\0"
    header.size = len(text)
    piece = header.tobuf(tarfile.GNU_FORMAT) + text.ljust(512, b"\0")
    path.write_bytes(zlib.compress(piece * 3000, wbits=31))


def a_zip_that_asks_for_memory(path: Path) -> None:
    """A few KB that unpack to 640 MB, in a method that gives all that it has at once."""
    quick = {"dict_size": 1 << 16, "mode": lzma.MODE_FAST, "mf": lzma.MF_HC3, "depth": 1}
    filters = [{"id": lzma.FILTER_LZMA1, **quick}]
    compressor = lzma.LZMACompressor(lzma.FORMAT_RAW, filters=filters)
    piece = bytes(16 * MEGABYTE)
    parts = [compressor.compress(piece) for _ in range(40)] + [compressor.flush()]
    properties = lzma._encode_filter_properties(filters[0])  # type: ignore[attr-defined]
    data = struct.pack("<BBH", 9, 4, len(properties)) + properties + b"".join(parts)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(SOURCE), data)
    whole = bytearray(stream.getvalue())
    for sign, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = whole.index(sign)
        whole[place + at : place + at + 2] = struct.pack("<H", zipfile.ZIP_LZMA)
        whole[place + at + 14 : place + at + 18] = struct.pack("<I", 0xFFFF_FFF0)
    path.write_bytes(zlib.compress(bytes(whole), wbits=31))


def archives_that_fill_the_memory(path: Path) -> None:
    inner = zlib.compress(bytes(60 * MEGABYTE), 9, wbits=31)
    path.write_bytes(zipped({f"{number}.gz": inner for number in range(10)}))


def sources_without_end(path: Path) -> None:
    path.write_bytes(zipped({f"1-fork-wait/{number}.c": bytes(MEGABYTE) for number in range(80)}))


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("gnu.tar.gz", lambda p: a_chain_of_long_names(p, tarfile.GNUTYPE_LONGNAME), "damaged"),
        ("pax.tar.gz", lambda p: a_chain_of_long_names(p, tarfile.XHDTYPE), "damaged"),
        ("memory.zip", a_zip_that_asks_for_memory, "memory"),
        ("many.zip", archives_that_fill_the_memory, "memory"),
        ("sources.zip", sources_without_end, "more than 64 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_archive_harms_itself_alone(
    call: Call, tmp_path: Path, fast_policy: Path, name: str, make: Make, says: str
) -> None:
    handed_in = folder_of_ann(tmp_path / "class")
    make(handed_in / name)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = call(handed_in, *FAST, "--policy", fast_policy)
    own = done.gradebook[name.partition(".")[0]]
    assert done.gradebook["ann"]["final"] == "15", done.stderr
    assert says in own["notes"] and own["final"] in ("", "0"), own
    assert done.status == (3 if own["status"] == "not graded" else 0)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert most == before or most < 900 * 1024, "KB, in one process"


def test_a_commit_of_a_year_that_cannot_be_is_a_note(
    call: Call, tmp_path: Path, fast_policy: Path
) -> None:
    for name in ("hw-ann", "hw-bob"):
        repository(tmp_path / "class" / name, ANN)
    dated(tmp_path / "class" / "hw-bob", YEAR_33658)
    done = call(tmp_path / "class", *FAST, "--policy", fast_policy)
    assert done.status == 0, done.stderr
    assert [row["final"] for row in done.gradebook.values()] == ["15", "15"]
    assert done.gradebook["ann"]["submitted"] and not done.gradebook["bob"]["submitted"]
    assert "a date that makes no sense" in done.gradebook["bob"]["notes"]


@pytest.mark.parametrize("year", [9999, 33658])
def test_a_file_of_a_year_that_cannot_be_has_no_time(
    call: Call, tmp_path: Path, fast_policy: Path, year: int
) -> None:
    handed_in = folder_of_ann(tmp_path / "class")
    lay(handed_in, {f"bob/mine/{SOURCE}": NO_WAIT})
    seconds = int((year - 1970) * 365.2425 * 86400)
    os.utime(handed_in / "bob" / "mine" / SOURCE, (seconds, seconds))
    text = fast_policy.read_text("utf-8") + '[late]\ntime = "files"\n'
    fast_policy.write_text(f"due = 2026-11-20T23:59:00\n{text}", "utf-8")
    done = call(handed_in, *FAST, "--policy", fast_policy)
    assert done.status == 0, done.stderr
    assert {row["status"] for row in done.gradebook.values()} == {"graded"}
    assert not done.gradebook["bob"]["submitted"]


@pytest.mark.parametrize("where", ["object", "pack", "head"])
def test_a_fifo_where_git_looks_is_not_waited_for(
    tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git, "BUDGET", git.Budget(seconds=2, memory=512 * MEGABYTE))
    folder = tmp_path / "class" / "hw-ann"
    commit = repository(folder, ANN)
    repository(tmp_path / "class" / "hw-bob", ANN)
    places = {
        "object": f"objects/{commit[:2]}/{commit[2:]}",
        "pack": "objects/pack/pack-1.idx",
        "head": "HEAD",
    }
    if where == "pack":
        (folder / ".git" / places["object"]).unlink()
        os.mkfifo(folder / ".git" / "objects" / "pack" / "pack-1.pack")
    (folder / ".git" / places[where]).unlink(missing_ok=True)
    os.mkfifo(folder / ".git" / places[where])
    _, found = read_download(open_top(tmp_path / "class"))
    ann, bob = found
    assert ann.submitted is None and "time is not known" in ann.notes[0]
    assert bob.submitted is not None


def test_what_cannot_be_read_is_a_row_and_the_class_goes_on(
    tmp_path: Path,
    fast_policy: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever is raised, and by a submission that does not count as well."""
    handed_in = folder_of_ann(tmp_path / "class")
    lay(handed_in, {f"bob/{SOURCE}": RIGHT, f"cem/{SOURCE}": RIGHT})
    real = reading.read_submission

    def odd(arrived: reading.Arrived, *arguments: object) -> object:
        if arrived.claim.folder == "bob":
            raise ValueError("year 33658 is out of range")
        if arrived.claim.folder == "cem":
            os._exit(0)
        return real(arrived, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "read_submission", odd)
    out = tmp_path / "out"
    words = ["grade", str(handed_in), "--out", str(out), "--policy", str(fast_policy), *FAST]
    assert main(words) == 3
    book = Called(3, "", "", out).gradebook
    assert book["ann"]["final"] == "15"
    assert (book["bob"]["status"], book["cem"]["status"]) == ("not graded", "not graded")
    assert "year 33658 is out of range" in book["bob"]["notes"]
    assert "reading it ended its process" in book["cem"]["notes"]
    said = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[2] for line in said] == ["bob", "cem"]
    monkeypatch.undo()
    assert main([*words, "--quiet"]) == 0
    assert {row["final"] for row in Called(0, "", "", out).gradebook.values()} == {"15"}


def test_results_that_cannot_be_written_are_a_row_and_the_class_goes_on(
    small_class: Path, tmp_path: Path, fast_policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = class_run.reports.write_reports

    def odd(folder: Path, *arguments: object) -> None:
        if folder.name == "bob":
            raise ArithmeticError("no report of it can be made")
        real(folder, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(class_run.reports, "write_reports", odd)
    out = tmp_path / "out"
    words = ["grade", str(small_class), "--out", str(out), "--policy", str(fast_policy), *FAST]
    assert main(words) == 3
    book = Called(3, "", "", out).gradebook
    assert book["ada"]["final"] == "15" and (out / "students" / "cem" / "report.json").is_file()
    assert "no report of it can be made" in book["bob"]["notes"]


# ---- likeness


@pytest.mark.parametrize("error", [ValueError("odd"), MemoryError(), RecursionError()], ids=repr)
def test_likeness_that_fails_is_left_out_and_the_class_is_graded(
    small_class: Path,
    tmp_path: Path,
    fast_policy: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
) -> None:
    def odd(sources: object) -> object:
        raise error

    monkeypatch.setattr(alike, "check_there", lambda: None)
    monkeypatch.setattr(alike, "find_pairs", odd)
    out = tmp_path / "out"
    words = ["grade", str(small_class), "--out", str(out), "--policy", str(fast_policy), *FAST]
    assert main(words) == 0
    assert {row["status"] for row in Called(0, "", "", out).gradebook.values()} == {"graded"}
    assert outputs.NOT_COMPARED in capsys.readouterr().out
    assert outputs.NOT_COMPARED in (out / "class.html").read_text("utf-8")


def test_a_flood_of_sources_is_not_compared_and_the_others_are(
    tmp_path: Path,
    fast_policy: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    handed_in = folder_of_ann(tmp_path / "class")
    lay(handed_in, {f"bob/{SOURCE}": RIGHT})
    lay(handed_in, {f"bob/1-fork-wait/{n}.h": "int a;\n" * 40_000 for n in range(2)})
    compared = tmp_path / "compared"

    def noted(sources: list[alike.Source]) -> tuple[alike.Pair, ...]:
        compared.write_text(" ".join(source.student for source in sources))
        return ()

    monkeypatch.setattr(alike, "check_there", lambda: None)
    monkeypatch.setattr(alike, "find_pairs", noted)
    out = tmp_path / "out"
    words = ["grade", str(handed_in), "--out", str(out), "--policy", str(fast_policy), *FAST]
    assert main(words) == 0
    assert compared.read_text() == "ann"
    assert "not compared with others" in capsys.readouterr().out


# ---- a download


def test_each_reader_finds_its_own_place_in_the_platforms_zip(
    call: Call, tmp_path: Path, fast_policy: Path
) -> None:
    """The processes that read from one zip do not share the place in it."""
    files = {f"class/s{n}/{SOURCE}": (RIGHT + f"/* {n} */\n").encode() for n in range(3)}
    files["class/broken.zip"] = os.urandom(archives.MEGABYTE)
    (tmp_path / "class.zip").write_bytes(zipped(files, compression=zipfile.ZIP_STORED))
    done = call(tmp_path / "class.zip", *FAST, "--policy", fast_policy)
    assert done.status == 0, done.stderr
    assert [done.gradebook[f"s{n}"]["final"] for n in range(3)] == ["15"] * 3
