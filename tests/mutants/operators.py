"""The mutation operators that look at one function: a statement, a flag, a number, a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pycparser import c_ast, c_parser

from tests.mutants.edit import Change, Edit, name, number, replaced, with_items
from tests.mutants.program import Place, calls, places, shown

Operator = Callable[[c_ast.FuncDef], Iterator[Edit]]

OTHER_OPERATORS = {
    "+": "-",
    "-": "+",
    "*": "+/",
    "==": ("!=", ">="),
    "!=": ("==",),
    "<": ("<=", ">"),
    ">": (">=", "<"),
    "<=": ("<",),
    ">=": (">",),
    "&&": ("||",),
    "||": ("&&",),
    "|": ("&", "||"),
    "+=": ("-=", "="),
    "-=": ("+=", "="),
    "=": (),
    "p++": ("p--",),
}
OTHER_NAMES = {
    "EXIT_SUCCESS": ("EXIT_FAILURE",),
    "EXIT_FAILURE": ("EXIT_SUCCESS", "2"),
    "KEY": ("IPC_PRIVATE", "KEY + 1"),
    "stderr": ("stdout",),
    "MAX_VALUES": ("1",),
    "true": ("false",),
    "false": ("true",),
    "IPC_RMID": ("IPC_STAT", "IPC_SET"),
}
OTHER_TEXTS = {"child": "parent", "parent": "child", ": ": " ", "%d": "%u", "%ld": "%d", "\\n": ""}
FLAGS = {  # call: which argument holds its flags, and what else could stand there
    "shmget": (2, ("0", "IPC_CREAT", "IPC_CREAT | 0600", "0600", "IPC_EXCL")),
    "shmat": (2, ("0", "SHM_RDONLY", "IPC_CREAT | 0600", "SHM_REMAP")),
    "waitpid": (2, ("WNOHANG", "WUNTRACED")),
}
MODES = ("0", "0400", "0200", "0060", "0666", "600")
SIZES = ("0", "1", "2", "3", "sizeof(char)", "sizeof(int)", "4096")
MESSAGES = ("perror", "fputs")
RETURNS = ("0", "-1")


def drop_error_check(function: c_ast.FuncDef) -> Iterator[Edit]:
    """The branch that handles a failure is gone; a call in its condition is made all the same."""
    for block, index, item in statements(function):
        if not (isinstance(item, c_ast.If) and ends(item.iftrue)):
            continue
        kept = [] if item.iffalse is None else [item.iffalse]
        kept = [*calls(item.cond), *kept]
        items = [*block.block_items[:index], *kept[:1], *block.block_items[index + 1 :]]
        says = f"if ({shown(item.cond, 60)})"
        yield Edit("drop an error check", says, (with_items(block, items),))


def drop_statement(function: c_ast.FuncDef) -> Iterator[Edit]:
    for block, index, item in statements(function):
        last = block is function.body and index == len(block.block_items) - 1
        if isinstance(item, c_ast.Decl) or (last and isinstance(item, c_ast.Return)):
            continue
        items = [*block.block_items[:index], *block.block_items[index + 1 :]]
        yield Edit("drop a statement", shown(item), (with_items(block, items),))


def drop_call(function: c_ast.FuncDef) -> Iterator[Edit]:
    """A call is not made; 0, or what it was given, stands for its result."""
    for place in places(function.body):
        call = place.node
        if not isinstance(call, c_ast.FuncCall):
            continue
        if not isinstance(place.parent, c_ast.Compound):
            yield replaced("drop a call", place, number("0"))
        if call.name.name in ("exit", "_exit") and call.args:
            yield replaced("drop a call", place, call.args.exprs[0])


def swap_statements(function: c_ast.FuncDef) -> Iterator[Edit]:
    for block, index, item in statements(function):
        rest = block.block_items[index + 1 :]
        if rest and not isinstance(rest[0], c_ast.Return):  # else it is as good as dropped
            items = list(block.block_items)
            items[index], items[index + 1] = items[index + 1], items[index]
            says = f"{shown(items[index], 40)} before {shown(items[index + 1], 40)}"
            yield Edit("swap two statements", says, (with_items(block, items),))


def repeat_statement(function: c_ast.FuncDef) -> Iterator[Edit]:
    for block, index, item in statements(function):
        said = any(calls(item, *MESSAGES)) and isinstance(item, c_ast.FuncCall)
        if isinstance(item, (c_ast.Return, c_ast.Decl)) or said or not any(calls(item)):
            continue
        items = [*block.block_items[: index + 1], item, *block.block_items[index + 1 :]]
        yield Edit("repeat a statement", shown(item), (with_items(block, items),))


def change_flag(function: c_ast.FuncDef) -> Iterator[Edit]:
    for call in calls(function.body, *FLAGS):
        index, others = FLAGS[call.name.name]
        place = Place(call.args, "exprs", index, call.args.exprs[index])
        for other in others:
            yield replaced("change a flag", place, expression(other), call)
        for inner in (place, *places(place.node)):
            if isinstance(inner.node, c_ast.BinaryOp) and inner.node.op == "|":
                for side in (inner.node.left, inner.node.right):
                    yield replaced("change a flag", inner, side, call)
            elif isinstance(inner.node, c_ast.Constant) and inner.node.value.startswith("0"):
                for mode in MODES if len(inner.node.value) > 1 else ():
                    yield replaced("change a flag", inner, number(mode), call)


def change_size(function: c_ast.FuncDef) -> Iterator[Edit]:
    for call in calls(function.body, "shmget"):
        place = Place(call.args, "exprs", 1, call.args.exprs[1])
        for size in SIZES:
            yield replaced("change a size", place, expression(size), call)
        if isinstance(place.node, c_ast.BinaryOp):
            for side in (place.node.left, place.node.right):
                yield replaced("change a size", place, side, call)


def change_operator(function: c_ast.FuncDef) -> Iterator[Edit]:
    for place in places(function.body):
        node = place.node
        for other in OTHER_OPERATORS.get(getattr(node, "op", ""), ()):
            if isinstance(node, c_ast.UnaryOp) and node.op != "p++":
                continue
            says = f"{node.op} → {other} in {shown(node, 60)}"
            yield Edit("change an operator", says, (Change(node, "op", other),))


def change_constant(function: c_ast.FuncDef) -> Iterator[Edit]:
    spoken = {id(text) for call in calls(function.body, *MESSAGES) for text in call.args.exprs}
    for place in places(function.body):
        node = place.node
        if id(node) in spoken and isinstance(node, c_ast.Constant):
            continue  # the wording of a message is the student's
        for new in other_constants(node):
            yield replaced("change a constant", place, new, place.parent if _small(place) else None)


def other_constants(node: c_ast.Node) -> Iterator[c_ast.Node]:
    if isinstance(node, c_ast.Constant) and node.type == "int":
        value = int(node.value, 8 if node.value.startswith("0") else 10)
        yield from (number(str(other)) for other in (value + 1, value - 1, 0) if other != value)
    elif isinstance(node, c_ast.Constant) and node.type == "string":
        yield from (
            c_ast.Constant("string", node.value.replace(old, new))
            for old, new in OTHER_TEXTS.items()
            if old in node.value
        )
    elif isinstance(node, c_ast.ID):
        yield from (expression(other) for other in OTHER_NAMES.get(node.name, ()))


def change_return(function: c_ast.FuncDef) -> Iterator[Edit]:
    for place in places(function.body):
        if isinstance(place.node, c_ast.Return) and shown(place.node.expr) not in OTHER_NAMES:
            inner = Place(place.node, "expr", None, place.node.expr)
            for value in RETURNS:
                yield replaced("change a return value", inner, expression(value), place.node)


def negate_condition(function: c_ast.FuncDef) -> Iterator[Edit]:
    for place in places(function.body):
        if isinstance(place.node, (c_ast.If, c_ast.While, c_ast.TernaryOp)):
            negated = c_ast.UnaryOp("!", place.node.cond)
            says = f"!({shown(place.node.cond, 60)})"
            yield Edit("negate a condition", says, (Change(place.node, "cond", negated),))


def another_variable(function: c_ast.FuncDef) -> Iterator[Edit]:
    types = variables(function)
    for place in places(function.body):
        node = place.node
        if not isinstance(node, c_ast.ID) or node.name not in types or place.field == "name":
            continue
        for other, its_type in types.items():
            if other != node.name and its_type == types[node.name]:
                around = place.parent if _small(place) else None
                yield replaced("another variable", place, name(other), around)


OPERATORS: tuple[Operator, ...] = (
    drop_error_check,
    drop_statement,
    drop_call,
    swap_statements,
    repeat_statement,
    change_flag,
    change_size,
    change_operator,
    change_constant,
    change_return,
    negate_condition,
    another_variable,
)


def statements(function: c_ast.FuncDef) -> Iterator[tuple[c_ast.Compound, int, c_ast.Node]]:
    """Every statement that stands in a block: the block, its index, and the statement."""
    blocks = [function.body, *(place.node for place in places(function.body))]
    for block in blocks:
        if isinstance(block, c_ast.Compound):
            for index, item in enumerate(block.block_items or ()):
                yield block, index, item


def ends(node: c_ast.Node) -> bool:
    """Does this branch leave the function or the loop?"""
    items = node.block_items if isinstance(node, c_ast.Compound) else [node]
    return isinstance(items[-1], (c_ast.Return, c_ast.Break)) or _assigns_failure(items)


def _assigns_failure(items: list[c_ast.Node]) -> bool:
    last = items[-1]
    return isinstance(last, c_ast.Assignment) and shown(last.rvalue) == "EXIT_FAILURE"


def variables(function: c_ast.FuncDef) -> dict[str, str]:
    """The parameters and variables of a function, each with its type, const left out."""
    declared = list(function.decl.type.args.params) if function.decl.type.args else []
    declared += [p.node for p in places(function.body) if isinstance(p.node, c_ast.Decl)]
    types = {}
    for declaration in declared:
        bare = c_ast.Decl("x", [], [], [], [], declaration.type, None, None)
        text = shown(bare).replace(declaration.name, "").replace("const", "").replace("[]", "*")
        types[declaration.name] = text.replace("pid_t", "int").replace(" ", "")
    return types


def expression(text: str) -> c_ast.Node:
    """C text as a piece of a tree."""
    tree = c_parser.CParser().parse(f"int x = {text};")
    return tree.ext[0].init


def _small(place: Place) -> bool:
    return not isinstance(place.parent, (c_ast.Compound, c_ast.If, c_ast.While, c_ast.For))
