"""The guards in the code: found and taken out by their place in the syntax tree.

Nothing is written: an edited tree takes the place of the module's own while it runs
(``tools.removal.changing``), so that the working tree stays as it is.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import cast

from tools.removal.items import Item, modules

DOCUMENTS = {"Unfit", "TooLarge", "WrongOffset", "BrokenUpload"}
"""What a file is refused with: `app.documents`."""
ERRORS = {"Refused", "NotFound", "Invalid", "Conflict", "TooMany", "StepUpNeeded", *DOCUMENTS}
"""What a person or a person's file is refused with: `app.base.errors`."""
FIELD_ERRORS = {"ValidationError", "StopValidation"}
"""The same, in a form."""
SPENDING = ("spend", "_spend")
READING = {"visible": 3, "find": 5}
"""The row scopes, and how many arguments each takes."""
_LONGEST = 90
HELPER = "_removal"
"""The name under which a changed module finds what stands in a guard's place."""
HELPERS = {"visible": "everything", "find": "anything"}

Edit = Callable[[Item, ast.AST], ast.AST]


def parsed(module: str) -> ast.Module:
    """The module as it is written."""
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def refusals() -> frozenset[str]:
    """The names of functions that make a refusal for others to raise."""
    found = set()
    for function in _functions():
        made = ast.unparse(function.returns) if function.returns else ""
        if made in ERRORS:
            found.add(function.name)
    return frozenset(found)


@lru_cache(maxsize=1)
def askers() -> frozenset[str]:
    """The names of functions that do nothing but refuse: to call one is to guard."""
    known = {"authorise"}
    bodies = [one for one in _functions() if _returns_nothing(one)]
    while True:
        more = {
            one.name
            for one in bodies
            if one.name not in known and _refuses(one, known) and _only_refuses(one.body, known)
        }
        if not more:
            return frozenset(known)
        known |= more


@lru_cache(maxsize=1)
def _functions() -> tuple[ast.FunctionDef, ...]:
    nodes = (node for module in modules() for node in ast.walk(parsed(module)))
    return tuple(node for node in nodes if isinstance(node, ast.FunctionDef))


def _returns_nothing(function: ast.FunctionDef) -> bool:
    return isinstance(function.returns, ast.Constant) and function.returns.value is None


def _refuses(function: ast.FunctionDef, known: set[str]) -> bool:
    return any(
        isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and _called(node) in known)
        for node in ast.walk(function)
    )


def _only_refuses(body: list[ast.stmt], known: set[str]) -> bool:
    return all(_harmless(statement, known) for statement in body)


def _harmless(statement: ast.stmt, known: set[str]) -> bool:
    """A statement that refuses, looks, or names what it found: it changes nothing."""
    match statement:
        case ast.Raise() | ast.Pass():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call() as call):
            return _called(call) in known
        case ast.Assign(targets=targets):
            return all(isinstance(target, ast.Name | ast.Tuple) for target in targets)
        case ast.AnnAssign(target=ast.Name()):
            return True
        case ast.Return(value=None):
            return True
        case ast.If() | ast.For():
            return _only_refuses([*statement.body, *statement.orelse], known)
        case _:
            return False


def _called(call: ast.Call) -> str:
    """The last part of the called name."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _raises_refusal(node: ast.Raise) -> bool:
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    name = raised.id if isinstance(raised, ast.Name) else ""
    # A small name holds an error that was made above it.
    return name in ERRORS | FIELD_ERRORS | refusals() or (name.islower() and node.cause is None)


class _Walk(ast.NodeTransformer):
    """Goes through a module and gives every guard in it to ``edit``."""

    def __init__(self, module: str, edit: Edit) -> None:
        self.module, self.edit = module, edit
        self._inside: list[str] = []
        self._seen: Counter[str] = Counter()

    def _item(self, kind: str, node: ast.AST | None) -> Item:
        text = " ".join(ast.unparse(node or ast.Pass()).split())
        if len(text) > _LONGEST:
            text = text[: _LONGEST - 1] + "…"
        where = ".".join([self.module.removeprefix("app."), *self._inside])
        name = f"{where}: {text}"
        self._seen[kind + name] += 1
        number = self._seen[kind + name]
        return Item(kind, name if number == 1 else f"{name} #{number}", self.module)

    def _into(self, node: ast.FunctionDef | ast.ClassDef) -> ast.AST:
        self._inside.append(node.name)
        self.generic_visit(node)
        self._inside.pop()
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._into(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._into(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        if node.exc is None or not _raises_refusal(node):
            return node
        return self.edit(self._item("guard", node.exc), node)

    def visit_Return(self, node: ast.Return) -> ast.AST:
        decides = self.module == "app.identity.gate" and self._inside == ["_decide"]
        guards = decides and isinstance(node.value, ast.Call | ast.IfExp)
        return self._edited("gate" if guards else "", node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        called = _called(node.value) if isinstance(node.value, ast.Call) else ""
        if called == "authorise":
            return self._edited("authorise", node)
        if called in askers() or called == "abort":
            return self._edited("guard", node)
        return self._edited("limit" if called.startswith(SPENDING) else "", node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        scoped = len(node.args) == READING.get(_called(node), -1)
        return self._edited("row scope" if scoped else "", node)

    def _edited(self, kind: str, node: ast.Call | ast.Expr | ast.Return) -> ast.AST:
        # Named before what is inside is edited: a name never depends on another guard.
        item = (
            self._item(kind, node if isinstance(node, ast.Call) else node.value) if kind else None
        )
        self.generic_visit(node)
        return self.edit(item, node) if item else node


def guards(module: str) -> list[Item]:
    """The guards of a module, in the order in which they stand."""
    found: list[Item] = []

    def look(item: Item, node: ast.AST) -> ast.AST:
        found.append(item)
        return node

    _Walk(module, look).visit(parsed(module))
    return found


def listed() -> list[Item]:
    """Every guard in the code."""
    return [item for module in modules() for item in guards(module)]


# ── taken out ───────────────────────────────────────────────────────────────────────────


def without(module: str, key: str) -> ast.Module:
    """The module without one guard. Raises KeyError when it has no such guard."""
    taken: list[str] = []

    def take_out(item: Item, node: ast.AST) -> ast.AST:
        if item.key != key:
            return node
        taken.append(key)
        if isinstance(node, ast.Call):
            name = HELPERS[_called(node)]
            helper = ast.Attribute(ast.Name(HELPER, ast.Load()), name, ast.Load())
            made: ast.AST = ast.Call(helper, node.args, [])
        elif isinstance(node, ast.Return):
            made = ast.Return(ast.Constant(None))
        else:
            made = never(node)
        return ast.copy_location(made, node)

    tree = cast("ast.Module", _Walk(module, take_out).visit(parsed(module)))
    if not taken:
        raise KeyError(key)
    return ast.fix_missing_locations(tree)


def never(node: ast.AST) -> ast.If:
    """The statement, never done, and yet there: its function takes the same names from outside."""
    return ast.If(ast.Constant(False), [cast("ast.stmt", node)], [])
