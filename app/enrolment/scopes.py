"""Whom registrations, letters and codes are visible to. Imported once, at start.

A registration belongs to the person who made it. Its letters and codes are read by that person
for their state and dates; what a code is, nobody can read anywhere.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.authority.predicate import Expression
from app.authority.scopes import Scope, register
from app.enrolment.models import ActivationCode, Letter, Registration
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
register(RegistryUpload, Scope(program=RegistryUpload.program_id))
