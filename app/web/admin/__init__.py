"""Staff screens: generated, scoped by one function, read-only unless they say otherwise."""

from __future__ import annotations

from app.web.admin.columns import Tag
from app.web.admin.deeds import Deed, Door, Related, Tab
from app.web.admin.interface import SafeSQLAInterface
from app.web.admin.scope import set_asked, set_exported, set_holds, set_offered, set_scope
from app.web.admin.view import SafeModelView

__all__ = [
    "Deed",
    "Door",
    "Related",
    "SafeModelView",
    "SafeSQLAInterface",
    "Tab",
    "Tag",
    "set_asked",
    "set_exported",
    "set_holds",
    "set_offered",
    "set_scope",
]
