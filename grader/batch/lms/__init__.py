"""One module a shape of download, each with `read(top) -> list of submissions, or None`.

None: this is not my shape. They are asked in the order of SHAPES; the last one takes anything.
"""

import importlib
from typing import Protocol, cast

from grader.batch.imports.arrived import Arrived
from grader.batch.imports.top import Top, ZipTop

SHAPES = ("gradescope", "blackboard", "moodle", "canvas", "repositories", "folders")


class Shape(Protocol):
    """What a module of this package offers."""

    TITLE: str

    def read(self, top: Top) -> list[Arrived] | None:
        """The submissions of a download of this shape, or None where it has another."""


def load(name: str) -> Shape:
    return cast(Shape, importlib.import_module(f"{__name__}.{name}"))


def read_download(top: Top) -> tuple[str, list[Arrived]]:
    """The shape's name and the submissions, in the order of their sources."""
    for name in SHAPES:
        shape = load(name)
        for level in (*_inner(top), top):
            arrived = shape.read(level)
            if arrived is not None:
                return name, sorted(arrived, key=lambda one: one.source)
    return "nothing", []


def title_of(name: str) -> str:
    return load(name).TITLE


def _inner(top: Top) -> list[Top]:
    """A zip of one folder: what is meant may be inside."""
    entries = [entry for entry in top.entries() if entry.name != "__MACOSX"]
    if isinstance(top, ZipTop) and len(entries) == 1 and entries[0].is_folder:
        return [top.below(entries[0].name)]
    return []
