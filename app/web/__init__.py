"""The shell: layout, stylesheet, locale prefix, forms, errors, headers, staff screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask) -> None:
    """Put the shell around the application; ``create_app`` calls it after FAB and the gate."""
    # Here and not above: whoever needs one name of this package must not import all of it.
    from app.web import desk

    desk.install(app)
