"""One change to a syntax tree, that can be made and taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from pycparser import c_ast

from tests.mutants.program import Place, shown


@dataclass(frozen=True)
class Change:
    """A field of a node gets another value."""

    node: c_ast.Node
    field: str
    value: object


@dataclass(frozen=True)
class Edit:
    """A mutation: what it is, and the changes that make it."""

    operator: str
    says: str
    changes: tuple[Change, ...]

    @contextmanager
    def made(self) -> Iterator[None]:
        """The tree with the changes in it."""
        before = [getattr(change.node, change.field) for change in self.changes]
        try:
            for change in self.changes:
                setattr(change.node, change.field, change.value)
            yield
        finally:
            for change, value in reversed(list(zip(self.changes, before))):
                setattr(change.node, change.field, value)


def put(place: Place, new: c_ast.Node) -> Change:
    """Another node in this place."""
    if place.index is None:
        return Change(place.parent, place.field, new)
    items = list(getattr(place.parent, place.field))
    items[place.index] = new
    return Change(place.parent, place.field, items)


def replaced(
    operator: str, place: Place, new: c_ast.Node, around: c_ast.Node | None = None
) -> Edit:
    """An edit that puts another node in this place, told as `this → that`."""
    where = f" in {shown(around, 50)}" if around is not None else ""
    return Edit(operator, f"{shown(place.node, 50)} → {shown(new, 50)}{where}", (put(place, new),))


def with_items(block: c_ast.Compound, items: Sequence[c_ast.Node]) -> Change:
    """Other statements in this block."""
    return Change(block, "block_items", list(items))


def name(text: str) -> c_ast.ID:
    return c_ast.ID(text)


def number(text: str) -> c_ast.Constant:
    return c_ast.Constant("int", text)
