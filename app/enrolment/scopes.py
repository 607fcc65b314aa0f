"""Whom registrations, letters and codes are visible to. Imported once, at start.

A registration belongs to the person who made it. Its letters and codes are read by that person
for their state and dates; what a code is, nobody can read anywhere.
"""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from app.authority import predicate
from app.authority.predicate import Clause, Expression
from app.authority.registered import tie_people
from app.authority.scopes import Scope, register
from app.enrolment.models import ActivationCode, BusinessTries, Letter, Registration
from app.parties.models import RegistryUpload

READ = "registration.read"
ANSWER = "registration.answer"
ACTIVATE = "registration.activate"


def _person(registration_id: Expression) -> Expression:
    """Whose registration a letter or a code belongs to."""
    mine = aliased(Registration)
    return (
        select(mine.person_id)
        .where(mine.id == registration_id)
        .correlate_except(mine)
        .scalar_subquery()
    )


_theirs = aliased(Registration)  # made once: a new one at each question takes longer than it


def _registered_there(person: Expression, reader_id: int | None, action: str) -> Clause:
    """Whoever registers a business is of that program, whatever became of it."""
    found = select(1).where(_theirs.person_id == person)
    if reader_id is not None:
        found = found.where(predicate.by_staff(reader_id, action, _theirs.program_id))
    return exists(found.correlate_except(_theirs))


tie_people(_registered_there)
register(
    Registration,
    Scope(
        program=Registration.program_id,
        owner=Registration.person_id,
        own_actions=frozenset({READ, ANSWER, ACTIVATE}),
    ),
)
register(
    Letter,
    Scope(
        program=Letter.program_id,
        owner=_person(Letter.registration_id),
        own_actions=frozenset({READ}),
    ),
)
register(
    ActivationCode,
    Scope(
        program=ActivationCode.program_id,
        owner=_person(ActivationCode.registration_id),
        own_actions=frozenset({READ}),
    ),
)
register(BusinessTries, Scope(program=BusinessTries.program_id))
register(RegistryUpload, Scope(program=RegistryUpload.program_id))
