"""Writes a student's folder: the report in every format, each file whole or not at all."""

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from grader import formats
from grader.base.kit import KIT, kit_version
from grader.batch.rows import Json
from grader.cli.atomic_write import write_whole
from grader.report.model import STUDENT, ExerciseResult, Report

NOT_FOR_A_CLASS = ("terminal",)
STAMP_LENGTH = 16


def report_of(row: Json, results: Sequence[ExerciseResult], openness: str, view: str) -> Report:
    """The same report as grader/grade makes with this seed; what the class adds is in its notes."""
    return Report(
        submission=row["source"],
        kit=kit_version(),
        isolation=row["isolation"],
        seed=row["origin"]["seed"],
        view=view,
        openness=openness,
        exercises=tuple(results),
        notes=(*_grade(row), *row["notes"]),
    )


def _grade(row: Json) -> list[str]:
    """The grade, where it is another number than the report's score."""
    if (row["final"], str(row["of"])) == (str(row["score"]), str(row["max_score"])):
        return []
    return [
        f"your grade is {row['final']} of {row['of']} points: the score of this report counts tests"
        " in the rubric's points, and the course has its own"
    ]


def stamp_of(row: Json, openness: str) -> str:
    """What a student's files depend on: where it is the same, they need not be written again."""
    text = json.dumps([row, openness, _formats_digest(), kit_version()], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=STAMP_LENGTH // 2).hexdigest()


def write_reports(
    folder: Path, row: Json, results: Sequence[ExerciseResult], openness: str
) -> None:
    """All formats beside report.json, which comes last: where it is new, all are."""
    folder.mkdir(parents=True, exist_ok=True)
    report = report_of(row, results, openness, STUDENT)
    files: list[tuple[str, str]] = []
    for name in formats.names():
        if name in NOT_FOR_A_CLASS:
            continue
        file = formats.load(name).FILE
        if file is not None:
            files.append((file, formats.render(name, report)))
    for file, text in sorted(files, key=lambda entry: entry[0] == "report.json"):
        write_whole(folder / file, text)


def keep_earlier(folder: Path, number: int) -> None:
    """Move the files of the grade that counted until now to a folder of their own."""
    kept = folder / "earlier" / str(number)
    if kept.exists() or not folder.is_dir():
        return
    unfinished = folder / "earlier" / f".{number}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for file in sorted(folder.iterdir()):
        if file.is_file():
            shutil.copy2(file, unfinished / file.name)
    os.replace(unfinished, kept)


@cache
def _formats_digest() -> str:
    digest = hashlib.blake2b(digest_size=8)
    rooms = (KIT / "grader" / room for room in ("base", "formats", "picture", "report"))
    for path in sorted(path for room in rooms for path in room.glob("*")):
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
