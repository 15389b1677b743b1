"""Archives, read without trusting them: no path leads out, no link is followed, nothing is
unpacked to more than its limit, and what cannot be read says why.
"""

import bz2
import io
import lzma
import os
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO, Protocol

from grader.batch.imports.files import ENTRIES_LIMIT, File, Listing, Unreadable, moment, shown

MEGABYTE = 1024 * 1024
PACKED_LIMIT = 32 * MEGABYTE  # of an archive that a student handed in
UNPACKED_LIMIT = 64 * MEGABYTE  # of a tar file, after its compression was taken off
DIRECTORY_LIMIT = 4 * MEGABYTE  # of a zip's table of contents: 46 bytes and a name an entry
LZMA_MEMORY = 128 * MEGABYTE
PATH_LIMIT = 1000
END_OF_ZIP = b"PK\x05\x06"
ENCRYPTED = 0x1
UTF8_NAME = 0x800
UNIX = 3

MAGIC = (
    (b"PK\x03\x04", "zip"),
    (END_OF_ZIP, "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"\x04\x22\x4d\x18", "LZ4"),
    (b"!<arch>\n", "ar"),
)
CANNOT_OPEN = ("7-Zip", "RAR", "Zstandard", "LZ4", "ar")
NAMED = re.compile(r"\.(zip|tar|tgz|tbz2?|txz|gz|bz2|xz|lzma|7z|rar|zst|tzst|lz4)$", re.IGNORECASE)
TAR_MAGIC = (257, b"ustar")


def is_named_as_archive(name: str) -> bool:
    return NAMED.search(name) is not None


def kind_of(beginning: bytes) -> str:
    """What the first 512 bytes of a file say that it is: "zip", "gzip", ..., or ""."""
    for magic, kind in MAGIC:
        if beginning.startswith(magic):
            return kind
    offset, magic = TAR_MAGIC
    return "tar" if beginning[offset:].startswith(magic) else ""


def open_archive(file: File) -> Listing:
    """The files in an archive; raises Unreadable where it is none that can be read."""
    if file.size > PACKED_LIMIT:
        raise Unreadable(f"it is larger than {PACKED_LIMIT // MEGABYTE} MB")
    data = file.read(PACKED_LIMIT + 1)
    kind = kind_of(data[:512])
    if kind in CANNOT_OPEN:
        raise Unreadable(f"it is a {kind} archive: hand in a zip")
    if kind == "zip":
        return zip_listing(io.BytesIO(data))
    if kind in UNPACKERS:
        data = UNPACKERS[kind](data)
        kind = kind_of(data[:512])
        if kind != "tar":
            name = re.sub(r"\.(gz|bz2|xz)$", "", file.name, flags=re.IGNORECASE)
            return Listing((File(name, len(data), file.modified, _reader_of(data)),))
    if kind == "tar":
        return _tar_listing(data)
    if not data:
        raise Unreadable("it is empty")
    raise Unreadable("it is no archive, whatever its name says")


# ---- zip


def zip_listing(stream: IO[bytes], whole_class: bool = False) -> Listing:
    """The files of a zip; `whole_class`: one that a platform made, which may be large."""
    if not whole_class:
        _check_directory(stream)
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable(f"it is a damaged zip ({error})") from None
    files: dict[str, File] = {}
    notes: list[str] = []
    for info in archive.infolist():
        path = _zip_name(info)
        if info.is_dir() or path.endswith("/"):
            continue
        why_not = _why_not(path) or _odd_zip_entry(info)
        if why_not:
            notes.append(f"{shown(path)} is not read: {why_not}")
            continue
        clean = _clean(path)
        if clean in files:
            notes.append(f"{shown(clean)} is in the archive twice: the last one counts")
        files[clean] = File(clean, info.file_size, _zip_time(info), _zip_reader(archive, info))
    return Listing(tuple(files.values()), tuple(notes[:20]))


def _check_directory(stream: IO[bytes]) -> None:
    """Refuse a table of contents that would fill the memory before a limit could be looked at."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - 65536 - 22))
    tail = stream.read()
    stream.seek(0)
    place = tail.rfind(END_OF_ZIP)
    if place < 0 or len(tail) < place + 22:
        raise Unreadable("it is a damaged zip (its end is missing)")
    entries = int.from_bytes(tail[place + 10 : place + 12], "little")
    directory = int.from_bytes(tail[place + 12 : place + 16], "little")
    if directory > DIRECTORY_LIMIT or entries > ENTRIES_LIMIT:
        raise Unreadable(f"it says that it holds more than {ENTRIES_LIMIT} files")


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name of an entry: many programs write UTF-8 without saying so."""
    name = info.orig_filename.partition("\0")[0]
    if not info.flag_bits & UTF8_NAME:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return name.replace("\\", "/")


def _odd_zip_entry(info: zipfile.ZipInfo) -> str:
    mode = info.external_attr >> 16
    if info.create_system == UNIX and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "it is a symbolic link" if stat.S_ISLNK(mode) else "it is no regular file"
    return "it is encrypted" if info.flag_bits & ENCRYPTED else ""


def _zip_time(info: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*info.date_time)  # zip knows no time zone
    except ValueError:
        return None


def _zip_reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        try:
            with archive.open(info) as stream:
                return stream.read(limit)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise Unreadable(f"it is damaged in the archive ({error})") from None
        except (NotImplementedError, RuntimeError, lzma.LZMAError, ValueError) as error:
            raise Unreadable(f"it cannot be unpacked ({error})") from None
        except MemoryError:  # lzma and bzip2 give all that they unpack at once, whatever is asked
            raise Unreadable("it takes too much memory to unpack") from None

    return read


# ---- tar, and what is around it


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool:
        ...

    def decompress(self, data: bytes, max_length: int = ...) -> bytes:
        ...


def _unpacker(make: Callable[[], _Decompressor], name: str) -> Callable[[bytes], bytes]:
    def unpack(data: bytes) -> bytes:
        decompressor = make()
        try:
            unpacked = decompressor.decompress(data, UNPACKED_LIMIT + 1)
        except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
            raise Unreadable(f"it is damaged {name} ({error})") from None
        if len(unpacked) > UNPACKED_LIMIT:
            raise Unreadable(f"it unpacks to more than {UNPACKED_LIMIT // MEGABYTE} MB")
        if not decompressor.eof:
            raise Unreadable(f"it is {name} that was cut off")
        return unpacked

    return unpack


UNPACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _unpacker(lambda: zlib.decompressobj(31), "gzip"),
    "bzip2": _unpacker(bz2.BZ2Decompressor, "bzip2"),
    "xz": _unpacker(lambda: lzma.LZMADecompressor(memlimit=LZMA_MEMORY), "xz"),
}


