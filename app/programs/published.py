"""Definitions as they were published: what was begun under a version goes on under it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from sqlalchemy.orm import Session, scoped_session

from app.base.errors import NotFound
from app.programs import library
from app.programs.loader import parse
from app.programs.models import Program, ProgramVersion
from app.programs.schema.definition import Definition

Db = Session | scoped_session[Session]


def published(db: Db, program: Program, version: int) -> Definition:
    """A program's definition at one of its versions, the one in force from its file.

    Raises NotFound for a version that was never published.
    """
    now = library.definition(program.code)
    if now.version == version:
        return now
    kept = db.get(ProgramVersion, (program.id, version))
    if kept is None:
        raise NotFound(f"{program.code} version {version}")
    return _parsed(program.code, _Kept(kept.sha256, lambda: kept.source))


class _Kept:
    """A text that was published, known by its SHA-256: hundreds of kilobytes, read when needed."""

    __slots__ = ("_read", "_sha256")

    def __init__(self, sha256: str, read: Callable[[], str]) -> None:
        self._sha256, self._read = sha256, read

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept) and self._sha256 == other._sha256

    def __hash__(self) -> int:
        return hash(self._sha256)

    def taken(self) -> str:
        """The text, once; the row that it is read from is let go of."""
        text, self._read = self._read(), str
        return text


@lru_cache(maxsize=16)
def _parsed(code: str, kept: _Kept) -> Definition:
    # A published text was checked when it was published; a stricter schema of today may refuse
    # it, which is then an error of whoever made the schema stricter, told as one.
    return parse(Definition, kept.taken(), f"{code}.yaml")
