"""All mutants of the solution, each with a name that stays while its place in the source does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pycparser import c_ast

from tests.mutants.edit import Edit
from tests.mutants.operators import OPERATORS
from tests.mutants.processes import between_processes
from tests.mutants.program import Program, places, programs, shown


@dataclass(frozen=True)
class Mutant:
    """The solution of one exercise with one change."""

    exercise: str
    operator: str
    name: str  # as in `6-tally wait_for_children: drop a call: wait(&status) → 0`
    source: str  # the file's name
    text: str


def mutants() -> list[Mutant]:
    """All of them, in the order of the source; no two with the same text."""
    return [mutant for program in programs() for mutant in _of(program)]


def _of(program: Program) -> Iterator[Mutant]:
    texts = {program.text()}
    names: Counter[str] = Counter()
    for where, edit in _edits(program):
        with edit.made():
            text = program.text()
        if text in texts:
            continue
        texts.add(text)
        name = f"{program.exercise} {where}: {edit.operator}: {edit.says}"
        names[name] += 1
        if names[name] > 1:
            name += f" ({names[name]})"
        yield Mutant(program.exercise, edit.operator, name, program.name, text)


def _edits(program: Program) -> Iterator[tuple[str, Edit]]:
    for function in program.functions:
        branches = branches_of(function)
        for operator in OPERATORS:
            for edit in operator(function):
                branch = branches.get(id(edit.changes[0].node), "")
                yield f"{function.decl.name}{branch}", edit
    for edit in between_processes(program):
        yield "processes", edit


def branches_of(function: c_ast.FuncDef) -> dict[int, str]:
    """For each node in a branch, the condition of the innermost one."""
    found: dict[int, str] = {}
    for place in places(function.body):
        if isinstance(place.node, c_ast.If):
            for branch, no in ((place.node.iftrue, ""), (place.node.iffalse, "not ")):
                if branch is not None:
                    where = f", {no}if ({shown(place.node.cond, 60)})"
                    inside = (branch, *(below.node for below in places(branch)))
                    found.update((id(node), where) for node in inside)
    return found
