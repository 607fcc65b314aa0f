"""Drafts: that they follow the version of their program that is in force."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.db import now
from app.cases.queries_versions import behind, drafts
from app.ops.looks.found import Look, asking
from app.programs.models import Program, ProgramVersion
from config import Settings

CARRIED_WITHIN: Final = timedelta(hours=2)
"""After a version was published: the worker tries at once, and again every hour."""


def look(_settings: Settings) -> Look:
    """How many drafts stand under an earlier version, and whether that is for long."""
    waiting, late = 0, 0
    with asking() as connection, Session(connection) as db:
        for program in behind(db):
            number = sum(drafts(db, program, program.version).values())
            waiting += number
            late += number if _is_long_published(db, program) else 0
        newest = db.scalar(select(func.max(ProgramVersion.published_at)))
    facts = {"waiting": waiting}
    if late:
        return Look("drafts", "watch", "left", facts, newest)
    return Look("drafts", "works", "ok", facts, newest)


def _is_long_published(db: Session, program: Program) -> bool:
    published = db.get_one(ProgramVersion, (program.id, program.version)).published_at
    return now(db) - published > CARRIED_WITHIN
