"""A provider asks clients to let it act: one number, or a checked list of them.

Nothing that is answered here tells whether a business exists or has an account: what a provider
is told depends on what it did itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, scoped_session

from app.audit.events import Event
from app.audit.service import record
from app.audit.targets import Target, describe
from app.authority.locks import lock_account
from app.authority.models_delegation import Delegation, DelegationRequest
from app.authority.queries import authorise, find
from app.base.db import deed, now
from app.base.errors import Conflict, Invalid, NotFound
from app.base.identifiers import parse_bn
from app.base.limiting import Window, spend
from app.base.queue import enqueue
from app.delegation.models import ClientAsk, ClientList
from app.delegation.rules.numbers import Checked, Known, check, numbers_in, why_not
from app.delegation.service.common import require_open, rule_of
from app.parties.models import Account, Business
from app.programs.actions import Action
from app.programs.limits import limits

Db = Session | scoped_session[Session]
OPEN: Final = ("waiting", "asked")


def known_to(db: Db, account: Account, numbers: Collection[str]) -> Known:
    """What the provider knows of these numbers: its own, whom it asked, for whom it acts."""
    asked = select(ClientAsk.number).where(
        ClientAsk.account_id == account.id,
        ClientAsk.state.in_(OPEN),
        ClientAsk.number.in_(numbers),
    )
    acting = (
        select(Business.bn)
        .join(Account, Account.party_id == Business.id)
        .join(Delegation, Delegation.account_id == Account.id)
        .where(
            Delegation.delegate_id == account.party_id,
            Delegation.program_id == account.program_id,
            Delegation.program_account_id.is_(None),
            Delegation.state == "active",
            Business.bn.in_(numbers),
        )
    )
    own = account.business.bn if account.business else None
    return Known(own, frozenset(db.scalars(asked)), frozenset(filter(None, db.scalars(acting))))


def ask_client(actor: int, account_id: int, number: str, comment: str) -> int:
    """Ask the business of this number to let the provider act; return the ask's number.

    “The service provider's BAM asks” (facts B5). Every ask counts, right or wrong. Raises
    Refused, TooMany; Invalid ``number`` ``bn``, ``own``, ``acting``, ``asked``, ``comment``
    ``too_long``; Conflict ``closed``.
    """
    _count_ask(actor, _may_ask(actor, account_id))
    return _ask_one(actor, account_id, number, comment)


def _count_ask(actor: int, about: Target) -> None:
    limit = limits().ask_a_client
    for subject in (f"person:{actor}", f"account:{about.id}"):
        spend(
            "ask_a_client",
            subject,
            [Window(limit.times, limit.within)],
            person_id=actor,
            target=about,
        )


@deed
def _may_ask(db: Session, actor: int, account_id: int) -> Target:
    return describe(_asking(db, actor, account_id))


def _asking(db: Session, actor: int, account_id: int) -> Account:
    account = lock_account(db, account_id)
    rule_of(account)
    authorise(db, actor, Action.CLIENTS_ASK, account)
    require_open(account)
    return account


@deed
def _ask_one(db: Session, actor: int, account_id: int, number: str, comment: str) -> int:
    account = _asking(db, actor, account_id)
    told = _comment(account, comment)
    plain = parse_bn(number)
    if plain is None:
        raise Invalid({"number": "bn"})
    if reason := why_not(plain, known_to(db, account, [plain])):
        raise Invalid({"number": reason})
    row = ClientAsk(account_id=account.id, number=plain, comment=told, asked_by=actor)
    db.add(row)
    db.flush()
    # The worker looks who has the number: how long this takes tells nothing of it.
    enqueue(db, "delegation.deliver", ask_id=row.id)
    _record_ask(db, actor, row)
    return row.id


def _comment(account: Account, comment: str) -> str | None:
    most = rule_of(account).longest_comment
    if len(comment.strip()) > most:
        raise Invalid({"comment": "too_long"}, most=most)
    return comment.strip() or None


def _record_ask(db: Session, actor: int, row: ClientAsk) -> None:
    record(
        db,
        Event.CLIENT_ASKED,
        actor=actor,
        target=row,
        changes={"number": row.number},
        personal={"comment": row.comment} if row.comment else None,
    )


def checked(db: Db, account: Account, text: str) -> list[Checked]:
    """Every line of a pasted list, with what stands in its way. Raises Invalid ``numbers``.

    ``empty``, or ``too_many`` where it names more than the definition lets be asked at once.
    """
    lines = list(check(text, known_to(db, account, numbers_in(text))))
    most = rule_of(account).asked_at_once
    if not lines or len(lines) > most:
        raise Invalid({"numbers": "too_many" if lines else "empty"}, most=most)
    return lines


def ask_clients(actor: int, account_id: int, token: str, text: str, comment: str) -> int:
    """Let the worker ask every number of a checked list, one by one; return the list's number.

    A page that is sent twice begins one list. Raises what ``ask_client`` and ``checked`` raise.
    """
    _count_ask(actor, _may_ask(actor, account_id))
    return _begin_list(actor, account_id, token, text, comment)


@deed
def _begin_list(
    db: Session, actor: int, account_id: int, token: str, text: str, comment: str
) -> int:
    account = _asking(db, actor, account_id)
    told = _comment(account, comment)
    lines = checked(db, account, text)
    opened = insert(ClientList).values(account_id=account.id, token=token, begun_by=actor)
    number = db.scalar(opened.on_conflict_do_nothing().returning(ClientList.id))
    if number is None:
        return _begun_before(db, actor, account, token)
    _keep_lines(db, actor, account, number, lines, told)
    enqueue(db, "delegation.ask_list", list_id=number, lock=f"client_list:{number}")
    kept = db.get_one(ClientList, number)
    record(db, Event.CLIENT_LIST_BEGUN, actor=actor, target=kept, changes={"rows": len(lines)})
    return int(number)


def _begun_before(db: Session, actor: int, account: Account, token: str) -> int:
    wanted = select(ClientList.id).where(
        ClientList.token == token,
        ClientList.account_id == account.id,
        ClientList.begun_by == actor,
    )
    found = db.scalar(wanted)
    if found is None:
        raise Conflict("stale")
    return found


def _keep_lines(
    db: Session,
    actor: int,
    account: Account,
    number: int,
    lines: Sequence[Checked],
    comment: str | None,
) -> None:
    moment = now(db)
    for line in lines:
        row = ClientAsk(account_id=account.id, list_id=number, asked_by=actor, comment=comment)
        row.number = line.number if line.reason is None and line.number else line.typed
        if line.reason is not None:
            row.state, row.reason, row.settled_at = "skipped", line.reason, moment
        db.add(row)
        db.flush()  # in the order of the list


@deed
def withdraw_ask(db: Session, actor: int, account_id: int, ask_id: int) -> None:
    """Take back an ask that waits for its answer; the client sees it no more.

    Raises NotFound, Refused, Conflict ``moved_on``.
    """
    seen = find(db, actor, Action.CLIENTS_ASK, ClientAsk, ask_id)
    if seen.account_id != account_id:
        raise NotFound(f"ClientAsk {ask_id}")
    if seen.request_id is not None:
        lock_account(db, db.get_one(DelegationRequest, seen.request_id).account_id)
    account = lock_account(db, account_id)
    authorise(db, actor, Action.CLIENTS_ASK, account)
    db.refresh(seen, with_for_update=True)
    if seen.state not in OPEN:
        raise Conflict("moved_on")
    moment = now(db)
    seen.state, seen.settled_at = "withdrawn", moment
    request = db.get(DelegationRequest, seen.request_id) if seen.request_id else None
    if request is not None and request.state == "asked":
        request.state, request.answered_at, request.answered_by = "withdrawn", moment, actor
    db.flush()
    if request is not None:
        changes = {"party_id": request.delegate_id}
        record(db, Event.DELEGATION_WITHDRAWN, actor=actor, target=request, changes=changes)
    record(
        db, Event.CLIENT_ASK_WITHDRAWN, actor=actor, target=seen, changes={"number": seen.number}
    )
