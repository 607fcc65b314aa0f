"""What a database has published of a program, when one answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.base import db
from app.programs.loader import DefinitionError, parse
from app.programs.models import Program, ProgramVersion
from app.programs.rules.publishing import Published, Worded
from app.programs.schema.definition import Definition

T = TypeVar("T")


def ask(question: Callable[[Session], T]) -> T | None:
    """What the database answers; None where none is set up, or none answers."""
    try:
        return question(db.session())
    except SQLAlchemyError:
        return None
    finally:
        db.leave()


def versions(code: str) -> tuple[Published, ...] | None:
    """Every version that was published of a program; None without a database."""
    return ask(lambda session: tuple(_published(session, code)))


def text(code: str, version: int) -> str | None:
    """The text that was published under a version; None when there is none, or no database."""
    return ask(
        lambda session: session.scalar(
            select(ProgramVersion.source)
            .join(Program, Program.id == ProgramVersion.program_id)
            .where(Program.code == code, ProgramVersion.version == version)
        )
    )


def _published(session: Session, code: str) -> list[Published]:
    rows = session.scalars(
        select(ProgramVersion)
        .join(Program, Program.id == ProgramVersion.program_id)
        .where(Program.code == code)
        .order_by(ProgramVersion.version)
    )
    found = []
    for row in rows:
        read = _read(row.source)
        found.append(
            Published(
                version=row.version,
                sha256=row.sha256,
                on=row.published_at.date(),
                terms=terms_of(read) if read else None,
                consents=consents_of(read) if read else {},
            )
        )
    return found


def terms_of(one: Definition) -> Worded:
    """The terms of a definition, by what is kept of them."""
    return Worded(one.terms.version, one.terms.sha256())


def consents_of(one: Definition) -> dict[str, Worded]:
    """Its consents, each by what whoever gives it agrees to."""
    return {code: Worded(c.wording, c.sha256()) for code, c in one.consents.items()}


def _read(source: str) -> Definition | None:
    """A version of long ago may say what is no longer read; the newest ones can be compared."""
    try:
        return parse(Definition, source, "published")
    except DefinitionError:
        return None
