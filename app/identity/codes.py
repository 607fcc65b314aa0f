"""One-time codes: made from a server key and a challenge's id, never stored, counted first.

A wrong try is counted before the code is compared, in a transaction of its own, so that neither
a rollback nor a hundred requests at once give tries away. What fails is counted three times: on
the code, in a row and in all on the person's factor. A new code resets none of them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import timedelta

import pyotp
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, scoped_session

from app.audit.events import Event
from app.audit.service import record
from app.audit.targets import Target
from app.base import keys
from app.base.context import origin
from app.base.db import apart, now
from app.base.errors import GuichetError, Invalid, TooMany
from app.base.limiting import Window, forgive, give_back, spend
from app.base.queue import enqueue
from app.identity import factors, refusing
from app.identity.models import Challenge, SignInSession
from app.parties.models import Person
from app.programs.limits import limits

RESET = "password_reset"
RESEND = "resend"
RESET_TRY = "reset_try"


@dataclass(frozen=True, slots=True)
class Proof:
    """A code that was right and is not yet consumed: ``consume`` it inside the deed it opens."""

    challenge_id: uuid.UUID
    person_id: int
    purpose: str
    session_id: int


def code_of(challenge: Challenge) -> str | None:
    """The six digits of a challenge, or None when its key was withdrawn.

    RFC 4226 over a secret that the database does not hold, bound to person, purpose and
    session: the same row copied for another person has another code.
    """
    key = keys.by_id(challenge.key_id)
    if key is None or challenge.person_id is None:
        return None
    bound = f"{challenge.id}:{challenge.person_id}:{challenge.purpose}:{challenge.session_id}"
    secret = hmac.new(key.derive("one-time code"), bound.encode(), hashlib.sha256).digest()
    generator = pyotp.HOTP(
        base64.b32encode(secret).decode(),
        digits=limits().one_time_code.digits,
        digest=hashlib.sha256,
    )
    return generator.at(0)


# ── sending ─────────────────────────────────────────────────────────────────────────────


def spend_sending(person_id: int, mailbox: str) -> None:
    """Count a code about to be sent, for the account and for its mailbox.

    The gap is the account's alone: colleagues who share a mailbox may sign in together. Both
    counts are forgiven by a code that is used, so they only fill up when codes are sent and not
    used. Raises TooMany. Call it before the deed.
    """
    about = Target("person", str(person_id))
    spend(RESEND, f"mailbox:{mailbox}", _windows(), person_id=person_id, target=about)
    windows = [Window(1, limits().resend.gap), *_windows()]
    try:
        spend(RESEND, f"person:{person_id}", windows, person_id=person_id, target=about)
    except TooMany:
        # Nothing is sent: an impatient hand must not use up the hour of a shared mailbox.
        give_back(RESEND, f"mailbox:{mailbox}")
        raise


def spend_sending_to(mailbox: str) -> None:
    """The same for an address that belongs to nobody yet. Raises TooMany."""
    spend(RESEND, f"mailbox:{mailbox}", _windows())


def _windows() -> list[Window]:
    limit = limits().resend
    return [Window(limit.per_hour, timedelta(hours=1)), Window(limit.per_day, timedelta(days=1))]


def issue(
    db: Session,
    person: Person | None,
    purpose: str,
    session: SignInSession,
    *,
    silent: bool = False,
) -> Challenge:
    """Make a challenge and have its code sent; older ones of the session end.

    Without a person it is a decoy: it looks and expires like any other, and nothing is sent;
    nor is it when ``silent``. The job carries the challenge's id only; the code is derived when
    the mail is written.
    """
    moment = now(db)
    db.execute(
        update(Challenge)
        .where(
            Challenge.session_id == session.id,
            Challenge.consumed_at.is_(None),
            Challenge.replaced_at.is_(None),
        )
        .values(replaced_at=moment)
    )
    challenge = Challenge(
        id=uuid.uuid4(),
        person_id=person.id if person else None,
        purpose=purpose,
        session_id=session.id,
        key_id=keys.current().id,
        mailbox=person.email_folded if person else "",
        language=origin().language,
        made_at=moment,
        expires_at=moment + limits().one_time_code.life,
        tries=0,
    )
    db.add(challenge)
    db.flush()  # the job refers to it
    if person is not None and not silent:
        enqueue(db, "identity.send_code", challenge_id=str(challenge.id), priority=10)
        record(
            db,
            Event.CODE_SENT,
            actor=person.id,
            target=person,
            changes={"purpose": purpose, "language": challenge.language},
            personal={"mailbox": person.email_folded},
        )
    return challenge


def current_of(db: Session | scoped_session[Session], session_id: int) -> Challenge | None:
    """The session's newest challenge that is neither used nor replaced."""
    wanted = select(Challenge).where(
        Challenge.session_id == session_id,
        Challenge.consumed_at.is_(None),
        Challenge.replaced_at.is_(None),
    )
    return db.scalars(wanted.order_by(Challenge.made_at.desc()).limit(1)).one_or_none()


