"""Commands for whoever runs the portal: `flask migrate-db`, `sync`, `demo`, `audit verify`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click
from flask import Flask

from app.audit.commands import audit
from app.base import db, settings
from app.ops import schema
from config import ConfigError, Settings


def install(app: Flask) -> None:
    """Give the application its commands."""
    app.cli.add_command(migrate_db)
    app.cli.add_command(sync_definitions)
    app.cli.add_command(load_demo)
    app.cli.add_command(audit)


def owner_url(values: Settings) -> str:
    """Return the address of the tables' owner; raise ConfigError when it is not given."""
    if values.database_owner_url is None:
        raise ConfigError("DATABASE_OWNER_URL: is not set; this command changes what tables hold")
    return values.database_owner_url


def prepare(values: Settings) -> None:
    """Migrate and sync, and on a laptop put the demonstration in: all that `run.py` needs."""
    schema.upgrade(owner_url(values))
    from app import create_app

    app = create_app(values)
    with app.app_context():
        sync(values)
        if values.env == "development":
            demo(values)


@contextmanager
def as_owner(values: Settings) -> Iterator[None]:
    """Run a command's deeds as the owner of the tables, then as the application again."""
    _connect(owner_url(values))
    try:
        yield
    finally:
        _connect(values.database_url)


def _connect(url: str) -> None:
    old = db.session.get_bind()
    db.connect(url)
    old.engine.dispose()


def sync(values: Settings) -> int:
    """Write what the definitions and the code say into tables; return the rows that changed."""
    from app.programs import service

    with as_owner(values):
        return db.deed(service.sync)()


def demo(values: Settings) -> None:
    """Put the demonstration in, once; raise ConfigError where real people may be."""
    if values.production:
        raise ConfigError("GUICHET_ENV: the demonstration is not for production")
    if not values.demo_password:
        raise ConfigError("DEMO_PASSWORD: is not set")
    _found("app.ops.demo", "load")(values)


@click.command("migrate-db")
def migrate_db() -> None:
    """Bring the tables to this program's version."""
    schema.upgrade(owner_url(settings.get()))


@click.command("sync")
def sync_definitions() -> None:
    """Write definitions, roles and permissions into tables."""
    click.echo(f"{sync(settings.get())} rows changed")


@click.command("demo")
def load_demo() -> None:
    """Put the demonstration's people and businesses in, once."""
    demo(settings.get())


def _found(module: str, name: str) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function
