"""Ways to write a report: one module per format, with `render(report) -> str`, found by name.

FILE is the name of the file that a format is written to, or None if it is only printed. Those in
`platforms` are for other systems, and are written only if requested by name.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:  # whoever only asks which formats there are loads nothing else
    from grader.report.model import Report


class Format(Protocol):
    """What a module of this package offers."""

    FILE: str | None

    def render(self, report: Report) -> str:
        """The whole report as text; `report` holds only what its reader may see."""


def names() -> list[str]:
    """All formats, in alphabetical order."""
    files = (module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg)
    return sorted(name for name in files if name != "redact")


class Platform(Format, Protocol):
    """What a module of `platforms` offers."""

    SCORED: bool
    PRINTED: bool


def for_systems() -> list[str]:
    """The formats for other systems, in alphabetical order."""
    where = [f"{path}/platforms" for path in __path__]
    return sorted(module.name for module in pkgutil.iter_modules(where))


def for_system(name: str) -> Platform:
    """The format of this name for another system."""
    return cast(Platform, importlib.import_module(f"{__name__}.platforms.{name}"))


def load(name: str) -> Format:
    """The format of this name."""
    return cast(Format, importlib.import_module(f"{__name__}.{name}"))


def render(name: str, report: Report) -> str:
    """The report in the format of this name, for the reader that it is for."""
    from grader.formats import redact

    form = for_system(name) if name in for_systems() else load(name)
    return form.render(redact.shown(report))


def prepare() -> None:
    """Load what rendering needs, while there is nothing else to do."""
    from grader.formats import html

    html.prepare()
