"""report.html: the report as one page, with no network and no scripts, and a picture of each run.

Jinja2 is loaded only when a page is made, and escapes all text; invisible characters are made
visible first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from grader.base.handout import where
from grader.base.text import visible
from grader.picture.colors import PALETTE
from grader.picture.model import Picture
from grader.picture.svg import STYLE, legend, svg
from grader.report import wording
from grader.report.model import FAILED, PASSED, TA, ExerciseResult, Report
from grader.report.wording import Block

FILE: str | None = "report.html"

HERE = Path(__file__).resolve().parent
TEMPLATE = "report.html.jinja"
CACHE = HERE.parent.parent / "build" / "pycache" / "templates"
LONGEST = 4000  # characters of one text


def render(report: Report) -> str:
    from markupsafe import Markup

    text = str(_template(TEMPLATE).render(page=_page(report), style=Markup(style())))
    return text.strip() + "\n"


def prepare() -> None:
    """Load the template: that takes longer than filling it in."""
    _template(TEMPLATE)


def style() -> str:
    """The style sheet of a page with pictures."""
    return PALETTE + (HERE / "page.css").read_text("utf-8") + STYLE


@cache
def _template(name: str) -> Any:
    """A template in which every value is harmless text, except the pictures drawn here."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def harmless(value: Any) -> Any:
        if isinstance(value, Markup) or not isinstance(value, str):
            return value
        return visible(value[:LONGEST], keep="\n")

    def drawn(picture: Picture, ident: str) -> Markup:
        return Markup(svg(picture, ident))

    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=harmless,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_compiled(),
    )
    environment.globals.update(drawn=drawn, where=where, points=wording.points)
    return environment.get_template(name)


def _compiled() -> Any:
    """Where compiled templates are kept, next to Python's own; nowhere if that is not writable."""
    from jinja2 import FileSystemBytecodeCache

    try:
        CACHE.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return FileSystemBytecodeCache(str(CACHE)) if os.access(CACHE, os.W_OK) else None


def _page(report: Report) -> dict[str, Any]:
    from markupsafe import Markup

    exercises = [_exercise(exercise, report) for exercise in report.exercises]
    pictures = any(block["picture"] for entry in exercises for block in entry["blocks"])
    return {
        "score": wording.score_of(report),
        "submission": report.submission,
        "exercises": exercises,
        "notes": report.notes,
        "isolation": report.isolation,
        "seed": report.whole_seed,
        "kit": report.kit,
        "for_the_ta": report.view == TA,
        "legend": Markup(legend()) if pictures else "",
    }


def _exercise(exercise: ExerciseResult, report: Report) -> dict[str, Any]:
    failed = [test for test in exercise.public_tests if not test.passed]
    return {
        "id": exercise.id,
        "title": exercise.title,
        "points": wording.points_of(exercise),
        "percent": 100 * (exercise.score or 0) // max(exercise.max_score, 1),
        "style": _style(exercise),
        "headline": wording.headline(exercise),
        "fault": exercise.fault,
        "blocks": [_block(block) for block in wording.blocks(exercise, report)],
        "unreached": [
            wording.not_reached(reason, tests)
            for reason, tests in wording.unreached(exercise).items()
        ],
        "tests": list(_tests(exercise)),
        "public": failed,
        "public_count": len(exercise.public_tests),
        "public_passed": len(exercise.public_tests) - len(failed),
        "notes": exercise.notes,
        "remarks": exercise.remarks,
        "commands": exercise.commands,
        "repeat": wording.repeat(report, exercise),
    }


def _style(exercise: ExerciseResult) -> str:
    if not exercise.score:
        return "bad"
    return "good" if exercise.score == exercise.max_score else "half"


def _block(block: Block) -> dict[str, Any]:
    values = {field.name: getattr(block, field.name) for field in fields(block)}
    return {**values, "checks": block.checks}


def _tests(exercise: ExerciseResult) -> Iterator[dict[str, str]]:
    styles = {PASSED: "good", FAILED: "bad"}
    for test in exercise.tests:
        yield {
            "name": test.name,
            "mark": wording.MARKS[test.verdict],
            "style": styles.get(test.verdict, "soft"),
            "points": wording.points_of(test),
            "message": test.fault or (test.message if test.verdict != PASSED else ""),
        }
