"""What a person sees of their registrations: states and dates, never a code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, scoped_session

from app.authority.queries import find, visible
from app.base.days import last_moment
from app.base.db import now
from app.base.errors import Conflict, TooMany
from app.enrolment.models import ActivationCode, Letter, Registration
from app.enrolment.rules.states import (
    LastCode,
    LetterKind,
    LetterState,
    Shown,
    looks_waiting_for_letter,
    shown,
)
from app.enrolment.rules.times import may_ask_anew
from app.enrolment.scopes import READ
from app.enrolment.service.common import business_name, program_of
from app.enrolment.service.requests import history
from app.parties.models import Account
from app.programs.limits import limits

Db = Session | scoped_session[Session]

CAN_ACTIVATE = frozenset({Shown.POSTED, Shown.DELIVERED, Shown.PREPARING})
FINISHED = frozenset({Shown.ACTIVATED, Shown.REFUSED, Shown.LAPSED, Shown.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Mine:
    """One registration as its person sees it. Dates are instants; the page says their day."""

    id: int
    business: str
    program_name: tuple[str, str]
    shown: Shown
    begun_at: datetime
    sent_at: datetime | None
    expected_by: datetime | None
    posted_at: datetime | None
    delivered_at: datetime | None
    returned_at: datetime | None
    expires_at: datetime | None
    decided_at: datetime | None
    activated_at: datetime | None
    refusal_reason: str | None
    account_id: int | None
    by_staff: bool

    @property
    def can_activate(self) -> bool:
        """Whether the numbers of a letter may be entered."""
        return self.shown in CAN_ACTIVATE

    @property
    def waits_for_letter(self) -> bool:
        """Whether a letter is, or was, on its way: then a new one may be asked for in time."""
        return self.shown in CAN_ACTIVATE | {Shown.RETURNED, Shown.LOCKED, Shown.EXPIRED}

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.shown in FINISHED


def my_registrations(db: Db, person_id: int) -> list[Mine]:
    """Every registration of the person, the newest first."""
    wanted = visible(person_id, READ, Registration).options(
        joinedload(Registration.program), joinedload(Registration.registry_entry)
    )
    rows = db.scalars(wanted.order_by(Registration.id.desc())).all()
    return _as_seen(db, person_id, rows)


def my_registration(db: Db, person_id: int, registration_id: int) -> Mine:
    """One of them. Raises NotFound for another's."""
    row = find(db, person_id, READ, Registration, registration_id)
    return _as_seen(db, person_id, [row])[0]


def my_waiting(db: Db, person_id: int) -> list[Mine]:
    """Those that wait for a letter's numbers, the newest first."""
    return [one for one in my_registrations(db, person_id) if one.waits_for_letter]


def new_letter_from(db: Db, person_id: int, registration_id: int) -> datetime | None:
    """From when a new letter may be asked for; None when it may be now.

    Raises Conflict ``letter_waiting`` or ``not_waiting`` when none may be.
    """
    row = find(db, person_id, READ, Registration, registration_id)
    if not looks_waiting_for_letter(row.state, row.officer_reason):
        raise Conflict("not_waiting")
    limit = limits().letter_code
    try:
        may_ask_anew(
            history(db, row),
            now(db),
            after=limit.new_letter_after,
            most=limit.letters,
            within=limit.letters_within,
            zone=program_of(row).zone,
        )
    except TooMany as later:
        return later.retry_at
    return None


def _as_seen(db: Db, person_id: int, rows: Sequence[Registration]) -> list[Mine]:
    if not rows:
        return []
    ids = [row.id for row in rows]
    letters = {letter.registration_id: letter for letter in db.scalars(_last_letters(ids))}
    codes = {code.registration_id: code for code in db.scalars(_last_codes(ids))}
    accounts = _accounts(db, person_id, rows)
    moment = now(db)
    return [
        _one(row, letters.get(row.id), codes.get(row.id), accounts.get(row.id), moment)
        for row in rows
    ]


def _last_letters(ids: Iterable[int]) -> Select[Letter]:
    """The newest letter of each registration, one made in another's place included."""
    newest = (
        select(func.max(Letter.id))
        .where(Letter.registration_id.in_(list(ids)), Letter.state != LetterState.CANCELLED)
        .where(Letter.kind == LetterKind.CODE)  # a notice is the business's, not the person's
        .group_by(Letter.registration_id)
    )
    return select(Letter).where(Letter.id.in_(newest))


def _last_codes(ids: Iterable[int]) -> Select[ActivationCode]:
    newest = (
        select(func.max(ActivationCode.id))
        .where(ActivationCode.registration_id.in_(list(ids)))
        .group_by(ActivationCode.registration_id)
    )
    return select(ActivationCode).where(ActivationCode.id.in_(newest))


def _accounts(db: Db, person_id: int, rows: Sequence[Registration]) -> dict[int, int]:
    """The account that each activated registration made, where the person may open it still."""
    done = {row.party_id: row for row in rows if row.activated_at is not None}
    open_to_me = visible(person_id, "account.view", Account)
    found = db.scalars(open_to_me.where(Account.party_id.in_(list(done))))
    mine: dict[tuple[int | None, int], int] = {
        (account.party_id, account.program_id): account.id for account in found
    }
    return {
        row.id: mine[row.party_id, row.program_id]
        for row in rows
        if row.activated_at is not None and (row.party_id, row.program_id) in mine
    }


def _one(
    row: Registration,
    letter: Letter | None,
    code: ActivationCode | None,
    account_id: int | None,
    moment: datetime,
) -> Mine:
    program = program_of(row)
    last = LastCode(code.expires_at, code.tries) if code is not None else None
    seen = shown(
        row.state,
        row.officer_reason,
        letter=letter.state if letter is not None else None,
        code=last,
        tries_allowed=limits().letter_code.tries_a_code,
        moment=moment,
    )
    # The dates of a letter that is still in the house are the agency's own business.
    told = letter is not None and letter.posted_at is not None
    mails = program.enrolment.mailed_code
    asked_at = letter.due_at if letter is not None else row.sent_at
    return Mine(
        id=row.id,
        business=business_name(row),
        program_name=(row.program.name_en, row.program.name_fr),
        shown=seen,
        begun_at=row.made_at,
        sent_at=row.sent_at,
        expected_by=last_moment(asked_at, mails.expected_within, program.zone)
        if asked_at is not None and mails is not None
        else None,
        posted_at=letter.posted_at if told and letter else None,
        delivered_at=letter.delivered_at if told and letter else None,
        returned_at=letter.returned_at if told and letter else None,
        expires_at=code.expires_at if told and code is not None else None,
        decided_at=row.decided_at,
        activated_at=row.activated_at,
        refusal_reason=row.refusal_reason,
        account_id=account_id,
        by_staff=row.kind == "staff",
    )
