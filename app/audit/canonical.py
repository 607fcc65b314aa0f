"""The text that an entry's hash is taken of, worked out a second time.

The database's function `audit.canonical` writes the same text. This one shares no line with it,
so that a fault or a change in one shows against the other. The form is in `docs/trail.md`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

PREFIX = "guichet trail 1;"
SIDES = ("before", "after")


class Malformed(Exception):
    """An entry holds something that `audit.record` never writes."""


def entry_hash(row: Any) -> bytes:
    """SHA-256 of the entry's canonical text; `row` has the columns of `audit.entry`."""
    return hashlib.sha256(_text(row).encode()).digest()


def digest(salt: bytes, field: str, side: str, value: str | None) -> str | None:
    """The salted digest under which a personal value stands in the chain."""
    if value is None:
        return None
    told = _part(field) + _part(side) + _part(value)
    return hashlib.sha256(salt + told.encode()).hexdigest()


def pair_of(fields: Mapping[str, Any], field: str) -> tuple[str | None, str | None]:
    """A field's two values; raise Malformed unless they are texts or nothing.

    Without this, a third value or a number written like a text would not show in the hash.
    """
    pair = fields[field]
    if not isinstance(pair, list) or len(pair) != 2:
        raise Malformed(f"{field} is not [before, after]")
    if not all(side is None or isinstance(side, str) for side in pair):
        raise Malformed(f"{field} holds something else than text")
    return pair[0], pair[1]


def _text(row: Any) -> str:
    parts = [
        row.seq,
        _instant(row.at),
        row.event,
        row.outcome,
        row.actor_id,
        row.role,
        row.account_id,
        row.program_id,
        row.target_kind,
        row.target_id,
        row.session_id,
        row.request_id,
    ]
    return (
        PREFIX
        + "".join(_part(None if part is None else str(part)) for part in parts)
        + _fields(row.changes)
        + _fields(row.digests)
        + _part(bytes(row.prev_hash).hex())
    )


def _fields(fields: Any) -> str:
    if not isinstance(fields, dict):
        raise Malformed("changes are not fields")
    told = [_part(str(len(fields)))]
    for field in sorted(fields, key=str.encode):
        before, after = pair_of(fields, field)
        told += [_part(field), _part(before), _part(after)]
    return "".join(told)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _part(value: str | None) -> str:
    return "-;" if value is None else f"{len(value.encode())}:{value};"
