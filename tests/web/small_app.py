"""A small app with the shell and the public pages: no database, no sign-in."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect

from app.programs.pages import pages as program_pages
from app.web import shell
from app.web.front import pages as front_pages

ROOT = Path(__file__).resolve().parents[2]


def small_app(**settings: object) -> Flask:
    """The shell as create_app installs it, over nothing."""
    app = Flask("app", template_folder="web/templates", static_folder="web/static")
    app.config.update(
        SECRET_KEY="only for tests",
        TESTING=True,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        BABEL_DEFAULT_LOCALE="en_CA",
    )
    app.config.update(settings)
    Babel(app)
    CSRFProtect(app)
    shell.install(app, gallery=True)
    app.register_blueprint(front_pages)
    app.register_blueprint(program_pages)
    return app
