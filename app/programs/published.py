"""Definitions as they were published: what was begun under a version goes on under it."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy.orm import Session, scoped_session

from app.base.errors import NotFound
from app.programs import library
from app.programs.loader import parse
from app.programs.models import Program, ProgramVersion
from app.programs.schema.definition import Definition


def published(db: Session | scoped_session[Session], program: Program, version: int) -> Definition:
    """A program's definition at one of its versions, the one in force from its file.

    Raises NotFound for a version that was never published.
    """
    now = library.definition(program.code)
    if now.version == version:
        return now
    kept = db.get(ProgramVersion, (program.id, version))
    if kept is None:
        raise NotFound(f"{program.code} version {version}")
    return _parsed(program.code, kept.source)


@lru_cache(maxsize=16)
def _parsed(code: str, source: str) -> Definition:
    # A published text was checked when it was published; a stricter schema of today may refuse
    # it, which is then an error of whoever made the schema stricter, told as one.
    return parse(Definition, source, f"{code}.yaml")
