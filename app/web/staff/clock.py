"""The database's clock, asked once for a page of rows."""

from __future__ import annotations

from datetime import datetime

from flask import g

from app.base.db import now, session


def moment() -> datetime:
    """The instant that this page compares its rows with."""
    if "staff_moment" not in g:
        g.staff_moment = now(session)
    found: datetime = g.staff_moment
    return found
