"""The mutation operators that know of two processes: what one does, the other does instead, or too.

The solution's shape is known: a function forks, `if (child == 0) exit(work(...))`, and what stands
after that is the parent's, up the chain of its callers. Names are translated on the way.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pycparser import c_ast

from tests.mutants.edit import Edit, with_items
from tests.mutants.operators import expression, statements
from tests.mutants.program import Program, calls, places, shown

BY_KEY = {"descriptor": "shmget(KEY, 0, 0)"}  # where a name is not known in the other process
MOVE = "move to the other process"
BOTH = "do it in the other process, too"


@dataclass(frozen=True)
class Fork:
    """Where a program forks."""

    function: c_ast.FuncDef
    block: c_ast.Compound  # the statements around
    at: int  # the statement that forks
    branch: int  # the `if` that only the child enters
    work: c_ast.FuncDef | None  # the function that the child runs
    names: Mapping[str, c_ast.Node]  # the parameters of `work`, in the words of `function`


def fork_of(program: Program) -> Fork | None:
    by_name = {function.decl.name: function for function in program.functions}
    for function in program.functions:
        forks = [(b, i) for b, i, item in statements(function) if _is_fork(item)]
        for block, at in forks:
            branch = next(
                i
                for i, item in enumerate(block.block_items)
                if isinstance(item, c_ast.If) and shown(item.cond) == "child == 0"
            )
            inside = block.block_items[branch].iftrue
            work = next((c for c in calls(inside) if c.name.name in by_name), None)
            if work is None or work.name.name == "print_line":
                return Fork(function, block, at, branch, None, {})
            called = by_name[work.name.name]
            return Fork(function, block, at, branch, called, _arguments(called, work))
    return None


def between_processes(program: Program) -> Iterator[Edit]:
    fork = fork_of(program)
    if fork is None:
        return
    yield from _from_child(fork)
    yield from _from_parent(program, fork)


def _from_child(fork: Fork) -> Iterator[Edit]:
    """What the child does is done before the fork, by the parent, or last of all."""
    branch = fork.block.block_items[fork.branch].iftrue
    if fork.work is not None:
        source = fork.work.body
    elif isinstance(branch, c_ast.Compound):
        source = branch
    else:
        return
    spots = {"before fork": fork.at, "in the parent": fork.branch + 1}
    last = len(fork.block.block_items) - 1
    if last > fork.branch:
        spots["at the parent's end"] = last
    for index, item in enumerate(source.block_items):
        if isinstance(item, c_ast.Return) or not any(calls(item)) and not _stores(item):
            continue
        rest = [*source.block_items[:index], *source.block_items[index + 1 :]]
        moved = in_words_of(item, fork.names)
        if isinstance(moved, c_ast.FuncCall) and moved.name.name == "exit":
            moved = moved.args.exprs[0]
        for where, spot in spots.items():
            around = [*fork.block.block_items[:spot], moved, *fork.block.block_items[spot:]]
            says = f"{shown(item, 50)} of the child, {where}"
            put = with_items(fork.block, around)
            yield Edit(MOVE, says, (with_items(source, rest), put))
            yield Edit(BOTH, says, (put,))


def _from_parent(program: Program, fork: Fork) -> Iterator[Edit]:
    """What the parent does around and after the fork is done by the child."""
    for function, names in _callers(program, fork.function):
        for block, index, item in statements(function):
            if block is not function.body and block is not fork.block:
                continue
            inside = function is fork.function and block is fork.block
            if inside and index in (fork.at, fork.branch):
                continue
            if isinstance(item, (c_ast.Decl, c_ast.Return)) or _reaches(item, program, fork):
                continue
            if not any(calls(item)) and not _stores(item):
                continue
            rest = [*block.block_items[:index], *block.block_items[index + 1 :]]
            gone = with_items(block, rest)
            moved = in_words_of(item, names)
            branch = fork.block.block_items[fork.branch]
            says = f"{shown(item, 50)} of {function.decl.name}, in the child"
            given = c_ast.If(branch.cond, c_ast.Compound([moved, branch.iftrue]), None)
            if inside:
                here = [given if each is branch else each for each in rest]
                yield Edit(MOVE, says, (with_items(block, here),))
            around = [given if each is branch else each for each in fork.block.block_items]
            into = with_items(fork.block, around)
            if not inside:
                yield Edit(MOVE, says, (gone, into))
            yield Edit(BOTH, says, (into,))


def _callers(
    program: Program, function: c_ast.FuncDef
) -> Iterator[tuple[c_ast.FuncDef, dict[str, c_ast.Node]]]:
    """The function that forks, then who calls it, and so on: each with its names in its words."""
    names: dict[str, c_ast.Node] = {}
    yield function, names
    while True:
        callers = [
            (caller, call)
            for caller in program.functions
            for call in calls(caller.body, function.decl.name)
        ]
        if not callers:
            return
        caller, call = callers[0]
        passed = {
            argument.name: names.get(parameter, c_ast.ID(parameter))
            for parameter, argument in _arguments(function, call).items()
            if isinstance(argument, c_ast.ID)
        }
        names = {**{key: expression(value) for key, value in BY_KEY.items()}, **passed}
        function = caller
        yield function, names


def in_words_of(item: c_ast.Node, names: Mapping[str, c_ast.Node]) -> c_ast.Node:
    """A copy of a statement, with names replaced by what they stand for."""
    copied = copy.deepcopy(c_ast.Compound([item]))
    for place in list(places(copied)):
        new = (
            names.get(getattr(place.node, "name", "")) if isinstance(place.node, c_ast.ID) else None
        )
        if new is None:
            continue
        if place.index is None:
            setattr(place.parent, place.field, new)
        else:
            getattr(place.parent, place.field)[place.index] = new
    return copied.block_items[0]


def _arguments(called: c_ast.FuncDef, call: c_ast.FuncCall) -> dict[str, c_ast.Node]:
    parameters: Sequence[c_ast.Decl] = called.decl.type.args.params
    return {p.name: argument for p, argument in zip(parameters, call.args.exprs)}


def _reaches(item: c_ast.Node, program: Program, fork: Fork) -> bool:
    """Does this statement call a function that forks, at any depth?"""
    forking = [function.decl.name for function, _ in _callers(program, fork.function)]
    return any(calls(item, *forking)) or any(calls(item, "fork"))


def _is_fork(item: c_ast.Node) -> bool:
    return isinstance(item, c_ast.Decl) and any(calls(item, "fork"))


def _stores(item: c_ast.Node) -> bool:
    return isinstance(item, c_ast.Assignment)
