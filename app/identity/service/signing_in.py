"""Signing in: name and password, then a code, then the terms, every time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from app.audit.events import Event, Outcome
from app.audit.service import record
from app.audit.targets import Target
from app.base.context import origin
from app.base.db import apart, deed, now
from app.base.errors import Conflict, Invalid
from app.base.identifiers import new_urn
from app.base.limiting import Window, forgive, require_place, spend
from app.correspondence.service import notify
from app.identity import codes, factors, passwords, refusing, rules, sessions
from app.identity.codes import Proof
from app.identity.models import SignInSession
from app.identity.service.glance import id_of, known_by_id, known_by_name, way_of
from app.identity.sessions import Step
from app.parties.models import Person
from app.parties.models_terms import TermsAcceptance
from app.programs.library import portal
from app.programs.limits import limits
from app.programs.schema.terms import Terms

Db = Session | scoped_session[Session]

_ATTEMPTS_AT_A_URN = 8
PASSWORD = "password"  # noqa: S105 (the name of a limit)


def sign_in(
    sign_in_name: str, password: str, *, device: str = "", next_path: str | None = None
) -> Step:
    """Check name and password; when both are right, send a code and begin a session for it.

    An unknown name takes the same way and the same time as a known one. The try is counted
    before the password is compared. Raises Invalid *credential* whichever was wrong, and, for
    the right password only, *access_closed* or *factor_disabled*; TooMany while either the
    password's tries or the codes are used up, or the account is locked.
    """
    name = rules.fold_sign_in_name(sign_in_name)
    _spend_try(name)
    known = known_by_name(name)
    secret = known.secret if known else None
    if not passwords.matches(secret, password) or known is None or secret is None:
        _settle_wrong_password(known.id if known else None)
        raise Invalid({"": "credential"})
    forgive(PASSWORD, _pair(name))
    if known.state == "disabled":
        refusing.refuse("sign_in", "disabled", known.id, subject=f"person:{known.id}")
        raise Invalid({"": "access_closed"})
    if known.shut is not None:
        refusing.refuse_barred("sign_in", known.shut, known.id)
        raise known.shut
    codes.spend_sending(known.id, known.mailbox)
    renewed = passwords.hashed(password) if passwords.is_outdated(secret) else None
    return _begin(known.id, renewed, device, next_path)


def _pair(name: str) -> str:
    return f"{name}|{rules.limited_address(origin().address)}"


def _spend_try(name: str) -> None:
    limit = limits().password_tries
    address = rules.limited_address(origin().address)
    # Looked up for every name, known or not: a refusal is told of whom it kept out, and takes
    # the same time.
    person_id = id_of(name)
    about = Target("person", str(person_id)) if person_id else None
    whole = [Window(limit.address.tries, limit.address.within)]
    require_place(PASSWORD, address, whole, person_id=person_id, target=about)
    tiers = [Window(tier.tries, tier.within) for tier in (limit.short, limit.long)]
    spend(PASSWORD, _pair(name), tiers, person_id=person_id, target=about)


def _settle_wrong_password(person_id: int | None) -> None:
    """Count for the address, and tell the trail; of an unknown name it keeps nothing typed."""
    limit = limits().password_tries.address
    address = rules.limited_address(origin().address)
    spend(PASSWORD, address, [Window(limit.tries, limit.within)])
    with apart() as db:
        person = db.get(Person, person_id) if person_id else None
        record(db, Event.PASSWORD_WRONG, actor=person_id, target=person, outcome=Outcome.FAILED)


@deed
def _begin(
    db: Session, person_id: int, renewed: str | None, device: str, next_path: str | None
) -> Step:
    person = db.get_one(Person, person_id)
    if renewed is not None and (credential := passwords.password_of(db, person_id)) is not None:
        credential.secret = renewed
    # Whoever signed up, left before the code and signs in: the sign-up goes on.
    purpose = "sign_up" if person.state == "unverified" else "sign_in"
    step = sessions.begin(db, person, purpose, device=device, next_path=next_path)
    codes.issue(db, person, purpose, db.get_one(SignInSession, step.session_id))
    return step


# ── the code ────────────────────────────────────────────────────────────────────────────


def send_new_code(session_id: int) -> None:
    """Send another code to who waits for one; the one before ends.

    Raises TooMany within the gap or beyond the hour's or the day's number.
    """
    way = way_of(session_id)
    if way.person_id is None:
        raise Conflict("no_person")
    known = known_by_id(way.person_id)
    codes.spend_sending(known.id, known.mailbox)
    _send_new_code(session_id)


@deed
def _send_new_code(db: Session, session_id: int) -> None:
    row = sessions.lock(db, session_id)
    if row.stage != "credential":
        raise Conflict("code_verified")
    codes.issue(db, row.person, row.purpose, row)


def confirm_code(session_id: int, typed: str) -> Step:
    """Accept the code of a sign-up or a sign-in; an unverified person is verified by it.

    Raises Invalid and TooMany as ``codes.verify`` does, Conflict when the session has ended.
    """
    way = way_of(session_id)
    if way.purpose == "password_reset":
        raise Conflict("session_ended")
    proof = codes.verify(session_id, way.purpose, typed)
    step = _confirm(proof)
    codes.forgive_sending(proof.person_id, known_by_id(proof.person_id).mailbox)
    return step


@deed
def _confirm(db: Session, proof: Proof) -> Step:
    wanted = select(Person).where(Person.id == proof.person_id)
    person = db.scalars(wanted.with_for_update(key_share=True, of=Person)).one_or_none()
    if person is None or person.state == "disabled":
        raise Conflict("session_ended")
    row = sessions.lock(db, proof.session_id)
    if row.stage != "credential":
        raise Conflict("code_verified")
    codes.consume(db, proof)
    row.stage = "code"
    row.code_verified_at = now(db)
    row.factor = factors.EMAIL_CODE
    if person.state == "unverified":
        person.state = "active"
    codes.record_accepted(db, proof, row)
    return sessions.renew(row)


# ── the terms ───────────────────────────────────────────────────────────────────────────


def pending_terms(db: Db, person_id: int) -> str:
    """Which terms come next: *mfa* until its version in force was accepted, then *portal*."""
    return "portal" if has_accepted(db, person_id, "mfa") else "mfa"


def has_accepted(db: Db, person_id: int, kind: str) -> bool:
    """Whether the person ever accepted the version in force of these terms."""
    wanted = select(TermsAcceptance.id).where(
        TermsAcceptance.person_id == person_id,
        TermsAcceptance.kind == kind,
        TermsAcceptance.version == terms_of(kind).version,
    )
    return db.scalar(wanted.limit(1)) is not None


def terms_of(kind: str) -> Terms:
    """The terms in force, *mfa* or *portal*."""
    return portal().terms.mfa if kind == "mfa" else portal().terms.portal


@deed
def accept_terms(db: Session, session_id: int, kind: str, version: int) -> Step:
    """Accept terms that were read, in the version that was shown.

    "Chaque fois que vous ouvrirez une session, vous … accepterez les modalités du portail"; the
    MFA terms once. The MFA terms bring the user reference number, the portal's open the session.
    Raises Conflict *terms_changed* for another version, *terms_order* for the wrong step.
    """
    row = sessions.lock(db, session_id)
    if row.stage != "code" or row.person_id is None or row.purpose == "password_reset":
        raise Conflict("terms_order")
    if kind != pending_terms(db, row.person_id):
        raise Conflict("terms_order")
    if version != terms_of(kind).version:
        raise Conflict("terms_changed")
    person = db.get_one(Person, row.person_id)
    db.add(
        TermsAcceptance(
            person_id=person.id,
            kind=kind,
            version=version,
            language=origin().language,
            session_id=row.id,
        )
    )
    changes = {"kind": kind, "version": version, "language": origin().language}
    record(db, Event.TERMS_ACCEPTED, actor=person.id, target=person, changes=changes)
    if kind == "mfa":
        _issue_urn(db, person)
        return sessions.renew(row)
    return _complete(db, row, person)


def _complete(db: Session, row: SignInSession, person: Person) -> Step:
    moment = now(db)
    row.stage, row.full_at, row.last_seen_at = "full", moment, moment
    person.last_sign_in_at = moment
    record(
        db,
        Event.SIGNED_IN,
        actor=person.id,
        target=row,
        changes={"factor": row.factor, "purpose": row.purpose},
        personal={"device": row.device},
    )
    return sessions.renew(row)


def _issue_urn(db: Session, person: Person) -> None:
    """Draw the reference number, once a person, and send it: "un courriel de confirmation"."""
    if person.urn is not None:
        return
    for _ in range(_ATTEMPTS_AT_A_URN):
        try:
            with db.begin_nested():
                person.urn, person.urn_issued_at = new_urn(), now(db)
                db.flush()  # the unique constraint says whether the number is free
        except IntegrityError:
            continue
        notify(db, person.id, "urn_issued", {"urn": person.urn}, path="/me")
        record(db, Event.URN_ISSUED, actor=person.id, target=person, personal={"urn": person.urn})
        return
    raise Conflict("no_free_urn")


def expires_at(db: Db, session_id: int) -> datetime | None:
    """Until when the code that was sent last can be used; None when there is none."""
    challenge = codes.current_of(db, session_id)
    return challenge.expires_at if challenge else None
