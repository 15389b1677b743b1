"""Ways to write a report: one module a format, with `render(report) -> str`, found by name.

FILE is the name of the file that a format is written to, or None where it is only printed.
"""

import importlib
import pkgutil
from typing import Protocol, cast

from grader.model import Report
from grader.view import shown


class Format(Protocol):
    """What a module of this package offers."""

    FILE: str | None

    def render(self, report: Report) -> str:
        """The whole report as text; `report` holds no more than its reader is shown."""


def names() -> list[str]:
    """All formats, in alphabetical order."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load(name: str) -> Format:
    """The format of this name."""
    return cast(Format, importlib.import_module(f"{__name__}.{name}"))


def render(name: str, report: Report) -> str:
    """The report in the format of this name, for the reader that it is for."""
    return load(name).render(shown(report))


def prepare() -> None:
    """Load what rendering takes, while there is nothing else to do."""
    from grader.formats import html

    html.prepare()
