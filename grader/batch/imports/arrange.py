"""Finds the exercises in a heap of files: in a sub-folder, loose, renamed by a platform, beside an
older copy. Pure: names and times in, an arrangement and its explanation out.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from grader.base.exercise import Exercise
from grader.batch.imports.files import File, in_some_zone, shown
from grader.grading.intake import given_files

SYSTEM_FILES = re.compile(
    r"(^|/)(__MACOSX/|\.DS_Store$|\._[^/]*$|Thumbs\.db$|desktop\.ini$|\.git/)", re.IGNORECASE
)
# Editors and platforms add an ending, and some systems write all in capitals.
AS_TEXT = re.compile(r"\.([ch])\.txt$", re.IGNORECASE)
DOCUMENTS = {
    ".docx": "a Word document",
    ".doc": "a Word document",
    ".odt": "a text document",
    ".rtf": "a text document",
    ".pages": "a Pages document",
    ".pdf": "a PDF",
    ".png": "a picture",
    ".jpg": "a picture",
    ".jpeg": "a picture",
    ".heic": "a picture",
    ".o": "a compiled file",
    ".out": "a compiled program",
    ".exe": "a compiled program",
}
# Platforms and browsers number what was handed in again: fork_wait-1.c, fork_wait (2).c
NUMBERED = re.compile(r"(?: ?\(\d+\)|-\d{1,3}| - (?:Copy|Kopie)(?: \(\d+\))?)(?=\.[ch]$)")
NAMES_SHOWN = 5
LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class Arrangement:
    """For each exercise that was found the files of its folder, by name; and what to say of it."""

    exercises: Mapping[str, Mapping[str, File]]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Candidate:
    """A folder that may hold an exercise."""

    path: str
    files: tuple[File, ...]
    own: File | None  # the student's own file
    is_named: bool  # the folder has the exercise's name

    @property
    def root(self) -> str:
        return self.path.rpartition("/")[0] if self.is_named else self.path


def arrange(files: Iterable[File], exercises: Sequence[Exercise], only: str = "") -> Arrangement:
    """The best folder for each exercise, and a note for all that a student may wonder about. `only`
    is the one exercise that is graded: a lone .c file is meant for it, whatever its name is.
    """
    notes: list[str] = []
    kept = _without_system_files(files, notes)
    folders: dict[str, list[File]] = {}
    for file in kept:
        folders.setdefault(file.folder, []).append(file)
    candidates = {e.id: _candidates(e, exercises, folders) for e in exercises}
    roots = [c.root for found in candidates.values() for c in found[:1] if c.own]
    main = max(sorted(set(roots)), key=roots.count) if roots else ""
    chosen: dict[str, dict[str, File]] = {}
    used: set[str] = set()
    for exercise in exercises:
        found = sorted(candidates[exercise.id], key=lambda c: _rank(c, main), reverse=True)
        if not found:
            continue
        best = found[0]
        chosen[exercise.id] = _content(best, exercise, exercises)
        used.update(file.path for file in chosen[exercise.id].values())
        notes += _explained(exercise, best, found[1:])
    if main:
        notes.insert(0, f"found in the sub-folder {shown(main)}")
    lone = [file for file in kept if file.name.lower().endswith(".c")]
    asked = next((exercise for exercise in exercises if exercise.id == only), None)
    if not chosen and asked and len(lone) == 1 and lone[0].name not in given_files():
        chosen[only] = {asked.source: lone[0]}
        used.add(lone[0].path)
        notes.append(f"{shown(lone[0].path)} is taken as {asked.source}")
    if not chosen:
        notes.append("there is no exercise in it" if kept else "it is empty")
        notes += _other_kinds(kept)
    unused = [file.path for file in kept if file.path not in used and _is_source(file.name)]
    if unused:
        some = ", ".join(shown(path) for path in unused[:NAMES_SHOWN])
        more = f" and {len(unused) - NAMES_SHOWN} more" if len(unused) > NAMES_SHOWN else ""
        notes.append(f"not used, as no exercise is there: {some}{more}")
    return Arrangement(chosen, tuple(notes))


def _without_system_files(files: Iterable[File], notes: list[str]) -> list[File]:
    every = list(files)
    kept = [file for file in every if not SYSTEM_FILES.search(file.path)]
    if len(kept) < len(every):
        notes.append(
            f"{len(every) - len(kept)} files of an operating system (__MACOSX, .DS_Store and the"
            " like) are left aside"
        )
    return kept


def _candidates(
    exercise: Exercise, exercises: Sequence[Exercise], folders: Mapping[str, list[File]]
) -> list[_Candidate]:
    """The folders that have the exercise's name, or its file without such a folder around it."""
    ids = {_plain(other.id) for other in exercises}
    found = []
    for path, files in folders.items():
        folder = _plain(path.rpartition("/")[2])
        is_named = folder == _plain(exercise.id)
        if not is_named and folder in ids:
            continue
        own = _newest(file for file in files if _plain_source(file.name) == exercise.source)
        if is_named or own:
            found.append(_Candidate(path, tuple(files), own, is_named))
    return sorted(found, key=lambda c: _rank(c, None), reverse=True)


