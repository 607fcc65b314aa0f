"""Giving and withdrawing: one deed for a whole choice of partners, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.locks import lock_account
from app.authority.people import holders
from app.authority.queries import authorise
from app.authority.step_up import require_step_up
from app.authority.telling import tell
from app.base.days import local_day
from app.base.db import deed, now, settle
from app.base.errors import NotFound
from app.consents import rules
from app.consents.models import GivenConsent
from app.consents.queries import case_state
from app.parties.models import Account, Person
from app.programs.models import ConsentPartner
from app.programs.schema.base import Text
from app.programs.schema.consents import Consent
from app.programs.schema.definition import Definition
from app.programs.service import definition


@dataclass(frozen=True, slots=True)
class Choice:
    """What a page sends: the partners that are to have consent, and no others."""

    partners: Collection[str]
    shown: str
    """Fingerprint of what the page showed."""
    declared: bool = False
    language: str = "en"
    """The language in which the words were read."""


@deed
def choose(db: Session, actor: int, account_id: int, code: str, choice: Choice) -> rules.Change:
    """Give and withdraw a consent until it stands for these partners; what was changed.

    "Vous pouvez choisir les administrations des douanes étrangères auxquelles vous consentez à
    transmettre les renseignements." Sent again it changes nothing, and nothing is told. Raises
    NotFound, Refused; Invalid ``partners``: unknown, ``declared``: empty; Conflict ``stale``,
    ``not_yet``; StepUpNeeded where anything is given.
    """
    account = lock_account(db, account_id)
    program = definition(account.program.code)
    consent = program.consents.get(code)
    if consent is None:
        raise NotFound(code)
    authorise(db, actor, f"{code}.give", account)
    standing = _standing(db, account, code)
    moment = now(db)
    found = rules.change(consent, standing, choice.partners, local_day(moment, program.zone))
    if found.is_none:
        return found
    rules.require(
        found,
        possible=rules.may_be_given(
            consent, case_state(db, account.id, consent.case), account.standing_code
        ),
        same=choice.shown == rules.fingerprint(consent, {k: r.id for k, r in standing.items()}),
        declared=choice.declared,
    )
    if found.given:
        require_step_up(db)
    for partner in found.withdrawn:
        standing[partner].withdrawn_by, standing[partner].withdrawn_at = actor, moment
    db.add_all(
        GivenConsent(
            account_id=account.id,
            program_id=account.program_id,
            consent=code,
            partner=partner,
            definition_version=program.version,
            wording=consent.wording,
            language=choice.language,
            given_by=actor,
            given_at=moment,
        )
        for partner in found.given
    )
    db.flush()
    _tell(db, actor, account, program, consent, found)
    settle(db)
    _record(db, actor, account, consent, found)
    return found


def _standing(db: Session, account: Account, code: str) -> dict[str, GivenConsent]:
    """Read after the account is locked: nobody else gives or withdraws meanwhile."""
    wanted = select(GivenConsent).where(
        GivenConsent.account_id == account.id,
        GivenConsent.consent == code,
        GivenConsent.withdrawn_at.is_(None),
    )
    rows = db.scalars(wanted.execution_options(populate_existing=True))
    return {row.partner: row for row in rows}


def _tell(
    db: Session,
    actor: int,
    account: Account,
    program: Definition,
    consent: Consent,
    found: rules.Change,
) -> None:
    """Confirm it to the account's owner and to whoever did it: another's session would show."""
    owners = holders(db, account.id, program.required_role.code)
    by = db.get_one(Person, actor).full_name
    title = consent.short.model_dump()
    path = f"/a/{account.id}/consents/{consent.code}"
    for template, partners in (
        ("consent_withdrawn", found.withdrawn),
        ("consent_given", found.given),
    ):
        if not partners:
            continue
        names = _names(db, account, consent, partners)
        for person in sorted({actor, *(row.person_id for row in owners)}):
            tell(db, person, template, account, path=path, by=by, title=title, partners=names)


def _names(
    db: Session, account: Account, consent: Consent, partners: Iterable[str]
) -> dict[str, str]:
    """Partners by name in both languages, as the notices keep what a definition says."""
    labels = [_label(db, account, consent, code) for code in partners]
    return {lang: ", ".join(one.say(lang) for one in labels) for lang in ("en", "fr")}


def _label(db: Session, account: Account, consent: Consent, code: str) -> Text:
    """A partner's name; that of the newest version which had it, once it is gone."""
    if code in consent.partners:
        return consent.partners[code].label
    row = db.scalars(
        select(ConsentPartner)
        .where(
            ConsentPartner.program_id == account.program_id,
            ConsentPartner.consent == consent.code,
            ConsentPartner.partner == code,
        )
        .order_by(ConsentPartner.version.desc())
        .limit(1)
    ).one()
    return Text(en=row.label_en, fr=row.label_fr)


def _record(
    db: Session, actor: int, account: Account, consent: Consent, found: rules.Change
) -> None:
    for event, partners in (
        (Event.CONSENT_WITHDRAWN, found.withdrawn),
        (Event.CONSENT_GIVEN, found.given),
    ):
        if partners:
            changes = {
                "consent": consent.code,
                "partners": list(partners),
                "wording": consent.wording,
            }
            record(db, event, actor=actor, target=account, changes=changes)
