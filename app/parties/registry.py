"""The registry: a file of businesses held beside what is known of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app.base.errors import Invalid
from app.base.identifiers import parse_bn
from app.base.text import fold_words
from app.parties.models import Business, Party, RegistryEntry
from app.parties.rules.entries import EntryData, Vocabulary, check_entry
from app.parties.rules.files import LineError
from app.parties.rules.registry import Reading
from app.programs.rules.identifiers import stored_form
from app.programs.schema.definition import Definition
from app.programs.schema.enrolment import IdentifierField

_COMPARED: Final = (
    "bn",
    "carrier_code",
    "legal_name",
    "base",
    "language",
    "street",
    "city",
    "region",
    "postal_code",
    "country",
    "lines",
    "program_accounts",
)
_LISTS: Final = frozenset({"lines", "program_accounts"})

Db = Session | scoped_session[Session]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a file beside what the registry has. `was` is None for a new business."""

    line: int
    entry: EntryData
    was: RegistryEntry | None
    columns: tuple[str, ...] = ()

    @property
    def undoes_officer(self) -> bool:
        """Whether the file takes back what an officer wrote from a paper."""
        return self.was is not None and self.was.origin == "officer"


@dataclass(frozen=True, slots=True)
class Preview:
    """What importing a file would do. It does nothing at all while `errors` has a line."""

    added: tuple[Change, ...]
    changed: tuple[Change, ...]
    same: int
    errors: tuple[LineError, ...]

    @property
    def row_count(self) -> int:
        """How many businesses the file holds."""
        return len(self.added) + len(self.changed) + self.same


def vocabulary(program: Definition) -> Vocabulary:
    """What the definition knows, for checking a file against it."""
    known = dict[str, str]()
    for code, line in program.lines.items():
        known |= {fold_words(name): code for name in (code, line.label.en, line.label.fr)}
    field = _carrier_field(program)
    return Vocabulary(known, lambda typed: stored_form(field, typed) if field else None)


def numbers_of(typed: str, words: Vocabulary) -> tuple[str | None, str | None]:
    """A business number, or else a carrier code, from one field that takes either."""
    bn = parse_bn(typed)
    return bn, None if bn else words.carrier_code(typed)


def _carrier_field(program: Definition) -> IdentifierField | None:
    firsts = (
        next(iter(identifier.fields.values()))
        for identifier in program.enrolment.first.identifiers.values()
    )
    return next((field for field in firsts if field.check != "business_number"), None)


def typed_entry(program: Definition, values: dict[str, str]) -> EntryData:
    """An entry from a form's fields. Raises Invalid with what is wrong, by field."""
    found = check_entry(values, vocabulary(program))
    if not isinstance(found, EntryData):
        raise Invalid(found)
    return found


def entries_of(db: Db, program_id: int) -> Sequence[RegistryEntry]:
    """Every business of the program's registry."""
    wanted = select(RegistryEntry).where(RegistryEntry.program_id == program_id)
    return db.scalars(wanted.order_by(RegistryEntry.id)).all()


def compare(reading: Reading, entries: Iterable[RegistryEntry]) -> Preview:
    """What a file would add and change. A line that joins two known businesses is an error."""
    by_bn, by_carrier = dict[str, RegistryEntry](), dict[str, RegistryEntry]()
    for entry in entries:
        if entry.bn is not None:
            by_bn[entry.bn] = entry
        if entry.carrier_code is not None:
            by_carrier[entry.carrier_code] = entry
    added, changed, same, errors = [], [], 0, list(reading.errors)
    for line, data in reading.entries:
        one = by_bn.get(data.bn) if data.bn else None
        other = by_carrier.get(data.carrier_code) if data.carrier_code else None
        if one is not None and other is not None and one is not other:
            errors.append(
                LineError(line, "carrier_code", "other_business", data.carrier_code or "")
            )
            continue
        was = one or other
        if was is None:
            added.append(Change(line, data, None))
        elif columns := different(was, data):
            changed.append(Change(line, data, was, columns))
        else:
            same += 1
    errors.sort(key=lambda error: error.line)
    return Preview(tuple(added), tuple(changed), same, tuple(errors))


def different(entry: RegistryEntry, data: EntryData) -> tuple[str, ...]:
    """The columns in which a line differs from what the registry has."""
    return tuple(column for column, value in _said(data).items() if value != getattr(entry, column))


def _said(data: EntryData) -> dict[str, Any]:
    """The columns that a line says something of, as the table has them."""
    values = {column: getattr(data, column) for column in _COMPARED}
    return {
        column: list(value) if column in _LISTS else value
        for column, value in values.items()
        if column not in _LISTS or value is not None
    }


def fill(entry: RegistryEntry, data: EntryData) -> None:
    """Write a business's columns, as an outside authority gives them."""
    for column, value in _said(data).items():
        setattr(entry, column, value)


def columns_of(data: EntryData) -> dict[str, Any]:
    """The same columns for an insert of many, which no model's rule sees: the name is folded."""
    return {"program_accounts": []} | _said(data) | {"name_folded": fold_words(data.legal_name)}


def rename_business(db: Session, change: Change) -> None:
    """A business that the portal knows bears the registry's name."""
    if change.was is None or "legal_name" not in change.columns:
        return
    entry = change.was
    known = select(Party).join(Business, Business.id == Party.id)
    known = known.where(
        Business.bn == entry.bn
        if entry.bn is not None
        else Business.carrier_code == entry.carrier_code
    )
    for party in db.scalars(known):
        party.name = entry.legal_name


def lock_registry(db: Session, program_id: int) -> None:
    """Two officers who import, or correct, at the same instant do so one after the other."""
    db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("registry", program_id))))
