"""Making the demonstration's people, each able to sign in."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from flask_appbuilder.security.sqla.models import User

from app.audit.events import Event
from app.audit.service import record
from app.base.identifiers import new_urn
from app.base.text import fold_email
from app.identity.models import Credential, Factor, SignInSession
from app.identity.passwords import hashed
from app.ops.demo.people import LOCKED, Someone, everybody
from app.ops.demo.stage import Stage
from app.parties.models import Party, Person
from app.parties.models_terms import TermsAcceptance
from app.programs import library


def make_people(stage: Stage, password: str) -> None:
    """Make every invented person: who signed in before has a session, now ended, to show."""
    for someone in everybody():
        person = _make(stage, someone, password)
        stage.people[someone.sign_in_name] = person.id
    _lock(stage, stage.people[LOCKED.sign_in_name])
    stage.db.flush()


def _make(stage: Stage, someone: Someone, password: str) -> Person:
    db = stage.db
    user = User(
        first_name=someone.given,
        last_name=someone.family,
        username=someone.sign_in_name,
        email=f"{someone.sign_in_name}@demo.invalid",  # FAB wants one a user; ours may be shared
        active=True,
    )
    party = Party(kind="person", name=f"{someone.given} {someone.family}")
    db.add_all((user, party))
    db.flush()
    seen = None if someone.last_seen is None else stage.ago(someone.last_seen + 0.3)
    person = Person(
        id=party.id,
        user_id=user.id,
        urn=new_urn(),
        urn_issued_at=stage.ago(max(someone.last_seen or 0, 0) + 30),
        given_name=someone.given,
        family_name=someone.family,
        email=someone.email,
        email_folded=fold_email(someone.email),
        phone=someone.phone,
        language=someone.language,
        state=someone.state,
        last_sign_in_at=seen,
    )
    db.add(person)
    db.flush()
    db.add(Credential(person_id=person.id, kind="password", secret=hashed(password)))
    db.add(Factor(person_id=person.id, kind="email_code"))
    db.add(
        TermsAcceptance(
            person_id=person.id,
            kind="mfa",
            version=library.portal().terms.mfa.version,
            language=someone.language,
        )
    )
    if seen is not None:
        _past_session(stage, person, seen)
    db.flush()
    record(
        db,
        Event.SIGNED_UP,
        actor=person.id,
        target=person,
        changes={"language": person.language, "state": person.state},
        personal={
            "given_name": person.given_name,
            "family_name": person.family_name,
            "sign_in_name": someone.sign_in_name,
            "email": person.email,
        },
    )
    return person


def _past_session(stage: Stage, person: Person, begun: datetime) -> None:
    stage.db.add(
        SignInSession(
            token_hash=hashlib.sha256(secrets.token_bytes(32)).digest(),  # nobody holds the token
            person_id=person.id,
            stage="full",
            started_at=begun,
            last_seen_at=begun + timedelta(minutes=24),
            code_verified_at=begun + timedelta(minutes=1),
            full_at=begun + timedelta(minutes=1),
            factor="email_code",
            address="192.0.2.17",
            device="Firefox, Windows",
            ended_at=begun + timedelta(minutes=24),
            end_reason="signed_out",
        )
    )


def _lock(stage: Stage, person_id: int) -> None:
    """Ten wrong codes in a row, a moment ago: locked until staff help or the time is over."""
    limits = library.portal().limits
    factor = stage.db.query(Factor).filter_by(person_id=person_id).one()
    factor.in_a_row = factor.in_all = limits.one_time_code.in_a_row
    factor.locks = 4
    factor.locked_until = stage.today + limits.lock.longest
    stage.db.flush()
    record(
        stage.db,
        Event.SIGN_IN_LOCKED,
        target=stage.db.get_one(Person, person_id),
        changes={"locked_until": factor.locked_until, "locks": factor.locks},
        outcome="failed",
    )
