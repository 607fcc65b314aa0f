"""The analyst's commands, with the portal's database and without any."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo
from flask_babel import Babel
from sqlalchemy.orm import scoped_session, sessionmaker

from app.base import db as base
from app.ops.programs.commands import programs
from config import ROOT
from tests.programs.conftest import written
from tests.support.second import berths, second

__all__ = ["berths", "second"]


def speaking():
    """An application that knows the two languages and nothing else."""
    app = Flask("app")
    Babel(app, default_translation_directories=str(ROOT / "translations"))
    return app


@pytest.fixture
def run(monkeypatch):
    """`run("check", file)`: the command where neither a portal nor a database is."""
    monkeypatch.setattr(base, "session", scoped_session(sessionmaker()))
    app = speaking()

    def invoke(*arguments):
        info = ScriptInfo(create_app=lambda: app)
        return CliRunner().invoke(programs, [str(one) for one in arguments], obj=info)

    return invoke


@pytest.fixture
def portal(app):
    """The same as a command of the portal, whose database has published its definitions."""

    def invoke(*arguments):
        return app.test_cli_runner().invoke(args=["programs", *(str(one) for one in arguments)])

    return invoke


@pytest.fixture
def save(tmp_path):
    """Write a tree as a definition file somewhere."""

    def write(value, name=""):
        path = tmp_path / f"{name or value['code']}.yaml"
        path.write_text(value if isinstance(value, str) else written(value), encoding="utf-8")
        return path

    return write
