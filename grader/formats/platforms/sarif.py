"""SARIF 2.1.0, which GitHub's code scanning and many editors read: each mistake on its line.

What has no known line is left out: GitHub refuses a result without a place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from grader.base.text import cut, visible
from grader.diagnose.rules import concept_of
from grader.formats.platforms.annotations import COMPILER, place_of
from grader.report.model import ExerciseResult, Report
from grader.report.wording import blocks

FILE: str | None = "report.sarif"
SCORED = False
PRINTED = False

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LONGEST = 1000  # GitHub shows 1024 characters
WARNING = "compiler-warning"


def render(report: Report) -> str:
    results = [result for exercise in report.exercises for result in _results(exercise, report)]
    rules = sorted({result["ruleId"] for result in results})
    for result in results:
        result["ruleIndex"] = rules.index(result["ruleId"])
    driver = {"name": "sharing-is-caring", "rules": [_rule(rule) for rule in rules]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _results(exercise: ExerciseResult, report: Report) -> Iterator[dict[str, Any]]:
    for block in blocks(exercise, report):
        file, line = place_of(exercise, block)
        parts = (block.title, block.message, block.explanation)
        said = "\n".join(dict.fromkeys(part for part in parts if part))
        if file and said:
            yield _result(block.id or "mistake", "error", said, file, line)
    for note in exercise.notes:
        found = COMPILER.match(note)
        if found and note[found.end() :].strip():
            said = note[found.end() :]
            yield _result(WARNING, "note", said, found["file"], int(found["line"]))


def _result(rule: str, level: str, said: str, file: str, line: int) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": file}, "region": {"startLine": max(line, 1)}}
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": _text(said)},
        "locations": [{"physicalLocation": place}],
    }


def _rule(rule: str) -> dict[str, Any]:
    said = "The compiler warns." if rule == WARNING else concept_of(rule)
    return {"id": rule, "shortDescription": {"text": _text(said)}}


def _text(text: str) -> str:
    return visible(cut(text, LONGEST), keep="\n")