# ── verifying ───────────────────────────────────────────────────────────────────────────


def verify(session_id: int, purpose: str, typed: str) -> Proof:
    """Compare what was typed with the session's code. Call it before the deed it opens.

    Raises Invalid at ``code``: *code_expired* (nothing to try any more), *code_mismatch* with
    ``left``, the tries that remain, or *factor_disabled*; TooMany while the account is locked.
    A password reset hears only the first two: a lock would tell that the name exists.
    """
    challenge, barrier = _count_try(session_id, purpose)
    if barrier is not None and challenge.person_id is not None:
        # Every try at a reset, as of an unknown name: the time must not tell the two apart.
        subject = f"{challenge.id} {challenge.tries}" if purpose == RESET else None
        refusing.refuse_barred(purpose, barrier, challenge.person_id, subject)
        if purpose != RESET:
            raise barrier
    expected = code_of(challenge)
    right = expected is not None and hmac.compare_digest(expected.encode(), typed.encode())
    if right and barrier is None and challenge.person_id is not None:
        return Proof(challenge.id, challenge.person_id, purpose, session_id)
    if barrier is None:
        factors.settle_failure(challenge, counted=purpose != RESET)
    left = limits().one_time_code.tries - challenge.tries
    raise Invalid({"code": "code_mismatch" if left > 0 else "code_expired"}, left=left)


def _count_try(session_id: int, purpose: str) -> tuple[Challenge, GuichetError | None]:
    """Take one try before comparing; tell what bars the person's codes, if anything does."""
    barrier = None
    with apart() as db:
        challenge = _take_try(db, session_id, purpose)
        if challenge is None:
            _record_no_code(db, session_id, purpose)
        elif challenge.person_id is not None and purpose == RESET:
            barrier = factors.barrier(factors.factor_of(db, challenge.person_id), now(db))
        elif challenge.person_id is not None:
            barrier = factors.count_try(db, challenge.person_id)
        if challenge is not None:
            db.expunge(challenge)
    if challenge is None:
        raise Invalid({"code": "code_expired"})
    if challenge.person_id is not None and purpose == RESET:
        barrier = barrier or _count_reset_try(challenge.person_id)
    return challenge, barrier


def _record_no_code(db: Session, session_id: int, purpose: str) -> None:
    """A code was typed where none can be right any more: its tries are used up, or its time."""
    person_id = db.scalar(select(SignInSession.person_id).where(SignInSession.id == session_id))
    refusing.refuse_in(db, purpose, "code_expired", person_id, subject=f"session:{session_id}")


def _take_try(db: Session, session_id: int, purpose: str) -> Challenge | None:
    taken = db.execute(
        update(Challenge)
        .where(
            Challenge.session_id == session_id,
            Challenge.purpose == purpose,
            Challenge.tries < limits().one_time_code.tries,
            Challenge.consumed_at.is_(None),
            Challenge.replaced_at.is_(None),
            Challenge.expires_at > func.guichet_now(),
        )
        .values(tries=Challenge.tries + 1)
        .returning(Challenge)
    )
    return taken.scalar_one_or_none()


def _count_reset_try(person_id: int) -> GuichetError | None:
    """Count a try at a reset on its own account: whoever knows a sign-in name can make them.

    Counted with the rest they would let a stranger lock an owner out, and in two days disable
    them. Ten a lock's longest time close the reset alone, and silently; sign-in stays open.
    """
    window = Window(limits().one_time_code.in_a_row, limits().lock.longest)
    about = Target("person", str(person_id))
    try:
        spend(RESET_TRY, f"person:{person_id}", [window], person_id=person_id, target=about)
    except TooMany as full:
        return full
    return None


def consume(db: Session, proof: Proof) -> None:
    """Use up a code that was right, inside the deed it opens; of two requests one wins.

    Raises Invalid *code_expired* when it was used, replaced or ran out meanwhile.
    """
    used = db.execute(
        update(Challenge)
        .where(
            Challenge.id == proof.challenge_id,
            Challenge.consumed_at.is_(None),
            Challenge.replaced_at.is_(None),
            Challenge.expires_at > func.guichet_now(),
        )
        .values(consumed_at=func.guichet_now())
        .returning(Challenge.id)
    )
    if used.scalar_one_or_none() is None:
        raise Invalid({"code": "code_expired"})
    if proof.purpose != RESET:
        factors.clear(db, proof.person_id)


def record_accepted(db: Session, proof: Proof, session: SignInSession) -> None:
    """Write that the right code was given; what it opens comes later, or never."""
    record(
        db,
        Event.CODE_ACCEPTED,
        actor=proof.person_id,
        target=session,
        changes={"purpose": proof.purpose},
    )


def forgive_sending(person_id: int, mailbox: str) -> None:
    """A code that was used shows that its mailbox is read: the counts of sending start again."""
    forgive(RESEND, f"person:{person_id}")
    forgive(RESEND, f"mailbox:{mailbox}")
    forgive(RESET_TRY, f"person:{person_id}")
