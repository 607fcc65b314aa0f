"""Staff screens: what clients filed, and the page from which an officer moves a case on."""

from __future__ import annotations

from flask_appbuilder import AppBuilder

from app.cases.admin import filed, screens
from app.web.staff.screens import Screens, add_screens

SCREENS: Screens = (*screens.SCREENS, *filed.SCREENS)


def register(builder: AppBuilder) -> None:
    """Put the screens into the staff menu."""
    add_screens(builder, SCREENS)
