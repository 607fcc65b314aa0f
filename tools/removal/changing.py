"""A module changed while it runs: its functions get other code, its tables other values.

For a process that was forked for one trial and ends with it. Nothing is written to a file, and
nothing is loaded again: whoever holds a function of the module holds the changed one.
"""

from __future__ import annotations

import ast
import gc
import sys
from collections import defaultdict
from functools import lru_cache
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

from tools.removal import without
from tools.removal.code import HELPER
from tools.removal.items import modules

_DECLARED: Final = (ast.ClassDef, ast.FunctionDef, ast.Import, ast.ImportFrom)


class NotLoaded(Exception):
    """The changed module fails while it is loaded: nobody could start the portal with it."""


def change(module: str, tree: ast.Module, *, values: bool = False) -> None:
    """Put the changed tree in the place of the module’s own code; with ``values`` its tables too.

    Raises NotLoaded when the changed module could not even be loaded.
    """
    loaded = sys.modules[module]
    vars(loaded)[HELPER] = without
    code = compile(tree, str(modules()[module]), "exec", dont_inherit=True)
    exchanged = _exchange_code(code)
    if not values:
        if not exchanged:
            raise RuntimeError(f"{module} was not changed: its file is newer than what was loaded")
        return
    try:
        _exchange_values(loaded, tree)
        _exchange_defaults(loaded, tree)
    except Exception as error:
        raise NotLoaded(repr(error)) from error


def _exchange_code(code: CodeType) -> int:
    """Every living function of the module runs the code of the same name and place.

    Returns how many run another code than before.
    """
    changed = dict(_functions(code))
    exchanged = 0
    for function in living()[code.co_filename]:
        place = (function.__code__.co_qualname, function.__code__.co_firstlineno)
        if place in changed:
            exchanged += function.__code__ != changed[place]
            function.__code__ = changed[place]
    return exchanged


@lru_cache(maxsize=1)
def living() -> dict[str, list[FunctionType]]:
    """The living functions by the file of their code.

    Asked for once, before the trials are forked: whoever looks at every object copies them all.
    """
    found: dict[str, list[FunctionType]] = defaultdict(list)
    for function in gc.get_objects():
        if isinstance(function, FunctionType):
            found[function.__code__.co_filename].append(function)
    return found


def _functions(code: CodeType) -> list[tuple[tuple[str, int], CodeType]]:
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    found = [((one.co_qualname, one.co_firstlineno), one) for one in inner]
    return found + [pair for one in inner for pair in _functions(one)]


def _exchange_values(module: ModuleType, tree: ast.Module) -> None:
    """What the module names at its top: tables, patterns, parts of queries.

    Classes stay: a value is made of those that everybody else has. So do functions, which run the
    changed code already.
    """
    kept = [node for node in tree.body if not isinstance(node, _DECLARED)]
    made: dict[str, Any] = dict(vars(module))
    code = compile(ast.Module(kept, []), str(module.__file__), "exec", dont_inherit=True)
    exec(code, made)  # noqa: S102 (the portal's own module, with one change of ours)
    for name, value in made.items():
        before = vars(module).get(name)
        if before is not value and not isinstance(before, FunctionType):
            _name_everywhere(name, before, value)


def _exchange_defaults(module: ModuleType, tree: ast.Module) -> None:
    """What a parameter is when nobody gives it: kept by the function, and not in its code."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and (node.args.defaults or node.args.kw_defaults):
            made: dict[str, Any] = dict(vars(module))
            plain = ast.FunctionDef(**(dict(ast.iter_fields(node)) | {"decorator_list": []}))
            alone = ast.Module([ast.copy_location(plain, node)], [])
            exec(compile(alone, "", "exec", dont_inherit=True), made)  # noqa: S102 (as above)
            for function in living()[str(module.__file__)]:
                if function.__code__.co_qualname == node.name:
                    function.__defaults__ = made[node.name].__defaults__
                    function.__kwdefaults__ = made[node.name].__kwdefaults__


def _name_everywhere(name: str, before: Any, value: Any) -> None:
    """Modules that took the value by its name take the new one."""
    for other in list(sys.modules.values()):
        if getattr(other, "__name__", "").startswith(("app", "tests")):
            names = vars(other)
            if name in names and names[name] is before:
                names[name] = value
