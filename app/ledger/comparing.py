"""A file of the ledger held beside the registry and beside what the ledger already has.

Only what the file names is read, some thousand lines at a time: a ledger grows for years.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import BigInteger, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, scoped_session

from app.ledger.models import LedgerLine
from app.ledger.rules.files import Reading
from app.ledger.rules.lines import KEPT, MOVING, LineData
from app.parties.models import RegistryEntry
from app.parties.rules.files import LineError
from app.parties.rules.program_accounts import numbers_of

AT_ONCE: Final = 5_000

Db = Session | scoped_session[Session]


@dataclass(frozen=True, slots=True)
class Known:
    """A line that the ledger has: its key, and what it says."""

    id: int
    program_account: str | None
    dated: date
    amount: Decimal
    submitted_by: str | None
    description: str
    state: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a file beside the ledger. `was` is None for a new line."""

    line: int
    data: LineData
    entry_id: int
    name: str
    was: Known | None = None
    columns: tuple[str, ...] = ()

    @property
    def changes(self) -> dict[str, tuple[object, object]]:
        """Column → what the ledger says, and what the file says instead."""
        return {one: (getattr(self.was, one), getattr(self.data, one)) for one in self.columns}


@dataclass(frozen=True, slots=True)
class Preview:
    """What importing a file would do. It does nothing at all while `errors` has a line."""

    added: tuple[Change, ...]
    changed: tuple[Change, ...]
    same: int
    errors: tuple[LineError, ...]

    @property
    def row_count(self) -> int:
        """How many lines of the ledger the file holds."""
        return len(self.added) + len(self.changed) + self.same


@dataclass(frozen=True, slots=True)
class _Business:
    id: int
    name: str
    accounts: tuple[str, ...]


def compare(db: Db, program_id: int, reading: Reading) -> Preview:
    """What a file would add to the ledger of a program, and change in it."""
    found = _Found(errors=list(reading.errors))
    for start in range(0, len(reading.lines), AT_ONCE):
        some = reading.lines[start : start + AT_ONCE]
        businesses = _businesses(db, program_id, {data.bn for _, data in some})
        known = _known(db, businesses, [data for _, data in some])
        for line, data in some:
            business = businesses.get(data.bn)
            if business is None:
                found.errors.append(LineError(line, "bn", "not_in_registry", data.bn))
            else:
                found.take(line, data, business, known.get((business.id, data.kind, data.number)))
    found.errors.sort(key=lambda error: error.line)
    return Preview(tuple(found.added), tuple(found.changed), found.same, tuple(found.errors))


@dataclass(slots=True)
class _Found:
    """What was found so far."""

    errors: list[LineError]
    added: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    same: int = 0

    def take(self, line: int, data: LineData, business: _Business, was: Known | None) -> None:
        """Put one line where it belongs: new, changed, the same, or wrong."""
        change = Change(line, data, business.id, business.name, was)
        if was is None:
            if fault := _account_fault(data.program_account, business.accounts):
                given = data.program_account or ""
                self.errors.append(LineError(line, "program_account", fault, given))
            else:
                self.added.append(change)
        elif kept := _differing(KEPT, was, data):
            self.errors += (LineError(line, one, "kept", _text(was, one)) for one in kept)
        elif columns := _differing(MOVING, was, data):
            self.changed.append(replace(change, columns=columns))
        else:
            self.same += 1


def _account_fault(given: str | None, accounts: tuple[str, ...]) -> str | None:
    """What is wrong with a new line's program account, in view of those of its business."""
    if given is None:
        return "account_missing" if accounts else None
    return None if given in accounts else "other_account"


def _text(was: Known, column: str) -> str:
    value = getattr(was, column)
    return "—" if value is None else str(value)


def _differing(columns: Sequence[str], was: Known, data: LineData) -> tuple[str, ...]:
    return tuple(one for one in columns if getattr(was, one) != getattr(data, one))


def _businesses(db: Db, program_id: int, numbers: set[str]) -> dict[str, _Business]:
    wanted = select(
        RegistryEntry.bn,
        RegistryEntry.id,
        RegistryEntry.legal_name,
        RegistryEntry.program_accounts,
    ).where(
        RegistryEntry.program_id == program_id,
        RegistryEntry.bn == func.any(array_of(Text, sorted(numbers))),
    )
    return {
        str(bn): _Business(key, name, numbers_of(accounts))
        for bn, key, name, accounts in db.execute(wanted)
    }


def _known(
    db: Db, businesses: Mapping[str, _Business], lines: Sequence[LineData]
) -> dict[tuple[int, str, str], Known]:
    """What the ledger has of these lines, by business, kind and number."""
    here = [one for one in lines if one.bn in businesses]
    named = (
        func.unnest(
            array_of(BigInteger, [businesses[one.bn].id for one in here]),
            array_of(Text, [one.kind for one in here]),
            array_of(Text, [one.number for one in here]),
        )
        .table_valued("entry_id", "kind", "number")
        .render_derived()
    )
    row = LedgerLine
    wanted = select(
        row.registry_entry_id, row.kind, row.number,
        row.id, row.program_account, row.dated, row.amount, row.submitted_by, row.description,
        row.state, row.due_on,
    ).join(
        named,
        (row.registry_entry_id == named.c.entry_id)
        & (row.kind == named.c.kind)
        & (row.number == named.c.number),
    )  # fmt: skip
    return {
        (entry_id, kind, number): Known(*rest)
        for entry_id, kind, number, *rest in db.execute(wanted)
    }


def array_of(kind: type[Any], values: Sequence[Any]) -> Any:
    """Many values as one parameter."""
    return bindparam(None, list(values), type_=ARRAY(kind), unique=True)
