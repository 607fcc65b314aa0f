"""Names for the plain numbers that the trail holds, read for many entries at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Select, String, cast, func, literal, select, union_all

from app.audit.models import Entry
from app.base.db import session
from app.enrolment.models import Letter, Registration
from app.parties.models import Account, Party, RegistryEntry
from app.programs.models import Program
from app.web.locale import language

NAMED: Final[Mapping[str, str]] = {
    "actor_id": "party",
    "person_id": "party",
    "from_person_id": "party",
    "to_person_id": "party",
    "owner_id": "party",
    "party_id": "party",
    "account_id": "account",
    "program_id": "program",
    "registration_id": "registration",
    "registry_entry_id": "registry_entry",
    "letter_id": "letter",
}
"""Field of an entry → the kind of row whose number it holds. A person is a party."""

_TARGETS: Final = {"person": "party", "party": "party"} | {
    kind: kind for kind in ("account", "program", "registration", "registry_entry", "letter")
}
Key = tuple[str, str]


class Names:
    """Names of rows by kind and number, kept once read."""

    def __init__(self) -> None:
        self._known: dict[Key, str | None] = {}

    def learn(self, entries: Iterable[Entry]) -> None:
        """Read what these entries point at and nobody has read yet, in one statement."""
        wanted: dict[str, set[int]] = {}
        for kind, number in {key for entry in entries for key in _keys(entry)}:
            if (kind, number) not in self._known:
                self._known[kind, number] = None
                wanted.setdefault(kind, set()).add(int(number))
        if wanted:
            parts = [_query(kind).where(_KEYS[kind].in_(ids)) for kind, ids in wanted.items()]
            for kind, number, name in session.execute(union_all(*parts)):
                self._known[kind, str(number)] = name

    def of(self, kind: str, number: str) -> str | None:
        """The name of a row; None for one that is gone, or has none."""
        return self._known.get((kind, number))

    def of_target(self, entry: Entry) -> str | None:
        """The name of what the entry is about."""
        kind = _TARGETS.get(entry.target_kind or "")
        return self.of(kind, str(entry.target_id)) if kind else None


def _keys(entry: Entry) -> Iterator[Key]:
    told = {"actor_id": entry.actor_id, "account_id": entry.account_id}
    found = [(NAMED[field], str(value)) for field, value in told.items() if value is not None]
    if entry.target_kind in _TARGETS:
        found.append((_TARGETS[entry.target_kind], str(entry.target_id)))
    for field, pair in (entry.changes | entry.personal).items():
        if field in NAMED:
            found += [(NAMED[field], value) for value in pair if value is not None]
    return (key for key in found if _is_number(key[1]))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


_KEYS: Final[Mapping[str, Any]] = {
    "party": Party.id,
    "account": Account.id,
    "program": Program.id,
    "registration": Registration.id,
    "registry_entry": RegistryEntry.id,
    "letter": Letter.id,
}


def _query(kind: str) -> Select[Any]:
    names: Mapping[str, Any] = {
        "party": Party.name,
        "account": Party.name,
        "program": Program.name_fr if language() == "fr" else Program.name_en,
        "registration": Registration.legal_name,
        "registry_entry": RegistryEntry.legal_name,
        # A letter that is not made yet has no number: the business says which it is.
        "letter": func.coalesce(Letter.number, Registration.legal_name),
    }
    found = select(literal(kind), _KEYS[kind], cast(names[kind], String))
    if kind == "account":
        return found.join(Party, Party.id == Account.party_id)
    if kind == "letter":
        return found.join(Registration, Registration.id == Letter.registration_id)
    return found
