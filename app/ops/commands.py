"""Commands for whoever runs the portal: schema, definitions, demonstration, trail, backups."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask
from flask.cli import with_appcontext

from app.audit.commands import audit
from app.base import db, settings
from app.ops import demo, schema
from app.ops.appoint import appoint
from app.ops.backup.commands import backup, restore
from app.ops.programs.commands import programs
from config import Settings


def install(app: Flask) -> None:
    """Give the application its commands."""
    app.cli.add_command(migrate_db)
    app.cli.add_command(sync_definitions)
    app.cli.add_command(load_demo)
    app.cli.add_command(audit)
    app.cli.add_command(appoint)
    app.cli.add_command(programs)
    app.cli.add_command(backup)
    app.cli.add_command(restore)


def prepare(values: Settings) -> list[tuple[str, str, str]]:
    """Migrate and sync, and on a laptop put the demonstration in: all that `run.py` needs.

    Returns the demonstration's people: sign-in name, what they are in English and French.
    """
    from app import create_app

    with schema.alone(schema.owner_url(values)):
        schema.upgrade(schema.owner_url(values))
        app = create_app(values)
        with app.app_context():
            sync(values)
            if values.env != "development":
                return []
            demo.load(values)
            return demo.accounts()


@contextmanager
def as_owner(values: Settings) -> Iterator[None]:
    """Run a command's deeds as the owner of the tables, then as the application again."""
    _connect(schema.owner_url(values))
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


@click.command("migrate-db")
@with_appcontext
def migrate_db() -> None:
    """Bring the tables to this program's version."""
    url = schema.owner_url(settings.get())
    with schema.alone(url):
        schema.upgrade(url)


@click.command("sync")
@with_appcontext
def sync_definitions() -> None:
    """Write definitions, roles and permissions into tables."""
    from app.programs.service import DefinitionError, PublishedVersionChanged

    values = settings.get()
    with schema.alone(schema.owner_url(values)):
        try:
            click.echo(f"{sync(values)} rows changed")
        except (DefinitionError, PublishedVersionChanged) as error:
            raise click.ClickException(str(error)) from None


@click.command("demo")
@with_appcontext
def load_demo() -> None:
    """Put the demonstration's people and businesses in, once."""
    click.echo("put in" if demo.load(settings.get()) else "already there")
