"""The worker carries drafts to the version of their program that is in force."""

from __future__ import annotations

import logging
from typing import Final

from sqlalchemy.exc import OperationalError

from app.base.db import session
from app.base.queue import job
from app.cases import queries_versions
from app.cases.service import carrying
from app.programs.models import Program

log = logging.getLogger(__name__)

BATCH: Final = 500
"""Cases of one run: a worker that is asked to stop loses little, and another goes on."""


@job("cases.follow", tries=3, cron="23 * * * *")
def follow() -> None:
    """Look for drafts that a version left behind: whatever stood in their way may be gone."""
    carrying.begin_carrying()


@job("cases.carry", tries=3)
def carry(program_id: int, after: int) -> None:
    """Carry the next drafts of a program to its version in force, each in a deed of its own.

    A draft that cannot be carried stays as it is, and keeps no other from it; the status page of
    the staff counts those that are left.
    """
    program = session.get_one(Program, program_id)
    found = queries_versions.to_carry(session, program, after, BATCH)
    for case_id in found:
        try:
            carrying.carry_case(case_id)
        except OperationalError:
            raise  # the database is away: the whole run is tried again
        except Exception:
            log.exception("case %s was not carried to the version in force", case_id)
    if len(found) == BATCH:
        carrying.carry_next(program_id, found[-1])
