"""Sign-in sessions as rows: begun, moved on, read, ended. The cookie holds a random token only.

The token is new at every change of what the session may do, so that a token planted before, or
seen meanwhile, is worth nothing afterwards (session fixation). A row that is ended lets nobody
in, whatever cookie is shown: sign-out and a changed password work against a stolen cookie.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, delete, exists, func, select, update
from sqlalchemy.orm import Session, scoped_session

from app.authority.models import StaffAssignment
from app.authority.predicate import within
from app.base.context import origin
from app.base.db import apart, deed, now
from app.base.errors import Conflict
from app.base.prepared import PREPARED
from app.identity import rules
from app.identity.models import Challenge, SignInSession
from app.parties.models import Person
from app.programs.limits import limits

Db = Session | scoped_session[Session]

_TOUCHED_EVERY = timedelta(minutes=1)
_KEEP_UNFINISHED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """How far a browser came: its session, the token for its cookie, and where it leads."""

    session_id: int
    token: str
    stage: str
    purpose: str
    next_path: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A session as a request finds it.

    ``over`` says why it lets nobody in any more: *idle*, *absolute*, or how it was ended.
    ``ends_at`` is when it ends if nothing is done after this request. ``is_staff`` tells that
    the person works for the agency in some program now.
    """

    row: SignInSession
    person: Person | None
    now: datetime
    over: str | None
    ends_at: datetime
    is_staff: bool


def hash_of(token: str) -> bytes:
    """What the row keeps of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).digest()


def begin(
    db: Session, person: Person | None, purpose: str, *, device: str, next_path: str | None
) -> Step:
    """Begin a way through sign-in, at its first stage. Flushes, so that a code can refer to it."""
    token = secrets.token_urlsafe(32)
    moment = now(db)
    row = SignInSession(
        token_hash=hash_of(token),
        person_id=person.id if person else None,
        purpose=purpose,
        stage="credential",
        started_at=moment,
        last_seen_at=moment,
        address=origin().address,
        device=device[:200] or None,
        next_path=rules.safe_next(next_path),
    )
    db.add(row)
    db.flush()
    return Step(row.id, token, row.stage, purpose, row.next_path)


def lock(db: Session, session_id: int) -> SignInSession:
    """Lock a living session's row and read it fresh. Raises Conflict when it has ended."""
    row = lock_any(db, session_id)
    if row is None or row.ended_at is not None or _why_over(row, now(db)) is not None:
        raise Conflict("session_ended")
    return row


def lock_any(db: Session, session_id: int) -> SignInSession | None:
    """Lock a session's row and read it fresh, ended or not: whoever ends it asks for it first.

    A session ends once. Two who end it at the same instant would else both write its end.
    """
    wanted = select(SignInSession).where(SignInSession.id == session_id)
    return db.execute(
        wanted.with_for_update(key_share=True), execution_options={"populate_existing": True}
    ).scalar_one_or_none()


def renew(row: SignInSession) -> Step:
    """Give a session a new token: the old one is dead from the commit on."""
    token = secrets.token_urlsafe(32)
    row.token_hash = hash_of(token)
    return Step(row.id, token, row.stage, row.purpose, row.next_path)


_POST = exists().where(
    StaffAssignment.person_id == SignInSession.person_id,
    within(StaffAssignment.starts_at, StaffAssignment.ends_at),
)
# Asked at each request, and made once: that takes as long as the answer.
_SEEN = (
    select(SignInSession, Person, func.guichet_now(), _POST)
    .outerjoin(Person, Person.id == SignInSession.person_id)
    .where(SignInSession.token_hash == bindparam("token_hash"))
    .execution_options(**PREPARED)
)


def read(db: Db, token: str) -> Seen | None:
    """The session of a cookie, with its person and the database's clock, in one statement."""
    found = db.execute(_SEEN, {"token_hash": hash_of(token)}).unique().one_or_none()
    if found is None:
        return None
    row, person, moment, is_staff = found
    over = row.end_reason or _why_over(row, moment)
    if over is None and person is not None and person.state == "disabled":
        over = "disabled"
    limit = limits().session
    ends_at = min(moment + limit.idle, row.started_at + limit.absolute)
    return Seen(row, person, moment, over, ends_at, is_staff)


def _why_over(row: SignInSession, moment: datetime) -> str | None:
    limit = limits().session
    return rules.why_over(moment, row.started_at, row.last_seen_at, limit.idle, limit.absolute)


def touch(seen: Seen, *, at_once: bool = False) -> None:
    """Note that the person is there, at most once a minute: most pages cost no write.

    So an idle session may end up to a minute early, never late; ``at_once`` when the person
    asked for more time.
    """
    if not at_once and seen.now - seen.row.last_seen_at < _TOUCHED_EVERY:
        return
    with apart() as db:
        db.execute(
            update(SignInSession)
            .where(SignInSession.id == seen.row.id, SignInSession.ended_at.is_(None))
            .values(last_seen_at=func.guichet_now())
        )


def end(db: Session, row: SignInSession, reason: str) -> None:
    """End one session; harmless when it has ended."""
    if row.ended_at is None:
        row.ended_at, row.end_reason = now(db), reason


def end_all(db: Session, person_id: int, reason: str, *, but: int | None = None) -> int:
    """End every session of a person, those half-way through sign-in too. Returns how many."""
    which = [SignInSession.person_id == person_id, SignInSession.ended_at.is_(None)]
    if but is not None:
        which.append(SignInSession.id != but)
    ended = db.execute(
        update(SignInSession)
        .where(*which)
        .values(ended_at=func.guichet_now(), end_reason=reason)
        .returning(SignInSession.id)
    )
    return len(ended.all())


@deed
def prune(db: Session) -> None:
    """Forget, a day later, the ways through sign-in that led nowhere: anybody can begin one."""
    stale = select(SignInSession.id).where(
        SignInSession.stage != "full",
        SignInSession.last_seen_at < func.guichet_now() - _KEEP_UNFINISHED,
    )
    db.execute(delete(Challenge).where(Challenge.session_id.in_(stale)))
    db.execute(
        delete(SignInSession)
        .where(SignInSession.id.in_(stale))
        .execution_options(synchronize_session=False)
    )


def living() -> ColumnElement[bool]:
    """A complete session that lets its person in now: for lists of sessions."""
    moment, limit = func.guichet_now(), limits().session
    return (
        (SignInSession.stage == "full")
        & SignInSession.ended_at.is_(None)
        & (SignInSession.last_seen_at > moment - limit.idle)
        & (SignInSession.started_at > moment - limit.absolute)
    )
