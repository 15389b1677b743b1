"""From a submission as it came to the exercises that are in it, however they are wrapped."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.base.exercise import Exercise
from grader.base.text import visible
from grader.batch import frames
from grader.batch.apart import Budget, Failed, apart
from grader.batch.bundle import Bundle, digest_of, pack
from grader.batch.imports.archives import is_named_as_archive, kind_of, open_archive
from grader.batch.imports.arrange import Arrangement, arrange
from grader.batch.imports.arrived import Arrived
from grader.batch.imports.files import File, Listing, Unreadable, newest_file, shown
from grader.grading.intake import SOURCE_LIMIT, Intake, open_submission, read_exercise

NESTING_LIMIT = 2
ARCHIVES_LIMIT = 40
MEGABYTE = 1024 * 1024
SOURCES_LIMIT = 64 * MEGABYTE  # of all sources together, once they are unpacked
NOTES_LIMIT = 50
BUDGET = Budget(seconds=60, memory=512 * MEGABYTE)


@dataclass(frozen=True)
class Read:
    """A submission that was read: its bundle, packed, and what else is asked about it."""

    digest: str
    packed: bytes
    notes: tuple[str, ...]
    nothing_to_grade: bool
    newest: datetime | None  # when the newest source was changed, if that was asked for


def read_apart(
    arrived: Arrived,
    exercises: Sequence[Exercise],
    scratch: Path,
    dated: bool = False,
    only: str = "",
) -> Read:
    """Read a submission in a process of its own; raises Failed, whatever is in it. `only`: the one
    exercise that is graded.
    """

    def work() -> bytes:
        bundle = read_submission(arrived, exercises, scratch, only)
        newest = newest_file(arrived.listing()) if dated else None
        said = {
            "digest": digest_of(bundle),
            "notes": bundle.notes or _why_nothing(bundle),
            "nothing": bundle.nothing_to_grade,
            "newest": newest.isoformat() if newest else None,
        }
        return frames.framed(said, pack(bundle))

    answer = apart(work, BUDGET, "reading it")
    try:
        [(said, packed)] = frames.Reader().feed(answer)
        newest = said["newest"]
        return Read(
            str(said["digest"]),
            packed,
            tuple(map(str, said["notes"])),
            bool(said["nothing"]),
            datetime.fromisoformat(newest) if newest is not None else None,
        )
    except (ValueError, LookupError, TypeError, frames.Ended) as error:
        raise Failed(f"what its reader answered makes no sense: {error}") from None


def _why_nothing(bundle: Bundle) -> list[str]:
    """Why an exercise cannot be graded, where none can."""
    troubles = [intake.trouble for intake in bundle.intakes if intake.trouble]
    return troubles[:1] if bundle.nothing_to_grade else []


def read_submission(
    arrived: Arrived, exercises: Sequence[Exercise], scratch: Path, only: str = ""
) -> Bundle:
    """What there is to grade; what was odd stands in its notes."""
    folders = [e for e in exercises if arrived.folder and _is_folder(arrived.folder / e.id)]
    if arrived.folder and folders and all(_has_source(arrived.folder, e) for e in folders):
        # As it is meant to be: read just as grader/grade reads it.
        return Bundle(_read_folder(arrived.folder, exercises), _some(arrived.notes))
    listing = _expanded(arrived.listing(), 0)
    arrangement = arrange(listing.files, exercises, only)
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        folder = Path(name)
        notes = _lay_out(arrangement, folder)
        intakes = _read_folder(folder, exercises) if any(folder.iterdir()) else _none(exercises)
    every = (*arrived.notes, *listing.notes, *arrangement.notes, *notes)
    return Bundle(intakes, _some(every))


def _some(notes: Sequence[str]) -> tuple[str, ...]:
    more = len(notes) - NOTES_LIMIT
    return (*notes[:NOTES_LIMIT], *((f"and {more} notes more",) if more > 0 else ()))


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _has_source(folder: Path, exercise: Exercise) -> bool:
    return os.path.lexists(folder / exercise.id / exercise.source)


def _read_folder(folder: Path, exercises: Sequence[Exercise]) -> tuple[Intake, ...]:
    descriptor = open_submission(os.fspath(folder), exercises)
    try:
        return tuple(read_exercise(descriptor, exercise) for exercise in exercises)
    finally:
        os.close(descriptor)


def _none(exercises: Sequence[Exercise]) -> tuple[Intake, ...]:
    return tuple(
        Intake(e.id, None, (), f"{e.id}/{e.source} is missing: there is no folder {e.id}", ())
        for e in exercises
    )


def _expanded(listing: Listing, depth: int) -> Listing:
    """The same files, with those in archives in place of the archives."""
    files: list[File] = []
    notes = [*listing.notes]
    opened = 0
    any_source = any(file.name.endswith((".c", ".h")) for file in listing.files)
    for file in listing.files:
        if not _may_be_archive(file, any_source):
            files.append(file)
            continue
        name = shown(file.path)
        opened += 1
        try:
            if depth == NESTING_LIMIT:
                raise Unreadable("it is an archive in an archive in an archive")
            if opened > ARCHIVES_LIMIT:
                raise Unreadable(f"there are more than {ARCHIVES_LIMIT} archives")
            inner = _expanded(open_archive(file), depth + 1)
        except Unreadable as problem:
            notes.append(f"{name} was not read: {problem.reason}")
            continue
        except MemoryError:
            notes.append(f"{name} was not read: it takes too much memory to unpack")
            continue
        notes += inner.notes
        prefix = f"{file.path}/"
        files += (
            File(f"{prefix}{entry.path}", entry.size, entry.modified, entry.read)
            for entry in inner.files
        )
    return Listing(tuple(files), tuple(notes))


def _may_be_archive(file: File, any_source: bool) -> bool:
    """By its name; where there is no source at all, by what it begins with."""
    if file.path.startswith("__MACOSX/") or file.name.startswith("._"):
        return False
    if is_named_as_archive(file.name):
        return True
    if any_source or "." in file.name.strip(".") and file.name.endswith((".c", ".h", ".pdf")):
        return False
    try:
        return kind_of(file.read(512)) != ""
    except Unreadable:
        return False


def _lay_out(arrangement: Arrangement, folder: Path) -> list[str]:
    """Write the exercises as the starter has them; only what can take part has a content."""
    notes: list[str] = []
    left = SOURCES_LIMIT
    for exercise, files in arrangement.exercises.items():
        (folder / exercise).mkdir()
        for name, file in files.items():
            data = b""
            if name.endswith((".c", ".h")):
                try:
                    data = file.read(SOURCE_LIMIT + 1)
                except Unreadable as problem:
                    notes.append(f"{shown(file.path)} was not read: {problem.reason}")
                    continue
                left -= len(data)
                if left < 0:
                    raise Failed(
                        f"its sources are more than {SOURCES_LIMIT // MEGABYTE} MB, unpacked"
                    )
            try:
                (folder / exercise / name).write_bytes(data)
            except (OSError, ValueError):
                notes.append(f"{visible(shown(file.path))} was not read: its name is too strange")
    return notes
