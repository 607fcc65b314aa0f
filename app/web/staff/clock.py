"""The database's clock as this request read it, for the states that only time makes."""

from __future__ import annotations

from datetime import datetime

from flask import g

from app.base.db import now, session


def moment() -> datetime:
    """The instant that this page compares its rows with: that of the sign-in session's reading."""
    if "staff_moment" not in g:
        seen = g.get("sign_in")
        g.staff_moment = seen.now if seen is not None else now(session)
    found: datetime = g.staff_moment
    return found
