"""Changing a password: with the present one, or by a code when it is forgotten."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.audit.events import Event, Outcome
from app.audit.service import record
from app.audit.targets import Target
from app.base.context import origin
from app.base.db import apart, deed, now
from app.base.errors import Conflict, Invalid, TooMany
from app.base.limiting import Window, forgive, spend
from app.correspondence.service import notify
from app.identity import codes, factors, passwords, refusing, rules, sessions
from app.identity.codes import Proof
from app.identity.models import SignInSession
from app.identity.service.glance import Known, known_by_id, known_by_name, way_of
from app.identity.sessions import Step
from app.parties.models import Person
from app.programs.limits import limits


def change_password(actor: int, session_id: int, present: str, new: str) -> Step:
    """Change one's own password; every other session ends, and the person is told.

    Raises Invalid at ``present`` (*present_password*) or ``password``; TooMany after too many
    wrong present ones: an open browser is no licence to guess.
    """
    known = known_by_id(actor)
    limit = limits().password_tries
    tiers = [Window(tier.tries, tier.within) for tier in (limit.short, limit.long)]
    whose = Target("person", str(actor))
    spend("present_password", str(actor), tiers, person_id=actor, target=whose)
    if not passwords.matches(known.secret, present):
        with apart() as db:
            about = db.get(Person, actor)
            record(db, Event.PASSWORD_WRONG, actor=actor, target=about, outcome=Outcome.FAILED)
        raise Invalid({"present": "present_password"})
    forgive("present_password", str(actor))
    passwords.check_new(new, sign_in_name=known.sign_in_name, email=known.email)
    return _change(actor, session_id, passwords.hashed(new))


@deed
def _change(db: Session, actor: int, session_id: int, secret: str) -> Step:
    row = sessions.lock(db, session_id)
    if row.person_id != actor or row.stage != "full":
        raise Conflict("session_ended")
    ended = _set(db, actor, secret, but=row.id)
    person = db.get_one(Person, actor)
    changes = {"sessions_ended": ended}
    record(db, Event.PASSWORD_CHANGED, actor=actor, target=person, changes=changes)
    return sessions.renew(row)


def _set(db: Session, person_id: int, secret: str, *, but: int | None) -> int:
    """Keep the new hash, end the sessions, tell the person. Returns how many sessions ended."""
    credential = passwords.password_of(db, person_id)
    if credential is None:
        raise Conflict("no_password")
    credential.secret, credential.changed_at = secret, now(db)
    notify(db, person_id, "password_changed", {"at": credential.changed_at}, path="/password")
    return sessions.end_all(db, person_id, "password_changed", but=but)


# ── forgotten ───────────────────────────────────────────────────────────────────────────


def request_reset(sign_in_name: str, *, device: str = "") -> Step:
    """Begin a reset: a code goes to the person's mailbox when the name is known.

    When it is not, when the person may not sign in, or when codes were sent too often, the same
    session and a challenge without a mail are made: what follows looks the same to who asked.
    Raises TooMany by network address only.
    """
    name = rules.fold_sign_in_name(sign_in_name)
    limit = limits().password_tries.long
    spend(
        "password_reset",
        rules.limited_address(origin().address),
        [Window(limit.tries, limit.within)],
    )
    known = known_by_name(name)
    person = known if known is not None and known.state == "active" else None
    subject = f"{name}|{rules.limited_address(origin().address)}"
    may_send = _may_send(known, subject)
    return _begin_reset(person.id if person else None, may_send, device)


def _may_send(known: Known | None, subject: str) -> bool:
    """Whether a code may go out. Whoever asked is not told; the trail is, why it did not."""
    reason = _why_silent(known)
    if reason is not None:
        refusing.refuse(codes.RESET, reason, known.id if known else None, subject=subject)
    return reason is None


def _why_silent(known: Known | None) -> str | None:
    if known is None:
        return "unknown_name"
    if known.state != "active":
        return known.state
    if known.shut is not None:
        return refusing.reason_of(known.shut)
    try:
        codes.spend_sending(known.id, known.mailbox)
    except TooMany:
        return refusing.TOO_MANY
    return None


@deed
def _begin_reset(db: Session, person_id: int | None, may_send: bool, device: str) -> Step:
    person = db.get_one(Person, person_id) if person_id else None
    step = sessions.begin(db, person, "password_reset", device=device, next_path=None)
    row = db.get_one(SignInSession, step.session_id)
    codes.issue(db, person, "password_reset", row, silent=not may_send)
    return step


def resend_reset(session_id: int) -> None:
    """Send another code for a reset, known name or not.

    The gap and the numbers are those of the session, which are the same for everybody. Raises
    TooMany.
    """
    limit = limits().resend
    person_id = way_of(session_id).person_id
    gap = [Window(1, limit.gap)]
    spend("reset_resend", str(session_id), gap, person_id=person_id)
    known = known_by_id(person_id) if person_id else None
    _resend_reset(session_id, _may_send(known, f"session:{session_id}"))


@deed
def _resend_reset(db: Session, session_id: int, may_send: bool) -> None:
    row = sessions.lock(db, session_id)
    if row.purpose != "password_reset" or row.stage != "credential":
        raise Conflict("code_verified")
    codes.issue(db, row.person, "password_reset", row, silent=not may_send)


def confirm_reset(session_id: int, typed: str) -> Step:
    """Accept the code of a reset: the session may then set a password, and nothing else.

    Raises Invalid as ``codes.verify`` does.
    """
    proof = codes.verify(session_id, "password_reset", typed)
    step = _confirm_reset(proof)
    codes.forgive_sending(proof.person_id, known_by_id(proof.person_id).mailbox)
    return step


@deed
def _confirm_reset(db: Session, proof: Proof) -> Step:
    row = sessions.lock(db, proof.session_id)
    if row.purpose != "password_reset" or row.stage != "credential":
        raise Conflict("code_verified")
    codes.consume(db, proof)
    row.stage, row.code_verified_at, row.factor = "code", now(db), factors.EMAIL_CODE
    codes.record_accepted(db, proof, row)
    return sessions.renew(row)


def set_password(session_id: int, new: str) -> None:
    """Set the password at the end of a reset; every session ends, this one too.

    The person then signs in like anybody, with a code. Raises Invalid at ``password``.
    """
    way = way_of(session_id)
    if way.purpose != "password_reset" or way.stage != "code" or way.person_id is None:
        raise Conflict("session_ended")
    known = known_by_id(way.person_id)
    passwords.check_new(new, sign_in_name=known.sign_in_name, email=known.email)
    _set_after_reset(session_id, passwords.hashed(new))


@deed
def _set_after_reset(db: Session, session_id: int, secret: str) -> None:
    row = sessions.lock(db, session_id)
    if row.stage != "code" or row.purpose != "password_reset" or row.person_id is None:
        raise Conflict("session_ended")
    ended = _set(db, row.person_id, secret, but=row.id)
    sessions.end(db, row, "password_changed")
    person = db.get_one(Person, row.person_id)
    changes = {"sessions_ended": ended}
    record(db, Event.PASSWORD_RESET, actor=person.id, target=person, changes=changes)
