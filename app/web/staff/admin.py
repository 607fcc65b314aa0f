"""The screens of FAB's own tables, last in the menu."""

from __future__ import annotations

from flask_appbuilder import AppBuilder

from app.web.staff.fab import RoleView, UserView
from app.web.staff.screens import Screens, add_screens

SCREENS: Screens = ((UserView, "users"), (RoleView, "roles"))


def register(builder: AppBuilder) -> None:
    """Put the screens into the staff menu."""
    add_screens(builder, SCREENS)
