"""The scope of each model: which rows are whose (`app.authority.scopes`)."""

from __future__ import annotations

from importlib import import_module

from app.authority import scopes
from tools.removal.items import APP, Item
from tools.removal.without import Unbounded

KIND = "scope"


def listed() -> list[Item]:
    """One item a model with a scope."""
    import_module("app.models")
    import_module("app.authority.registered")
    for path in sorted(APP.glob("*/scopes.py")):
        import_module(f"app.{path.parent.name}.scopes")
    # Those of the framework's own tables come with its screens (`tests/staff/test_users.py`).
    ours = [one for one in scopes.registered() if one.__module__.startswith("app.")]
    return [Item(KIND, model.__name__, "app.authority.scopes") for model in ours]


def take_out(name: str) -> None:
    """Give everybody every row of the model of that name."""
    model = next(model for model in scopes.registered() if model.__name__ == name)
    vars(scopes)["_scopes"][model] = Unbounded()
