"""Reading consents: what an account's stand for, their history, and what has effect on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload, scoped_session

from app.authority.queries import visible
from app.base.days import ONE_DAY, local_day
from app.base.db import now
from app.base.errors import NotFound
from app.cases.models import ClientCase
from app.consents import rules
from app.consents.models import GivenConsent
from app.parties.models import Account
from app.programs.models import ConsentPartner, Program
from app.programs.schema.consents import Consent
from app.programs.schema.definition import Definition
from app.programs.service import definition

Db = Session | scoped_session[Session]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One consent of an account as somebody sees it today."""

    program: Definition
    consent: Consent
    day: date
    state: str | None
    standing_code: str
    """Where the account is in the program's own life."""
    rows: Sequence[GivenConsent]
    """All that were ever given, the newest first."""

    @property
    def standing(self) -> Mapping[str, GivenConsent]:
        """Partner → its consent that is not withdrawn, in the definition's order."""
        order = {code: place for place, code in enumerate(self.consent.partners)}
        rows = [row for row in self.rows if row.withdrawn_at is None]
        rows.sort(key=lambda row: (order.get(row.partner, len(order)), row.partner))
        return {row.partner: row for row in rows}

    @property
    def may_be_given(self) -> bool:
        """Whether the account's case is far enough for it."""
        return rules.may_be_given(self.consent, self.state, self.standing_code)

    @property
    def open_today(self) -> tuple[str, ...]:
        """The partners that may be chosen."""
        return rules.open_today(self.consent, self.day)

    @property
    def fingerprint(self) -> str:
        """What a page about it shows, in a word."""
        return rules.fingerprint(
            self.consent, {code: row.id for code, row in self.standing.items()}
        )

    def effect(self, row: GivenConsent) -> rules.Effect:
        """What a consent comes to today."""
        partner = self.consent.partners.get(row.partner)
        return rules.effect_of(partner, self.day, withdrawn=row.withdrawn_at is not None)


def sheet(db: Db, person_id: int, account: Account, code: str) -> Sheet:
    """One consent of the account, as the person may view it. Raises NotFound for no such one."""
    program = definition(account.program.code)
    consent = program.consents.get(code)
    if consent is None:
        raise NotFound(code)
    wanted = (
        visible(person_id, f"{code}.view", GivenConsent)
        .where(GivenConsent.account_id == account.id, GivenConsent.consent == code)
        .options(
            joinedload(GivenConsent.told),
            joinedload(GivenConsent.giver),
            joinedload(GivenConsent.withdrawer),
        )
        .order_by(GivenConsent.id.desc())
    )
    rows = tuple(db.scalars(wanted).unique())
    day = local_day(now(db), program.zone)
    state = case_state(db, account.id, consent.case)
    return Sheet(program, consent, day, state, account.standing_code, rows)


def case_state(db: Db, account_id: int, case_type: str) -> str | None:
    """Where the account's newest case of this kind is; None where none was begun."""
    return db.scalar(
        select(ClientCase.state)
        .where(ClientCase.account_id == account_id, ClientCase.case_type == case_type)
        .order_by(ClientCase.id.desc())
        .limit(1)
    )


def effective_on(person_id: int, action: str, program: Program, day: date) -> Select[GivenConsent]:
    """The consents of a program that let something be shared on this day of its calendar.

    For whoever may do ``action``, staff or system: by partner, then by account. One given in the
    course of the day counts, one withdrawn in its course does not; the dates are those of the
    version now in force.
    """
    zone = definition(program.code).zone
    over = datetime.combine(day + ONE_DAY, time.min, zone)
    return (
        visible(person_id, action, GivenConsent)
        .where(
            GivenConsent.program_id == program.id,
            GivenConsent.given_at < over,
            or_(GivenConsent.withdrawn_at.is_(None), GivenConsent.withdrawn_at >= over),
            in_force(day),
        )
        .order_by(GivenConsent.consent, GivenConsent.partner, GivenConsent.account_id)
    )


def in_force(day: date) -> ColumnElement[bool]:
    """Of consents, those whose partner is one on this day, as the version now in force says."""
    partner = ConsentPartner
    return exists(
        select(1)
        .select_from(partner)
        .join(Program, and_(Program.id == partner.program_id, Program.version == partner.version))
        .where(
            partner.program_id == GivenConsent.program_id,
            partner.consent == GivenConsent.consent,
            partner.partner == GivenConsent.partner,
            or_(partner.begins.is_(None), partner.begins <= day),
            or_(partner.ends.is_(None), partner.ends > day),
        )
        .correlate(GivenConsent)
    )
