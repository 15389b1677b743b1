"""A program of the solution as a syntax tree, and as C again.

Nothing is preprocessed: what the headers give are names that pycparser has to be told of only where
they are types. So a mutant says IPC_CREAT where the solution does, and keeps its #include lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pycparser import c_ast, c_generator, c_parser

SOLUTION = Path(__file__).resolve().parents[2] / "solution"
GIVEN = "---- Given:"  # from this comment on nothing is the student's
TYPES = """# 1 "types"
typedef unsigned long size_t; typedef int pid_t; typedef int key_t; typedef int bool;
# 1 "student"
"""
COMMENT_OR_LITERAL = re.compile(
    r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.S
)


@dataclass(frozen=True)
class Program:
    """One exercise's source, parsed."""

    exercise: str
    name: str  # of the file
    directives: str  # the lines that begin with #
    tree: c_ast.FileAST
    functions: tuple[c_ast.FuncDef, ...]  # those that the student is to write

    def text(self) -> str:
        """The program as C, with all that was changed in its tree."""
        own = [node for node in self.tree.ext if node.coord.file == "student"]
        return f"{self.directives}\n{c_generator.CGenerator().visit(c_ast.FileAST(own))}"


def read(path: Path) -> Program:
    """Parse a file of the solution."""
    text = path.read_text(encoding="utf-8")
    given_at = text[: text.find(GIVEN)].count("\n") + 1 if GIVEN in text else text.count("\n") + 2
    lines = _without_comments(text).splitlines()
    directives = [line for line in lines if line.startswith("#")]
    code = "\n".join("" if line.startswith("#") else line for line in lines)
    tree = c_parser.CParser().parse(TYPES + code + "\n", "student")
    functions = tuple(
        node for node in tree.ext if isinstance(node, c_ast.FuncDef) and node.coord.line < given_at
    )
    return Program(path.parent.name, path.name, "\n".join(directives), tree, functions)


def programs() -> list[Program]:
    """All programs of the solution."""
    files = sorted(SOLUTION.glob("[0-9]-*/*.c"))
    return [read(path) for path in files if not path.name.startswith("test_")]


def _without_comments(text: str) -> str:
    def blank(match: re.Match[str]) -> str:
        found = match.group()
        return found if found[0] in "\"'" else "\n" * found.count("\n") or " "

    return COMMENT_OR_LITERAL.sub(blank, text)


def shown(node: c_ast.Node, length: int = 70) -> str:
    """A piece of the tree as C, on one line."""
    text = re.sub(r"\s+", " ", c_generator.CGenerator().visit(node)).strip()
    return text if len(text) <= length else f"{text[: length - 1]}…"


@dataclass(frozen=True)
class Place:
    """Where a node hangs in the tree: a field of its parent, which may be a list."""

    parent: c_ast.Node
    field: str
    index: int | None
    node: c_ast.Node


def places(node: c_ast.Node) -> Iterator[Place]:
    """Every node below this one, each with its place, from the outside in."""
    for field in node.__slots__[:-2]:  # the last two are coord and __weakref__
        value = getattr(node, field)
        if isinstance(value, c_ast.Node):
            yield Place(node, field, None, value)
            yield from places(value)
        elif isinstance(value, list):
            for index, child in enumerate(value):
                if isinstance(child, c_ast.Node):
                    yield Place(node, field, index, child)
                    yield from places(child)


def calls(node: c_ast.Node, *names: str) -> Iterator[c_ast.FuncCall]:
    """The calls of these functions in and below this node; of any where none is named."""
    found = [node, *(place.node for place in places(node))]
    for each in found:
        if isinstance(each, c_ast.FuncCall) and (not names or each.name.name in names):
            yield each
