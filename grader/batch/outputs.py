"""Writes what comes out of a class: the gradebook, the platforms' files, the page."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from grader import formats, sandbox
from grader.base.text import visible
from grader.batch import alike, gradebook, page, platform_tables
from grader.batch.alike import Pair, Passage, Piece
from grader.batch.apart import MEGABYTE, Budget, Failed, apart
from grader.batch.bundle import unpack
from grader.batch.kit import kit_digest
from grader.batch.rows import EMPTY, Json
from grader.batch.store import Store
from grader.batch.students import Entry
from grader.batch.summary import Summary
from grader.batch.tables import read_table, table_text
from grader.cli.atomic_write import write_whole
from grader.report.model import exercise_from_json
from grader.sandbox import Unavailable

REPORT = "report.html"
LIKENESS = Budget(seconds=600, memory=2048 * MEGABYTE, file=1024 * MEGABYTE)
NOT_COMPARED = "left out: the search for code that is alike: "
NAMES_SHOWN = 8


def write_outputs(
    out: Path,
    store: Store,
    entries: Sequence[Entry],
    faults: Mapping[str, str],
    exercises: Sequence[str],
    platform: str,
    tables: Sequence[Path],
    column: str | None,
    nobodys: Sequence[str] = (),
) -> list[str]:
    """All files; what a teacher should know of them, a line each."""
    rows = store.accepted_rows()
    notes: list[str] = []
    text = gradebook.gradebook(entries, rows, faults, exercises)
    pairs: tuple[Pair, ...] = ()
    not_compared = ""
    try:
        pairs, too_large = _pairs(out, store, rows)
        notes += _left_out(too_large)
    except Unavailable as problem:
        not_compared = str(problem)
        notes.append(not_compared)
    except (Failed, ValueError, LookupError, TypeError) as problem:
        not_compared = f"{NOT_COMPARED}{problem}"
        notes.append(not_compared)
    summary = _summary(store, entries, rows, faults, exercises)
    summary.nobodys = tuple(nobodys)
    seed = int(store.get("seed") or 0)
    text_of_page = page.class_page(summary, pairs, seed, kit_digest(), not_compared)
    write_whole(out / page.FILE, text_of_page)
    write_whole(out / gradebook.FILE, text)
    for filled in _tables(entries, rows, platform, tables, column):
        write_whole(out / filled.file, table_text(filled.table))
        notes += [f"{out / filled.file}: {note}" for note in filled.notes]
    return notes


def _tables(
    entries: Sequence[Entry],
    rows: dict[str, Json],
    platform: str,
    tables: Sequence[Path],
    column: str | None,
) -> list[platform_tables.Filled]:
    grade_of = platform_tables.finder(entries, rows)
    filled = [
        platform_tables.fill(visible(str(path)), read_table(path), column, grade_of)
        for path in tables
    ]
    made = None if filled else platform_tables.made(platform, entries, rows)
    return filled + ([made] if made else [])


def _summary(
    store: Store,
    entries: Sequence[Entry],
    rows: Mapping[str, Json],
    faults: Mapping[str, str],
    exercises: Sequence[str],
) -> Summary:
    has_html = any(formats.load(name).FILE == REPORT for name in formats.names())
    summary = Summary(tuple(exercises), REPORT if has_html else "report.md")
    for entry in entries:
        key = entry.student.key
        summary.add(entry, rows.get(key), faults)
        if key in rows:
            results = store.accepted_result(key)["exercises"]
            summary.add_results(key, [exercise_from_json(result) for result in results])
    return summary


def _left_out(students: Sequence[str]) -> list[str]:
    """Whose submissions were not compared with those of others."""
    if not students:
        return []
    names = ", ".join(visible(student) for student in students[:NAMES_SHOWN])
    more = f" and {len(students) - NAMES_SHOWN} more" if len(students) > NAMES_SHOWN else ""
    return [f"not compared with others, as their sources are too large: {names}{more}"]


def _pairs(out: Path, store: Store, rows: Mapping[str, Json]) -> tuple[tuple[Pair, ...], list[str]]:
    """The pairs that are alike, looked for once for the same submissions; and who was left out."""
    contents = {s: row["origin"]["content"] for s, row in rows.items() if row["status"] != EMPTY}
    digest = hashlib.blake2b(
        json.dumps([kit_digest(), contents], sort_keys=True).encode(), digest_size=16
    ).hexdigest()
    known = json.loads(store.get("alike") or "{}")
    if known.get("of") != digest:
        alike.check_there()
        level = next((row["isolation"] for row in rows.values()), sandbox.NAMESPACES)

        def look() -> bytes:
            try:
                found = _found(Store(out), contents, level)
            finally:
                sandbox.end_all()
            return json.dumps(found).encode("ascii")

        found = json.loads(apart(look, LIKENESS, "looking for it"))
        known = {"of": digest, **found}
        store.put("alike", json.dumps(known))
    return tuple(_pair(pair) for pair in known["pairs"]), list(known.get("too_large", ()))


def _found(store: Store, contents: Mapping[str, str], level: str) -> Json:
    """Who is alike, and who could not be looked at, of these students."""
    sources: list[alike.Source] = []
    too_large: list[str] = []
    for student, content in contents.items():
        theirs = list(alike.sources_of(student, unpack(store.bundle(content)).intakes))
        if sum(len(source.text) for source in theirs) > alike.LETTERS:
            too_large.append(student)
        else:
            sources += theirs
    sandbox.choose(level)
    pairs = alike.find_pairs(sources)
    return {"pairs": [asdict(pair) for pair in pairs], "too_large": too_large}


def _pair(said: Json) -> Pair:
    passages = tuple(
        Passage(Piece(**p["first"]), Piece(**p["second"]), p["tokens"]) for p in said["passages"]
    )
    return Pair(said["first"], said["second"], said["tokens"], passages)
