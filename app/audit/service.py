"""Writing the trail: the only way in, from Python, is `record`.

Inside a deed an entry waits until the deed's last moment, when every change is flushed and every
deferred constraint checked. The chain's one lock is then held for an instant only, whatever the
order of the calls, and also when a deed joins another one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import INET, JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, Text

from app.audit.events import Event, Outcome
from app.audit.targets import describe, target_of
from app.base.context import origin
from app.base.db import apart, before_commit, on_refused, settle
from app.base.errors import Refused

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

_WAITING: Final = "trail"


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


def refused(error: Refused, role: str | None = None) -> None:
    """Write a refusal, in a transaction of its own; once, whoever reports it first."""
    if error.recorded:
        return
    error.recorded = True
    with apart() as db:
        record(
            db,
            Event.DEED_REFUSED,
            actor=error.person_id,
            target=target_of(error),
            role=role,
            changes={"action": error.action, "reason": error.reason},
            outcome=Outcome.REFUSED,
        )


def _write_waiting(db: Session) -> None:
    """Run by the deed as its last act: the changes, their constraints, then the trail."""
    settle(db)
    for values in db.info.pop(_WAITING, ()):
        db.execute(_RECORD, values)


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
on_refused.append(refused)
