"""Whom the asks of a provider are visible to: its own people. Imported once, at start."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.authority.predicate import Expression
from app.authority.scopes import Scope, register
from app.delegation.models import ClientAsk, ClientList
from app.parties.models import Account


def _program_of(account_id: Expression) -> Expression:
    account = aliased(Account)
    return (
        select(account.program_id)
        .where(account.id == account_id)
        .correlate_except(account)
        .scalar_subquery()
    )


register(
    ClientList,
    Scope(account=ClientList.account_id, program=_program_of(ClientList.account_id)),
)
register(
    ClientAsk,
    Scope(account=ClientAsk.account_id, program=_program_of(ClientAsk.account_id)),
)
