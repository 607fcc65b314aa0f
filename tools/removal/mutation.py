"""Small lies told to a module of rules, one at a time: which tests notice?

Ours, since the known libraries do not fit: `docs/decisions/061-removal-and-mutation.md`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Final, cast

from tools.removal.code import never, parsed

COMPARED: Final = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
COUNTED: Final = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
NAMED: Final = {
    "and_": "or_",
    "or_": "and_",
    "any": "all",
    "all": "any",
    "min": "max",
    "max": "min",
    "is_": "is_not",
    "is_not": "is_",
    "issubset": "issuperset",
    "union": "intersect",
}
"""Functions and methods, each with the one that is mistaken for it."""
DROPPING: Final = {"and_", "or_", "where"}
"""Conditions stand side by side in these calls: each may be forgotten."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of a module: its number there, the line, the words before and after."""

    number: int
    line: int
    inside: str
    change: str


class _Walk(ast.NodeTransformer):
    """Counts every change that could be made, and makes the wanted one."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted = wanted
        self.found: list[Mutant] = []
        self._inside: list[str] = []
        self._in_function = 0
        self._compared = 0

    def visit(self, node: ast.AST) -> ast.AST:
        """Change the node, or what is inside."""
        if _is_left_alone(node):
            return node
        for change, made in self._changes(node):
            mutant = Mutant(
                len(self.found), getattr(node, "lineno", 0), ".".join(self._inside), change
            )
            self.found.append(mutant)
            if mutant.number == self.wanted:
                return ast.copy_location(made, node)
        return self._deeper(node)

    def _deeper(self, node: ast.AST) -> ast.AST:
        match node:
            case ast.FunctionDef():
                # Neither marks nor annotations nor the docstring decide anything.
                self._inside.append(node.name)
                self._in_function += 1
                node.args.defaults = [self._expr(one) for one in node.args.defaults]
                node.body = [self._stmt(one) for one in node.body]
                self._in_function -= 1
                self._inside.pop()
                return node
            case ast.ClassDef():
                # What a class declares is data; what its methods do is not.
                self._inside.append(node.name)
                methods = (one for one in node.body if isinstance(one, ast.FunctionDef))
                for method in methods:
                    self.visit(method)
                self._inside.pop()
                return node
            case ast.AnnAssign():
                if node.value is not None:
                    node.value = self._expr(node.value)
                return node
            case ast.Call(func=ast.Name(id="select"), args=[ast.Constant()]):
                return node  # for EXISTS: what would be selected is never read
            case ast.Compare():
                self._compared += 1
                self.generic_visit(node)
                self._compared -= 1
                return node
            case _:
                return self.generic_visit(node)

    def _expr(self, node: ast.expr) -> ast.expr:
        return cast("ast.expr", self.visit(node))

    def _stmt(self, node: ast.stmt) -> ast.stmt:
        return cast("ast.stmt", self.visit(node))

    def _changes(self, node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
        match node:
            case ast.Constant():
                yield from self._constants(node)
            case ast.stmt():
                yield from _statements(node)
            case ast.expr():
                yield from _expressions(node)

    def _constants(self, node: ast.Constant) -> Iterator[tuple[str, ast.AST]]:
        value = node.value
        if isinstance(value, bool):
            yield _told(node, ast.Constant(not value))
        elif isinstance(value, int):
            yield _told(node, ast.Constant(value + 1))
            yield _told(node, ast.Constant(value - 1))
        elif isinstance(value, str) and (self._in_function or self._compared):
            # Names and words of the tables at a module's top are data; a state is compared.
            yield _told(node, ast.Constant(f"{value}~"))


def _statements(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.If(test=test):
            yield from _turned(node, test)
        case ast.Return(value=ast.expr() as value) if not _is_nothing(value):
            yield _told(node, ast.Return(ast.Constant(None)))
        case ast.Raise() | ast.Expr(value=ast.Call()):
            yield f"{_short(ast.unparse(node))} → nothing", never(node)


def _expressions(node: ast.expr) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Compare():
            yield from _compared(node)
        case ast.BoolOp():
            yield from _joined(node)
        case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
            yield _told(node, operand)
        case ast.BinOp() if type(node.op) in COUNTED:
            yield _told(node, ast.BinOp(node.left, COUNTED[type(node.op)](), node.right))
        case ast.IfExp(test=test):
            yield from _turned(node, test)
        case ast.Call():
            yield from _called(node)
        case ast.Set(elts=elements):
            yield from _forgetting(elements)


def _is_left_alone(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom():
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.JoinedStr():
            return True
        case _:
            return False


def _is_nothing(value: ast.expr) -> bool:
    """What is no answer is asked as a condition: False and None are the same there."""
    return isinstance(value, ast.Constant) and not value.value


def _told(before: ast.AST, after: ast.AST) -> tuple[str, ast.AST]:
    words = [
        " ".join(ast.unparse(ast.fix_missing_locations(one)).split())
        for one in (deepcopy(before), deepcopy(after))
    ]
    return f"{_short(words[0])} → {_short(words[1])}", after


def _short(words: str) -> str:
    return words if len(words) <= 100 else f"{words[:60]} … {words[-36:]}"


def _compared(node: ast.Compare) -> Iterator[tuple[str, ast.AST]]:
    for place, operator in enumerate(node.ops):
        if type(operator) in COMPARED:
            made = deepcopy(node)
            made.ops[place] = COMPARED[type(operator)]()
            yield _told(node, made)


def _joined(node: ast.BoolOp) -> Iterator[tuple[str, ast.AST]]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield _told(node, ast.BoolOp(other, node.values))


def _turned(node: ast.If | ast.IfExp, test: ast.expr) -> Iterator[tuple[str, ast.AST]]:
    made = deepcopy(node)
    made.test = ast.UnaryOp(ast.Not(), deepcopy(test))
    yield f"if {_short(ast.unparse(test))} → if not ({_short(ast.unparse(test))})", made


def _called(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else name
    if name in NAMED:
        made = deepcopy(node)
        if isinstance(made.func, ast.Name):
            made.func.id = NAMED[name]
        elif isinstance(made.func, ast.Attribute):
            made.func.attr = NAMED[name]
        yield _told(node, made)
    if name in DROPPING:
        for place in range(len(node.args)):
            if len(node.args) > 1 or name == "where":
                made = deepcopy(node)
                del made.args[place]
                forgotten = _short(ast.unparse(node.args[place]))
                yield f"{name}(…) without {forgotten}", made


def _forgetting(elements: list[ast.expr]) -> Iterator[tuple[str, ast.AST]]:
    for place, element in enumerate(elements):
        left = [one for at, one in enumerate(elements) if at != place]
        made = ast.Set(left) if left else ast.Call(ast.Name("set", ast.Load()), [], [])
        yield f"{{…}} without {_short(ast.unparse(element))}", made


def mutants(module: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    walk = _Walk()
    walk.visit(parsed(module))
    return walk.found


def mutated(module: str, number: int) -> ast.Module:
    """The module with one change."""
    return ast.fix_missing_locations(cast("ast.Module", _Walk(number).visit(parsed(module))))