def _tar_listing(data: bytes) -> Listing:
    files: dict[str, File] = {}
    notes: list[str] = []
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for member in _members(archive):
                if member.isdir():
                    continue
                why_not = _why_not(member.name)
                if not why_not and not member.isreg():
                    linked = member.issym() or member.islnk()
                    why_not = "it is a link" if linked else "it is no regular file"
                if why_not:
                    notes.append(f"{shown(member.name)} is not read: {why_not}")
                    continue
                content = data[member.offset_data : member.offset_data + member.size]
                path = _clean(member.name)
                files[path] = File(path, member.size, moment(member.mtime), _reader_of(content))
    except RecursionError:  # tarfile calls itself for each header that belongs to the next one
        raise Unreadable("it is a damaged tar file (a header of headers without end)") from None
    except (tarfile.TarError, ValueError, OverflowError, EOFError) as error:
        notes.append(f"the archive is damaged: {error}")
        if not files:
            raise Unreadable(f"it is a damaged tar file ({error})") from None
    return Listing(tuple(files.values()), tuple(notes[:20]))


def _members(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for count, member in enumerate(archive):
        if count == ENTRIES_LIMIT:
            raise Unreadable(f"it holds more than {ENTRIES_LIMIT} files")
        yield member


def _reader_of(data: bytes) -> Callable[[int], bytes]:
    return lambda limit: data[:limit]


# ---- names


def _why_not(path: str) -> str:
    """Why no file of this name is read, or ""."""
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        return "its name begins at the root of a disk"
    if ".." in path.split("/"):
        return "its name leads out of the archive"
    if not _clean(path):
        return "it has no name"
    if len(path) > PATH_LIMIT or any(
        len(part.encode("utf-8", "replace")) > 255 for part in path.split("/")
    ):
        return "its name is too long"
    if any(ord(letter) < 32 for letter in path):
        return "there are control characters in its name"
    return ""


def _clean(path: str) -> str:
    return "/".join(part for part in path.split("/") if part not in ("", "."))
