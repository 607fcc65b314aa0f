"""The same commands where no portal is set up: `python -m app.ops.programs check FILE`.

With DATABASE_URL and the portal's other settings in the environment they speak with its database;
with none of them they work from files alone.
"""

from __future__ import annotations

import os

import click
from flask import Flask
from flask.cli import ScriptInfo
from flask_babel import Babel

import config
from app.ops.programs.commands import programs


def make() -> Flask:
    """The portal where its settings are there; without them, an application that only speaks.

    Raises ClickException when the settings are there and cannot be used.
    """
    if "DATABASE_URL" in os.environ:
        from app import create_app

        try:
            return create_app()
        except config.ConfigError as error:
            raise click.ClickException(str(error)) from None
    app = Flask("app")
    Babel(app, default_translation_directories=str(config.ROOT / "translations"))
    return app


if __name__ == "__main__":
    programs.main(prog_name="programs", obj=ScriptInfo(create_app=make))
