"""The shell around every page, over nothing: no database, no sign-in."""

from __future__ import annotations

from datetime import date
from typing import Final

from flask import Flask, render_template

from app.web import (
    context,
    errors,
    formats,
    help_pages,
    locale,
    machines,
    observing,
    security,
    templating,
)

# The day of this release: the date every page shows as modified.
RELEASED: Final = date(2026, 11, 22)


def install(app: Flask, *, gallery: bool = False) -> None:
    """Prefix, formats, templates' names, headers, error pages and help.

    Call it after AppBuilder: its choice of the locale is replaced. ``gallery`` adds the page
    that shows every part, for development and tests.
    """
    templating.install(app)
    formats.install(app)
    context.install(app)
    context.set_date_modified(app, RELEASED)
    locale.install(app, front=_both_languages)
    security.install(app)
    errors.install(app)
    observing.install(app)
    app.register_blueprint(help_pages.pages)
    app.register_blueprint(machines.pages)
    if gallery:
        from app.web.gallery import pages  # not part of a real service

        app.register_blueprint(pages)


def _both_languages() -> str:
    return render_template("public/languages.html")
