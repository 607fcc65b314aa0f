"""Writing the trail: the only way in, from Python, is `record`.

Inside a deed an entry waits until the deed's last moment, when every change is flushed and every
deferred constraint checked. The chain's one lock is then held for an instant only, whatever the
order of the calls, and also when a deed joins another one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, Final

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import INET, JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, Text

from app.audit.counting import count, count_refused
from app.audit.events import Event, Outcome
from app.audit.targets import Target, describe, target_of
from app.base.context import origin
from app.base.db import after_commit, apart, before_commit, on_refused, settle
from app.base.errors import Refused, TooMany
from app.base.limiting import Window, is_news, on_full

Changes = Mapping[str, Any]
"""Field → `(before, after)`; any other value is a fact that had nothing before it."""

_TYPES: Final[Mapping[str, Any]] = {
    "event": Text,
    "outcome": Text,
    "actor": BigInteger,
    "role": Text,
    "account": BigInteger,
    "program": BigInteger,
    "target_kind": Text,
    "target_id": Text,
    "session": BigInteger,
    "address": INET,
    "request": Text,
    "changes": JSONB,
    "personal": JSONB,
}
# Types by name, so that every call is one prepared statement whatever values are missing.
_RECORD: Final = text(
    f"SELECT audit.record({', '.join(f'p_{name} => :{name}' for name in _TYPES)})"
).bindparams(*(bindparam(name, type_=kind) for name, kind in _TYPES.items()))

_MANY: Final[Mapping[str, Any]] = {
    **{name: kind for name, kind in _TYPES.items() if name not in {"changes", "personal"}},
    "rows": JSONB,
}
_RECORD_MANY: Final = text(
    "SELECT audit.record_many("
    f"{', '.join(f'p_{name} => :{name}' for name in _MANY if name != 'target_id')})"
).bindparams(*(bindparam(name, type_=kind) for name, kind in _MANY.items() if name != "target_id"))
_AT_ONCE: Final = 100_000  # in one call: the chain is locked once all is made ready

_WAITING: Final = "trail"

NOT_VISIBLE: Final = "not_visible"
"""The reason of a refusal that nobody was told of: the answer was that there is no such page."""


def record(
    db: Session,
    event: Event,
    *,
    actor: int | None = None,
    target: Any = None,
    account_id: int | None = None,
    program_id: int | None = None,
    role: str | None = None,
    changes: Changes | None = None,
    personal: Changes | None = None,
    outcome: Outcome | str = Outcome.DONE,
) -> None:
    """Write one entry, in the transaction of `db`: no deed without it, and no entry without a deed.

    `target` is a row (or a `Target`); account and program are taken from it where they are not
    given. `actor` is a person's id, by default who is signed in; session, address and request
    come from `origin()`. `role` is the role the deed was done under, by default the one that
    `authorise` found. `changes` tells what changed, `personal` the fields whose values must stay
    erasable. Raises ValueError for a field that the event does not declare.
    """
    about = describe(target) if target is not None else None
    where = origin()
    values = {
        "event": event.value,
        "outcome": Outcome(outcome).value,
        "actor": actor if actor is not None else where.person_id,
        "role": role or db.info.get("acting_role"),
        "account": account_id or (about.account_id if about else None),
        "program": program_id or (about.program_id if about else None),
        "target_kind": about.kind if about else None,
        "target_id": about.id if about else None,
        "session": where.session_id,
        "address": where.address,
        "request": where.request_id,
        "changes": _pairs(changes, event.plain, event),
        "personal": _pairs(personal, event.personal, event),
    }
    if db.info.get("in_deed"):
        db.info.setdefault(_WAITING, []).append(values)
    else:
        db.flush()
        db.execute(_RECORD, values)
        count(values)


def record_many(
    db: Session,
    event: Event,
    rows: Sequence[tuple[int, Changes, Changes]],
    *,
    actor: int,
    target_kind: str,
    program_id: int | None = None,
) -> None:
    """Write the same event on many rows of one kind, in their order, as fast as the chain allows.

    A row is its key, what changed, and what changed of the fields that must stay erasable. The
    rest, and what is raised, is as in ``record``; only a deed writes so many.
    """
    where = origin()
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        values = {
            "event": event.value,
            "outcome": Outcome.DONE.value,
            "actor": actor,
            "role": db.info.get("acting_role"),
            "account": None,
            "program": program_id,
            "target_kind": target_kind,
            "session": where.session_id,
            "address": where.address,
            "request": where.request_id,
            "rows": [
                {
                    "target": str(key),
                    "changes": _pairs(changes, event.plain, event),
                    "personal": _pairs(personal, event.personal, event),
                }
                for key, changes, personal in some
            ],
        }
        db.info.setdefault(_WAITING, []).append(values)


RoleOf = Callable[[Session, int, str, Target | None], str | None]
"""Person, action (none: ""), on what → the role or kind of staff in which they asked."""

_role_of: Final[list[RoleOf]] = []


def set_role_of(find: RoleOf) -> None:
    """Say who knows roles: authority, which stands above. The last one given counts."""
    _role_of[:] = [find]


_HOUR: Final = timedelta(hours=1)
ONCE: Final = Window(1, _HOUR)
"""What anybody may cause again and again at no cost is told once an hour, for each target."""
_ALIKE, _BY_ONE = Window(20, _HOUR), Window(100, _HOUR)


def refused(error: Refused | TooMany) -> None:
    """Write a refusal, in a transaction of its own; once, whoever reports it first.

    Nobody fills the trail with refusals: of one person it takes twenty alike an hour, and a
    hundred in all; of rows hidden from them and of limits, one each.
    """
    count_refused(error)
    if error.recorded:
        return
    error.recorded = True
    with apart() as db:
        if not _is_news(db, error):
            return
        if isinstance(error, TooMany):
            limit_reached(db, error)
            return
        record(
            db,
            Event.DEED_REFUSED,
            actor=error.person_id,
            target=target_of(error),
            role=_role(db, error),
            changes={"action": error.action, "reason": error.reason},
            outcome=Outcome.REFUSED,
        )


def limit_reached(db: Session, error: TooMany) -> None:
    """Write that a limit is full: who asked for one more, and when the next is allowed."""
    record(
        db,
        Event.LIMIT_REACHED,
        actor=error.person_id,
        target=target_of(error),
        role=_role(db, error),
        changes={"limit": error.limit, "retry_at": error.retry_at},
        outcome=Outcome.REFUSED,
    )


def _is_news(db: Session, error: Refused | TooMany) -> bool:
    who = error.person_id or origin().person_id or origin().address
    about = target_of(error)
    row = f"{about.kind} {about.id}" if about else ""
    if isinstance(error, TooMany):
        return is_news(db, "limit", f"{who} {error.limit} {row}", ONCE)
    alike = ONCE if error.reason == NOT_VISIBLE else _ALIKE
    if not is_news(db, "refused", f"{who} {error.action} {error.reason} {row}", alike):
        return False
    return is_news(db, "refused", str(who), _BY_ONE)


def _role(db: Session, error: Refused | TooMany) -> str | None:
    person_id, about = error.person_id or origin().person_id, target_of(error)
    if person_id is None or not _role_of:
        return None
    if isinstance(error, Refused):
        return _role_of[0](db, person_id, error.action, about)
    # A limit of signing in is reached by somebody who holds no role yet.
    at_an_account = about is not None and about.account_id is not None
    return _role_of[0](db, person_id, "", about) if at_an_account else None


def _write_waiting(db: Session) -> None:
    """Run by the deed as its last act: the changes, their constraints, then the trail."""
    settle(db)
    written = db.info.pop(_WAITING, ())
    for values in written:
        db.execute(_RECORD_MANY if "rows" in values else _RECORD, values)
    db.info["written"] = written


def _count_written(db: Session) -> None:
    for values in db.info.get("written", ()):
        count(values)


def _pairs(
    given: Changes | None, declared: frozenset[str], event: Event
) -> dict[str, list[str | None]]:
    """Bring every value to text, so that the chain hashes what a person can read."""
    fields = dict(given or {})
    if unknown := sorted(fields.keys() - declared):
        raise ValueError(f"{event} does not declare {', '.join(unknown)}")
    pairs = {}
    for field, value in fields.items():
        before, after = value if _is_pair(value) else (None, value)
        pairs[field] = [_plain(before), _plain(after)]
    return pairs


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2


def _plain(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        # PostgreSQL's text holds neither NUL nor half of a surrogate pair.
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        value = sorted(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


before_commit.append(_write_waiting)
after_commit.append(_count_written)
on_refused.append(refused)
on_full.append(limit_reached)