def _rank(candidate: _Candidate, main: str | None) -> tuple[object, ...]:
    """Which of two to take: one with the file, beside the others, not too deep, the newest."""
    when = _time(candidate.own) if candidate.own else LONG_AGO
    return (
        candidate.own is not None,
        candidate.root == main,
        candidate.is_named,
        -candidate.path.count("/"),
        when,
        [-ord(letter) for letter in candidate.path],
    )


def _content(
    candidate: _Candidate, exercise: Exercise, exercises: Sequence[Exercise]
) -> dict[str, File]:
    """The files that go into the exercise's folder, by the names that they get there."""
    content: dict[str, File] = {}
    if candidate.is_named:
        content = {file.name: file for file in candidate.files}
    else:
        sources = {_plain_source(file.name) for file in candidate.files}
        alone = len(sources & {other.source for other in exercises}) == 1
        if alone:  # then what lies beside it belongs to it
            content = {f.name: f for f in candidate.files if _is_source(f.name)}
    if candidate.own:
        own = candidate.own.name
        if own != exercise.source:
            content.pop(own, None)
        # older numbered copies of the same file are not extra sources
        content = {n: f for n, f in content.items() if _plain_source(n) != exercise.source}
        content[exercise.source] = candidate.own
    return content


def _explained(exercise: Exercise, best: _Candidate, others: Sequence[_Candidate]) -> Iterable[str]:
    if best.own and not best.is_named:
        yield f"{exercise.source} lies outside of a folder {exercise.id}: taken all the same"
    if best.is_named and best.path.rpartition("/")[2] != exercise.id:
        yield f"the folder {shown(best.path)} is taken as {exercise.id}"
    if best.own and best.own.name != exercise.source:
        yield f"{shown(best.own.path)} is taken as {exercise.source}"
    for other in others:
        if other.own and best.own and other.own.path != best.own.path:
            yield f"{shown(other.own.path)} is another {exercise.source}: not used"


def _other_kinds(files: Sequence[File]) -> list[str]:
    """What there is in place of C: somebody handed something in, and has to know why it is none."""
    notes = []
    for file in files[:NAMES_SHOWN]:
        ending = "." + file.name.lower().rpartition(".")[2]
        if ending in DOCUMENTS:
            notes.append(f"{shown(file.path)} is {DOCUMENTS[ending]}: hand in the .c files")
        elif not _is_source(file.name):
            notes.append(f"{shown(file.path)} is no .c file")
    more = len(files) - NAMES_SHOWN
    return [*notes, *([f"and {more} files more"] if more > 0 else [])]


def _newest(files: Iterable[File]) -> File | None:
    ordered = sorted(files, key=lambda file: (file.name.endswith(".c"), _time(file), file.name))
    return ordered[-1] if ordered else None


def _time(file: File) -> datetime:
    return in_some_zone(file.modified or LONG_AGO)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _plain_source(name: str) -> str:
    return NUMBERED.sub("", AS_TEXT.sub(r".\1", name)).lower()


def _is_source(name: str) -> bool:
    return name.endswith((".c", ".h")) and name not in given_files()
