"""The staff's side of the shell: work list, screens, FAB's users and roles, exports."""

from __future__ import annotations

from flask import current_app
from flask_appbuilder import AppBuilder

from app.web.admin import set_exported, set_holds, set_offered
from app.web.staff import scopes, sync
from app.web.staff.exports import exported
from app.web.staff.posts import hang_nameplate, holds, offered
from app.web.staff.screens import Screens, add_screens
from app.web.staff.views import WorkListView

SCREENS: Screens = ((WorkListView, "work-list"),)


def register(builder: AppBuilder) -> None:
    """Put the work list first into the staff menu, and wire what all screens need."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    set_exported(app, exported)
    set_holds(app, holds)
    set_offered(app, offered)
    app.before_request(hang_nameplate)
    add_screens(builder, SCREENS)


__all__ = ["SCREENS", "register", "scopes", "sync"]
