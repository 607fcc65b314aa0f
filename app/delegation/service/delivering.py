"""What the worker does with an ask: it looks who has the number, and lets them know.

Each ask in a transaction of its own: a worker that is killed loses none, and one that runs twice
asks nobody twice.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.models_delegation import DelegationRequest
from app.authority.queries import authorise
from app.base.db import deed, now, session
from app.base.errors import Refused
from app.delegation.models import ClientAsk, ClientList
from app.delegation.rules.numbers import Known, why_not
from app.delegation.service.asking import known_to
from app.delegation.service.common import account_of_number, lock_both, tell_client
from app.parties.models import Account, ProgramAccount
from app.programs.actions import Action


def run_list(list_id: int) -> None:
    """Ask every number of a list that waits, in the list's order, then write down its end."""
    waiting = select(ClientAsk.id).where(ClientAsk.list_id == list_id, ClientAsk.state == "waiting")
    for ask_id in session.scalars(waiting.order_by(ClientAsk.id)).all():
        deliver(ask_id)
    _finish_list(list_id)


@deed
def _finish_list(db: Session, list_id: int) -> None:
    kept = db.get(ClientList, list_id, with_for_update=True)
    if kept is not None and kept.ended_at is None:
        kept.ended_at = now(db)
        db.flush()


@deed
def deliver(db: Session, ask_id: int) -> None:
    """Bring one ask to whoever has its number; a second run finds it done.

    Whoever asked must still be allowed to, else it is skipped.
    """
    seen = db.get(ClientAsk, ask_id)
    if seen is None or seen.state != "waiting":
        return
    provider = db.get_one(Account, seen.account_id)
    client = account_of_number(db, seen.number, provider.program_id)
    lock_both(db, provider.id, client.id if client is not None else provider.id)
    db.refresh(seen, with_for_update=True)
    if seen.state != "waiting":
        return
    if reason := _reason(db, seen, provider):
        seen.state, seen.reason, seen.settled_at = "skipped", reason, now(db)
        db.flush()
        return
    seen.state = "asked"
    if client is not None:
        _ask_client(db, seen, provider, client)
    db.flush()
    if seen.list_id is not None:
        record(
            db,
            Event.CLIENT_ASKED,
            actor=seen.asked_by,
            target=seen,
            changes={"number": seen.number},
            personal={"comment": seen.comment} if seen.comment else None,
        )


def _reason(db: Session, seen: ClientAsk, provider: Account) -> str | None:
    """Why it is not asked after all: much may have happened since it was sent."""
    try:
        authorise(db, seen.asked_by, Action.CLIENTS_ASK, provider)
    except Refused:
        return "not_granted"
    known = known_to(db, provider, [seen.number])
    return why_not(seen.number, Known(known.own, acting=known.acting))


def _ask_client(db: Session, seen: ClientAsk, provider: Account, client: Account) -> None:
    open_already = select(DelegationRequest).where(
        DelegationRequest.account_id == client.id,
        DelegationRequest.delegate_id == provider.party_id,
        DelegationRequest.state == "asked",
    )
    if db.scalars(open_already).first() is not None:
        return
    request = DelegationRequest(
        account_id=client.id,
        program_id=client.program_id,
        delegate_id=provider.party_id,
        asked_by=seen.asked_by,
        comment=seen.comment,
    )
    db.add(request)
    db.flush()
    seen.request_id = request.id
    tell_client(db, client, _parts(db, client), "third_party_asked", provider=provider.party.name)
    record(
        db,
        Event.DELEGATION_REQUESTED,
        actor=seen.asked_by,
        target=request,
        changes={"party_id": provider.party_id},
        personal={"comment": seen.comment} if seen.comment else None,
    )


def _parts(db: Session, client: Account) -> list[int]:
    wanted = select(ProgramAccount.id).where(ProgramAccount.account_id == client.id)
    return list(db.scalars(wanted))
