"""Reads of both sides: who may act for an account, and for whom a business acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, scoped_session

from app.authority.models_delegation import Assignment, Delegation, DelegationRequest
from app.authority.queries import visible
from app.authority.walk import matching
from app.base.errors import NotFound
from app.delegation.models import ClientAsk
from app.delegation.rules.terms import Giver
from app.parties.models import Account, Party, ProgramAccount
from app.programs.actions import Action

Db = Session | scoped_session[Session]

PAGE = 25
MOST = 200
"""So many third parties of one account are shown; a business has a handful."""


def third_parties(
    db: Db, person_id: int, account_id: int, *, state: str = "active"
) -> Sequence[Delegation]:
    """Whom the account lets act, or let; of who answers for a part only, that part's."""
    wanted = (
        visible(person_id, Action.DELEGATIONS_VIEW, Delegation)
        .where(Delegation.account_id == account_id, Delegation.state == state)
        .options(joinedload(Delegation.delegate), joinedload(Delegation.program_account))
        .order_by(Delegation.made_at.desc(), Delegation.id.desc())
    )
    return db.scalars(wanted.limit(MOST)).unique().all()


def third_party(db: Db, person_id: int, account_id: int, delegation_id: int) -> Delegation:
    """One of them. Raises NotFound."""
    wanted = visible(person_id, Action.DELEGATIONS_VIEW, Delegation).where(
        Delegation.account_id == account_id, Delegation.id == delegation_id
    )
    found = db.scalars(wanted).unique().one_or_none()
    if found is None:
        raise NotFound(f"Delegation {delegation_id}")
    return found


def requests_to(person_id: int, action: str = Action.DELEGATIONS_VIEW) -> Select[DelegationRequest]:
    """Requests that wait for an answer, of accounts where the person may do it, or of a part."""
    whole = visible(person_id, action, DelegationRequest).with_only_columns(DelegationRequest.id)
    parts = visible(person_id, action, ProgramAccount).with_only_columns(ProgramAccount.account_id)
    return select(DelegationRequest).where(
        DelegationRequest.state == "asked",
        or_(DelegationRequest.id.in_(whole), DelegationRequest.account_id.in_(parts)),
    )


def requests_of(db: Db, person_id: int, account_id: int) -> Sequence[DelegationRequest]:
    """The account's requests that wait, the oldest first."""
    wanted = (
        requests_to(person_id)
        .where(DelegationRequest.account_id == account_id)
        .options(joinedload(DelegationRequest.delegate), joinedload(DelegationRequest.person))
        .order_by(DelegationRequest.asked_at, DelegationRequest.id)
    )
    return db.scalars(wanted.limit(MOST)).unique().all()


def request(db: Db, person_id: int, account_id: int, request_id: int) -> DelegationRequest:
    """One of them. Raises NotFound."""
    wanted = requests_to(person_id).where(
        DelegationRequest.account_id == account_id, DelegationRequest.id == request_id
    )
    found = db.scalars(wanted).unique().one_or_none()
    if found is None:
        raise NotFound(f"DelegationRequest {request_id}")
    return found


def giver_of(db: Db, person_id: int, account: Account, *, whole: bool) -> Giver:
    """How far the reader may let others act; ``whole`` is what the page knows already."""
    parts = visible(person_id, Action.DELEGATIONS_ANSWER, ProgramAccount).where(
        ProgramAccount.account_id == account.id
    )
    found = db.scalars(parts.with_only_columns(ProgramAccount.id))
    return Giver(whole, frozenset(found))


def parts_of(db: Db, person_id: int, account_id: int) -> Sequence[ProgramAccount]:
    """The program accounts for which the reader may let others act, by number."""
    wanted = visible(person_id, Action.DELEGATIONS_ANSWER, ProgramAccount).where(
        ProgramAccount.account_id == account_id
    )
    return db.scalars(wanted.order_by(ProgramAccount.number)).all()


@dataclass(frozen=True, slots=True)
class Clients:
    """A page of clients, and the numbers of the delegations beside it."""

    rows: Sequence[Delegation] = ()
    before: int | None = None
    after: int | None = None


def of_provider(person_id: int, account: Account, action: str) -> Select[Delegation]:
    """What others let this business do, for who may do ``action`` in its account."""
    return visible(person_id, action, Delegation).where(
        Delegation.delegate_id == account.party_id, Delegation.program_id == account.program_id
    )


