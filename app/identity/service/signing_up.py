"""A new person: the form, then the code that proves the mailbox."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.base.context import origin
from app.base.db import User, deed
from app.base.errors import Invalid
from app.base.limiting import Window, spend
from app.base.text import fold_email
from app.identity import codes, factors, passwords, rules, sessions
from app.identity.models import Challenge, Credential, Factor, KeptForm, SignInSession
from app.identity.sessions import Step
from app.parties.models import Party, Person
from app.programs.limits import limits

_NAME_INDEXES = {"uq_ab_user_username", "uq_ab_user_username_folded"}


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What somebody tells of themselves at sign-up, as typed."""

    given_name: str
    family_name: str
    sign_in_name: str
    email: str
    language: str
    password: str


def sign_up(new: NewPerson, *, device: str = "", next_path: str | None = None) -> Step:
    """Make an unverified person and send the code that verifies the mailbox.

    The e-mail is not unique: "shared mailbox allowed if all users can read it". The sign-in name
    is, so a taken one must be told; guesses are limited by network address. Raises Invalid
    (*name_length*, *name_characters*, *name_taken*, *password_…*) and TooMany.
    """
    name = rules.fold_sign_in_name(new.sign_in_name)
    check_credential(new.sign_in_name, new.password, new.email)
    tries = limits().password_tries.long
    address = rules.limited_address(origin().address)
    spend("sign_up", address, [Window(tries.tries, tries.within)])
    if _is_taken(name):
        raise Invalid({"sign_in_name": "name_taken"})
    codes.spend_sending_to(fold_email(new.email))
    try:
        secret = passwords.hashed(new.password)
        return _sign_up(new, name, secret, device=device, next_path=next_path)
    except IntegrityError as error:
        # Two people chose the name at the same instant.
        diagnosis = getattr(error.orig, "diag", None)
        if diagnosis is not None and diagnosis.constraint_name in _NAME_INDEXES:
            raise Invalid({"sign_in_name": "name_taken"}) from None
        raise


def check_credential(sign_in_name: str, password: str, email: str) -> None:
    """Raise Invalid with every fault that a username and a password show by themselves.

    Both at once, so that nobody mends one to be told of the other.
    """
    name = rules.fold_sign_in_name(sign_in_name)
    fault = rules.sign_in_name_fault(name)
    errors = {} if fault is None else {"sign_in_name": f"name_{fault}"}
    values: dict[str, Any] = {}
    try:
        passwords.check_new(password, sign_in_name=name, email=email)
    except Invalid as error:
        errors, values = {**errors, **error.errors}, dict(error.values)
    if errors:
        raise Invalid(errors, **values)


@deed
def _is_taken(db: Session, name: str) -> bool:
    """Whether somebody has the name; one whose sign-up has lapsed gives it up here."""
    wanted = select(Person).join(User, User.id == Person.user_id).where(User.username == name)
    _forget(db, [p.id for p in db.scalars(wanted.where(_lapsed())).unique()])
    taken = db.scalar(select(User.id).where(User.username == name))
    return taken is not None


@deed
def _sign_up(
    db: Session, new: NewPerson, name: str, secret: str, *, device: str, next_path: str | None
) -> Step:
    user = User(
        username=name,
        first_name=new.given_name[:64],
        last_name=new.family_name[:64],
        # FAB wants an address of its own, unique; the person's may be shared.
        email=f"{uuid.uuid4()}@person.invalid",
        active=True,
    )
    party = Party(kind="person", name=f"{new.given_name} {new.family_name}")
    db.add_all([user, party])
    db.flush()
    person = Person(
        id=party.id,
        user_id=user.id,
        given_name=new.given_name,
        family_name=new.family_name,
        email=new.email.strip(),
        email_folded=fold_email(new.email),
        language=new.language,
        state="unverified",
    )
    db.add(person)
    db.flush()
    db.add_all(
        [
            Credential(person_id=person.id, kind="password", secret=secret),
            Factor(person_id=person.id, kind=factors.EMAIL_CODE),
        ]
    )
    step = sessions.begin(db, person, "sign_up", device=device, next_path=next_path)
    row = db.get_one(SignInSession, step.session_id)
    codes.issue(db, person, "sign_up", row)
    record(
        db,
        Event.SIGNED_UP,
        actor=person.id,
        target=person,
        changes={"language": person.language, "state": person.state},
        personal={
            "given_name": person.given_name,
            "family_name": person.family_name,
            "sign_in_name": name,
            "email": person.email,
        },
    )
    return step


def _lapsed() -> ColumnElement[bool]:
    """An unverified person whose last code has expired and who has left the page."""
    moment, idle = func.guichet_now(), limits().session.idle
    waits = exists().where(Challenge.person_id == Person.id, Challenge.expires_at > moment)
    is_there = exists().where(
        SignInSession.person_id == Person.id, SignInSession.last_seen_at > moment - idle
    )
    return and_(Person.state == "unverified", ~waits, ~is_there)


@deed
def prune_sign_ups(db: Session) -> int:
    """Forget the sign-ups that nobody finished, and free their names. Returns how many."""
    lapsed = list(db.scalars(select(Person.id).where(_lapsed())))
    _forget(db, lapsed)
    return len(lapsed)


def _forget(db: Session, person_ids: list[int]) -> None:
    """Delete people who never were verified; the trail keeps that somebody signed up."""
    if not person_ids:
        return
    wanted = select(Person.id, Person.user_id).where(
        Person.id.in_(person_ids), Person.state == "unverified"
    )
    # Locked: the right code may arrive at this very instant, and then wins or finds nothing.
    rows = db.execute(wanted.with_for_update(of=Person)).all()
    people, users = [row.id for row in rows], [row.user_id for row in rows]
    for model in (Challenge, KeptForm, SignInSession, Credential, Factor):
        db.execute(delete(model).where(model.person_id.in_(people)))
    db.execute(delete(Person).where(Person.id.in_(people)))
    db.execute(delete(Party).where(Party.id.in_(people)))
    db.execute(delete(User).where(User.id.in_(users)))
