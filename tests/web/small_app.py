"""A small app with the shell alone: no database, no sign-in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect

from app.web import shell

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
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Babel(app)
    CSRFProtect(app)
    shell.install(app, modified=date(2026, 11, 20), gallery=True)
    return app
