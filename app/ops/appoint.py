"""The command for a program's first administrator; afterwards the portal's own screens do it."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.authority.service.staff import appoint_first
from app.base.db import session
from app.base.errors import Conflict
from app.base.identifiers import parse_urn
from app.parties.models import Person
from app.programs.models import Program

_REASONS = {
    "has_administrator": "the program has an administrator: they give assignments in the portal",
    "inactive": "this person cannot sign in",
}


@click.command("appoint")
@click.argument("program")
@click.argument("urn")
@with_appcontext
def appoint(program: str, urn: str) -> None:
    """Make URN the first administrator of PROGRAM (the code of its definition file).

    The person signs up in the portal first, like everybody. The trail tells of it.
    """
    program_id = session.scalar(select(Program.id).where(Program.code == program))
    person_id = session.scalar(select(Person.id).where(Person.urn == parse_urn(urn)))
    if program_id is None:
        raise click.ClickException(f"no program is called {program}")
    if person_id is None:
        raise click.ClickException(f"nobody has the reference number {urn}")
    try:
        appoint_first(program_id=program_id, person_id=person_id)
    except Conflict as conflict:
        raise click.ClickException(_REASONS[conflict.reason]) from conflict
    click.echo(f"{urn} administers {program}.")
