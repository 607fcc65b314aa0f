"""Single keys that move through the staff's lists: off until somebody turns them on.

A key without Ctrl or Alt may be pressed by a voice or a tremor, so there has to be a way to turn
it off (WCAG 2.1.4). It is kept by the browser, not by the person: keyboards belong to machines.
"""

from __future__ import annotations

from typing import Any, Final

from flask import request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

COOKIE: Final = "guichet_keys"
_YEAR: Final = 365 * 24 * 3600  # seconds

KEYS: Final[tuple[tuple[str, Any], ...]] = (
    ("J", _l("Go to the next row of the list")),
    ("K", _l("Go to the previous row of the list")),
    ("X", _l("Select or unselect the row")),
    ("N", _l("Open the next page of the list")),
    ("P", _l("Open the previous page of the list")),
    ("/", _l("Go to the first filter")),
    ("W", _l("Open the work list")),
    ("?", _l("Open this page")),
)
"""What each key does; `static/keys.js` does it."""


def are_on() -> bool:
    """Whether this browser listens to them."""
    return request.cookies.get(COOKIE) == "on"


def turn(answer: Response, *, on: bool) -> Response:
    """Keep the choice in this browser for a year."""
    if on:
        answer.set_cookie(
            COOKIE, "on", max_age=_YEAR, secure=request.is_secure, httponly=True, samesite="Lax"
        )
    else:
        answer.delete_cookie(COOKIE, secure=request.is_secure, httponly=True, samesite="Lax")
    return answer
