"""The screens of the staff, and which staff action each of their addresses asks for.

One table, read twice: by ``create_app``, which puts the screens into the menu, and by ``sync``,
which writes FAB's permissions. A permission that is not in it exists for nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, Final

from flask_appbuilder import AppBuilder

from app.web.admin import SafeModelView

Screens = Sequence[tuple[type[Any], str]]
"""Views and the names of their menu entries, in the order of the menu."""

PACKAGES: Final = (
    "app.web.staff",
    "app.cases.admin.screens",
    "app.enrolment.admin",
    "app.cases.admin.filed",
    "app.consents.admin",
    "app.parties.admin",
    "app.ledger.admin",
    "app.authority.admin",
    "app.identity.admin",
    "app.correspondence.admin",
    "app.programs.admin",
    "app.desk.admin",
    "app.audit.admin",
    "app.web.staff.admin",
    "app.ops.admin",
)


def add_screens(builder: AppBuilder, screens: Screens) -> None:
    """Register views, each with its entry in the staff menu."""
    for view, name in screens:
        builder.add_view(view, name, label=view.list_title)


def all_screens() -> Iterator[tuple[type[Any], str]]:
    """Every screen of every package."""
    for name in PACKAGES:
        yield from import_module(name).SCREENS


def permissions() -> dict[str, dict[str, str]]:
    """Screen or menu entry → FAB permission → the staff action that it stands for."""
    found: dict[str, dict[str, str]] = {}
    for view, name in all_screens():
        asked = dict(actions_of(view))
        found[view.__name__] = asked
        found[name] = {"menu_access": asked.get("can_list") or asked["can_read"]}
    return found


def actions_of(view: type[Any]) -> Mapping[str, str]:
    """FAB permission of a view → the staff action that it stands for."""
    if not issubclass(view, SafeModelView):
        declared: Mapping[str, str] = view.actions
        return declared
    reading = view.datamodel.action
    asked = {"can_list": reading, "can_show": reading}
    if view.can_export:
        asked["can_export"] = "staff.export"
    if view.add_form is not None:
        asked["can_add"] = view.add_action
    if view.edit_form is not None:
        asked["can_edit"] = view.edit_action
    return asked
