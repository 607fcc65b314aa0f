"""What waits for a person among third parties: requests to answer."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from app.authority.models_delegation import DelegationRequest
from app.authority.waiting import Db, Waiting, register
from app.delegation.queries import requests_to
from app.parties.models import Account, Person
from app.programs.actions import Action

MOST = 20
"""No more is listed: the account's own page shows the rest."""


def waiting_in_delegation(db: Db, person: Person) -> list[Waiting]:
    """Requests of third parties that the person may answer, the oldest first."""
    wanted = (
        requests_to(person.id, Action.DELEGATIONS_ANSWER)
        .options(
            joinedload(DelegationRequest.delegate),
            joinedload(DelegationRequest.account).joinedload(Account.party),
        )
        .order_by(DelegationRequest.asked_at, DelegationRequest.id)
    )
    return [
        Waiting(
            title=_("Answer the request of a third party"),
            text=_(
                "%(business)s, asked by %(provider)s",
                business=row.account.party.name,
                provider=row.delegate.name,
            ),
            url=url_for("delegation.answer", account_id=row.account_id, request_id=row.id),
            account_id=row.account_id,
        )
        for row in db.scalars(wanted.limit(MOST)).unique()
    ]


register(waiting_in_delegation)
