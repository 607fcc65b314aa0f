"""Guichet, a bilingual client portal for border and trade programs: the wiring, nothing else."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec

from flask import Flask
from flask_wtf import CSRFProtect

import config
from app.base import db, settings
from app.web import requests

# Packages that give client pages (`pages: Blueprint`), in the order of the menu.
PAGES = (
    "app.web.front",
    "app.identity.pages",
    "app.authority.pages",
    "app.cases.pages",
    "app.consents.pages",
    "app.delegation.pages",
    "app.employees.pages",
    "app.enrolment.pages",
    "app.ledger.pages",
    "app.correspondence.pages",
    "app.programs.pages",
    "app.ops.health",
    "app.ops.metrics",
)
# Packages that give generated screens (`register(builder)`), in the order of the staff menu.
SCREENS = (
    "app.web.staff",
    "app.cases.admin.screens",
    "app.enrolment.admin",
    "app.cases.admin.filed",
    "app.consents.admin",
    "app.parties.admin",
    "app.ledger.admin",
    "app.authority.admin",
    "app.identity.admin",
    "app.correspondence.admin",
    "app.programs.admin",
    "app.desk.admin",
    "app.audit.admin",
    "app.web.staff.admin",
    "app.ops.admin",
)
# Modules that only need to be imported: scopes, hooks, jobs.
WIRING = (
    "app.models",
    "app.authority.registered",
    "app.audit.scopes",
    "app.cases.scopes",
    "app.cases.service.carrying",
    "app.consents.scopes",
    "app.correspondence.account",
    "app.correspondence.scopes",
    "app.delegation.scopes",
    "app.desk.scopes",
    "app.employees.scopes",
    "app.enrolment.scopes",
    "app.enrolment.since",
    "app.identity.scopes",
    "app.ledger.scopes",
)


def create_app(values: config.Settings | None = None) -> Flask:
    """Make the WSGI application from settings, by default those of the environment."""
    values = values or config.load()
    settings.install(values)
    app = Flask(
        __name__,
        static_folder="web/static",
        static_url_path="/static",
        template_folder="web/templates",
    )
    _configure(app, values)
    requests.install(app)
    db.connect(values.database_url, threads=values.web_threads)
    app.teardown_appcontext(lambda _error: db.leave())
    for name in WIRING:
        if find_spec(name):
            import_module(name)
    with app.app_context():
        _install_framework(app)
        _install_shell(app)
        _install_pages(app)
    _install_commands(app)
    return app


def _configure(app: Flask, values: config.Settings) -> None:
    app.config.update(
        SECRET_KEY=values.secret_key,
        TESTING=values.env == "test",
        TRUSTED_HOSTS=list(values.trusted_hosts),
        MAX_CONTENT_LENGTH=16 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=2_000,
        PREFERRED_URL_SCHEME=values.base_url.partition(":")[0],
        BABEL_DEFAULT_LOCALE="en_CA",
        BABEL_DEFAULT_TIMEZONE="America/Toronto",
        BABEL_TRANSLATION_DIRECTORIES=str(config.ROOT / "translations"),
        LANGUAGES={"en_CA": {"name": "English"}, "fr_CA": {"name": "Français"}},
        REQUEST_ID_PROXIES=values.request_id_proxies,
        SESSION_COOKIE_NAME="guichet_form",  # holds the form token only; sign-in has its own row
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=values.base_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=None,  # the sign-in session's end is the limit
        # FAB: tables come from migrations, permissions from `sync`; start-up runs no statement.
        FAB_CREATE_DB=False,
        FAB_UPDATE_PERMS=False,
        FAB_ADD_SECURITY_API=False,
        FAB_ADD_OPENAPI_VIEWS=False,
        FAB_SECURITY_MANAGER_CLASS="app.identity.security_manager.SecurityManager",
        FAB_SAFE_REDIRECT_HOSTS=list(values.trusted_hosts),
        APP_NAME="Guichet",
    )


def _install_framework(app: Flask) -> None:
    from app.web.builder import Desk

    CSRFProtect(app)  # before FAB: every one of its views is then covered too
    builder = Desk()
    builder.init_app(app, db.session)
    for name in SCREENS:
        if find_spec(name):
            import_module(name).register(builder)


def _install_shell(app: Flask) -> None:
    from app import web
    from app.identity import gate

    gate.install(app)
    web.install(app)


def _install_pages(app: Flask) -> None:
    gallery = () if settings.get().production else ("app.cases.pages.gallery",)
    for name in (*PAGES, *gallery):
        if find_spec(name):
            app.register_blueprint(import_module(name).pages)


def _install_commands(app: Flask) -> None:
    from app.ops import commands

    commands.install(app)
