"""The shell around every page, put together: what ``create_app`` calls."""

from __future__ import annotations

from datetime import date

from flask import Flask, render_template

from app.web import context, errors, formats, front, locale, security


def install(app: Flask, *, modified: date, gallery: bool = False) -> None:
    """Prefix, formats, templates' names, headers, error pages and public pages.

    Call it after AppBuilder (it replaces AppBuilder's choice of the locale) and before the
    gate is registered. ``modified`` is the date of the release, shown in the footer;
    ``gallery`` adds the page that shows every part, for development and tests.
    """
    formats.install(app)
    context.install(app)
    context.set_date_modified(app, modified)
    locale.install(app, front=_both_languages)
    security.install(app)
    errors.install(app)
    app.register_blueprint(front.pages)
    if gallery:
        from app.web.gallery import pages as gallery_pages  # not part of production

        app.register_blueprint(gallery_pages)


def _both_languages() -> str:
    return render_template("public/languages.html")
