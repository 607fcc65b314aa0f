"""Staff screens: one's saved views, and what became of deeds on many rows."""

from __future__ import annotations

from flask import current_app
from flask_appbuilder import AppBuilder

from app.desk.admin import results, shipped, views
from app.desk.admin.arranger import DeskArranger
from app.desk.admin.ledger import DeskLedger
from app.web.admin.arranging import set_arranger
from app.web.admin.bulk import set_ledger
from app.web.staff.screens import Screens, add_screens

SCREENS: Screens = (*views.SCREENS, *results.SCREENS)


def register(builder: AppBuilder) -> None:
    """Put the screens into the staff menu, and tell all lists whom to ask and tell."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    set_arranger(app, DeskArranger())
    set_ledger(app, DeskLedger())
    add_screens(builder, SCREENS)


__all__ = ["SCREENS", "register", "shipped"]
