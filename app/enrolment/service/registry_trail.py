"""What the trail tells of the registry, line by line: it decides where letters go.

An import that changes an address would else leave no trace of the old one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record, record_many
from app.parties.models import RegistryEntry
from app.parties.rules.addresses import PARTS

_PLAIN: Final = (
    "bn",
    "carrier_code",
    "legal_name",
    "base",
    "language",
    "lines",
    "program_accounts",
    "paper_reference",
)

Facts = Mapping[str, Any]
Line = tuple[int, Facts, Facts]
"""A business's number in the registry, what changed of it, and what changed of its address."""


def told_of(entry: RegistryEntry) -> Facts:
    """Every field of an entry that the trail may tell, as it stands now."""
    told = {name: getattr(entry, name) for name in (*_PLAIN, *PARTS)}
    return told | {
        "lines": list(entry.lines),
        "program_accounts": list(entry.program_accounts),
    }


def record_added(db: Session, actor: int, entry: RegistryEntry) -> None:
    """Write a business that an officer added, every field of it."""
    told = told_of(entry)
    record(
        db,
        Event.REGISTRY_ENTRY_ADDED,
        actor=actor,
        target=entry,
        changes={name: (None, told[name]) for name in _PLAIN},
        personal={name: (None, told[name]) for name in PARTS},
    )


def corrected_line(entry: RegistryEntry, before: Facts) -> Line:
    """A corrected entry as the trail tells it: its number, and what changed since ``told_of``."""
    after = told_of(entry)
    return entry.id, _changed(_PLAIN, before, after), _changed(PARTS, before, after)


def record_corrected(db: Session, actor: int, program_id: int, lines: Sequence[Line]) -> None:
    """Write one entry for each corrected business: a paper corrects one, a file 100,000."""
    record_many(
        db,
        Event.REGISTRY_ENTRY_CORRECTED,
        lines,
        actor=actor,
        target_kind=RegistryEntry.__tablename__,
        program_id=program_id,
    )


def _changed(names: Sequence[str], before: Facts, after: Facts) -> Facts:
    return {name: (before[name], after[name]) for name in names if before[name] != after[name]}
