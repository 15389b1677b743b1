"""report.json: the whole result, as grader/report/report.schema.json describes it."""

import json
from typing import Any

from grader.base.text import visible
from grader.report.model import Report, to_json

FILE: str | None = "report.json"


def render(report: Report) -> str:
    return json.dumps(_harmless(to_json(report)), indent=2) + "\n"


def _harmless(value: Any) -> Any:
    """The same data with nothing in it that could move a cursor or hide text when shown."""
    if isinstance(value, str):
        return visible(value, keep="\n\t")
    if isinstance(value, dict):
        return {name: _harmless(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_harmless(entry) for entry in value]
    return value