def clients(
    db: Db, person_id: int, account: Account, *, words: str = "",
    after: int | None = None, before: int | None = None,
) -> Clients:  # fmt: skip
    """A page of the clients for whom the business acts, by name, found by name or number."""
    wanted = _by_name(person_id, account)
    if words:
        wanted = wanted.where(matching(words))
    key = _key(db, person_id, account, before or after)
    backwards = before is not None and key is not None
    place = tuple_(Party.name_folded, Delegation.id)
    if key is not None:
        wanted = wanted.where(place < key if backwards else place > key)
    order = (Party.name_folded, Delegation.id)
    wanted = wanted.order_by(*(c.desc() if backwards else c for c in order)).limit(PAGE + 1)
    ids = list(db.scalars(wanted.with_only_columns(Delegation.id)))
    more, ids = len(ids) > PAGE, ids[:PAGE]
    if backwards:
        ids.reverse()
    return Clients(
        _whole(db, ids),
        before=ids[0] if ids and (more if backwards else key is not None) else None,
        after=ids[-1] if ids and (backwards or more) else None,
    )


def _by_name(person_id: int, account: Account) -> Select[Delegation]:
    return (
        of_provider(person_id, account, Action.CLIENTS_VIEW)
        .join(Account, Account.id == Delegation.account_id)
        .join(Party, Party.id == Account.party_id)
        .where(Delegation.state == "active")
    )


def _key(
    db: Db, person_id: int, account: Account, delegation_id: int | None
) -> tuple[str, int] | None:
    """Where a page begins; a number that is not the reader's begins at the beginning."""
    if delegation_id is None:
        return None
    wanted = _by_name(person_id, account).where(Delegation.id == delegation_id)
    found = db.execute(wanted.with_only_columns(Party.name_folded, Delegation.id)).one_or_none()
    return None if found is None else (found[0], found[1])


def _whole(db: Db, ids: Sequence[int]) -> list[Delegation]:
    if not ids:
        return []
    wanted = (
        select(Delegation)
        .where(Delegation.id.in_(ids))
        .options(
            joinedload(Delegation.account).joinedload(Account.party),
            joinedload(Delegation.account).joinedload(Account.business),
            joinedload(Delegation.program_account),
        )
    )
    rows = {row.id: row for row in db.scalars(wanted).unique()}
    return [rows[key] for key in ids]


def client(
    db: Db, person_id: int, account: Account, delegation_id: int, action: str = Action.CLIENTS_VIEW
) -> Delegation:
    """One client of the business. Raises NotFound."""
    wanted = of_provider(person_id, account, action).where(
        Delegation.id == delegation_id, Delegation.state == "active"
    )
    found = db.scalars(wanted).unique().one_or_none()
    if found is None:
        raise NotFound(f"Delegation {delegation_id}")
    return found


def assigned(db: Db, delegation_ids: Sequence[int]) -> dict[int, list[Assignment]]:
    """Who is put on each of these delegations, which the reader was shown before."""
    wanted = (
        select(Assignment)
        .where(Assignment.delegation_id.in_(delegation_ids))
        .options(joinedload(Assignment.person))
        .order_by(Assignment.id)
    )
    found: dict[int, list[Assignment]] = {key: [] for key in delegation_ids}
    for row in db.scalars(wanted).unique():
        found[row.delegation_id].append(row)
    return found


def asks(
    db: Db, person_id: int, account_id: int, *, before: int | None = None
) -> tuple[Sequence[ClientAsk], int | None]:
    """A page of what the business asked, the newest first, and where the next one begins."""
    wanted = visible(person_id, Action.CLIENTS_ASK, ClientAsk).where(
        ClientAsk.account_id == account_id, ClientAsk.state != "skipped"
    )
    if before is not None:
        wanted = wanted.where(ClientAsk.id < before)
    rows = db.scalars(wanted.order_by(ClientAsk.id.desc()).limit(PAGE + 1)).unique().all()
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def ask_of(db: Db, person_id: int, account_id: int, ask_id: int) -> ClientAsk:
    """One ask of the business. Raises NotFound."""
    wanted = visible(person_id, Action.CLIENTS_ASK, ClientAsk).where(
        ClientAsk.account_id == account_id, ClientAsk.id == ask_id
    )
    found = db.scalars(wanted).unique().one_or_none()
    if found is None:
        raise NotFound(f"ClientAsk {ask_id}")
    return found


def lines_of_list(db: Db, person_id: int, list_id: int) -> list[ClientAsk]:
    """Every line of a list, in its order."""
    wanted = visible(person_id, Action.CLIENTS_ASK, ClientAsk).where(ClientAsk.list_id == list_id)
    return list(db.scalars(wanted.order_by(ClientAsk.id)).unique())


def count_requests(db: Db, person_id: int, account_id: int) -> int:
    """How many requests wait for this person's answer in the account; no more than are listed."""
    waiting = requests_to(person_id, Action.DELEGATIONS_ANSWER).where(
        DelegationRequest.account_id == account_id
    )
    few = waiting.with_only_columns(DelegationRequest.id).limit(MOST).subquery()
    return db.scalar(select(func.count()).select_from(few)) or 0
