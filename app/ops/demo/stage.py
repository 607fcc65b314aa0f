"""What every part of the demonstration works with: the program, the clock, who and what exists."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.context import Origin, origin, set_origin
from app.base.db import now
from app.base.identifiers import new_client_number
from app.parties.models import Account, Business, ClientNumber, Party, RegistryEntry
from app.programs.library import definitions
from app.programs.models import Program, ProgramRole
from app.programs.schema.definition import Definition

REGISTRY: Final = Path(__file__).with_name("registry.csv")


@dataclass(slots=True)
class Stage:
    """The demonstration while it is being made.

    ``today`` is the database's clock at the start: everything else is so many days before it.
    ``people`` maps sign-in names to keys, ``entries`` legal names to registry entries.
    """

    db: Session
    definition: Definition
    program: Program
    today: datetime
    people: dict[str, int] = field(default_factory=dict)
    entries: dict[str, RegistryEntry] = field(default_factory=dict)
    parties: dict[str, int] = field(default_factory=dict)
    roles: list[ProgramRole] = field(default_factory=list)

    def ago(self, days: float) -> datetime:
        """So many days before the demonstration was made."""
        return self.today - timedelta(days=days)

    def party(self, business: str) -> int:
        """The party of a business of the registry, made with its client number when met first."""
        if business not in self.parties:
            entry = self.entries[business]
            party = Party(kind="business", name=entry.legal_name)
            self.db.add(party)
            self.db.flush()
            self.db.add(
                Business(id=party.id, bn=entry.bn, carrier_code=entry.carrier_code, base=entry.base)
            )
            self.db.add(
                ClientNumber(
                    party_id=party.id, program_id=self.program.id, number=new_client_number()
                )
            )
            self.db.flush()
            self.parties[business] = party.id
        return self.parties[business]

    def account(self, business: str) -> Account:
        """The account of a business in the program."""
        wanted = select(Account).filter_by(
            party_id=self.parties[business], program_id=self.program.id
        )
        return self.db.scalars(wanted).one()

    def role(self, index: int) -> ProgramRole:
        """The program's role at this place, from the highest; the lowest when it has fewer."""
        return self.roles[min(index, len(self.roles) - 1)]

    def lines(self, entry: RegistryEntry) -> list[str]:
        """The lines of business that the registry has for the entry."""
        return list(entry.lines)

    def base(self, entry: RegistryEntry) -> str:
        """The definition's code for the entry's country: its own first, then the neighbour's."""
        first, second, *_ = self.definition.bases
        return first if entry.base == "CA" else second

    @contextmanager
    def acting(self, sign_in_name: str) -> Iterator[int]:
        """Do deeds as this person, who has just proved a code; gives the person's key."""
        before = origin()
        person_id = self.people[sign_in_name]
        set_origin(Origin(person_id=person_id, code_verified_at=now(self.db)))
        try:
            yield person_id
        finally:
            set_origin(before)


def set_stage(db: Session) -> Stage:
    """The stage with the program that the demonstration is about, and nobody on it yet."""
    definition = program_shown()
    program = db.scalars(select(Program).where(Program.code == definition.code)).one()
    roles = db.scalars(
        select(ProgramRole)
        .where(ProgramRole.program_id == program.id, ~ProgramRole.retired)
        .order_by(ProgramRole.rank)
    )
    return Stage(db, definition, program, now(db), roles=list(roles))


def program_shown() -> Definition:
    """The program that knows the most lines of the demonstration's businesses.

    Another one may stand before it among the definitions: whoever tries out a program of their
    own still has the demonstration, beside it.
    """
    named = {name for row in registry_rows() for name in _names(row["lines"])}
    return max(definitions(), key=lambda one: len(_known(one, tuple(named))))


def registry_rows() -> list[Mapping[str, str]]:
    """The businesses of the demonstration's registry; ``lines`` are names in English."""
    with REGISTRY.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def line_codes(definition: Definition, names: str) -> list[str]:
    """The definition's codes of lines that are named in English; the first when it has none."""
    return _known(definition, _names(names)) or [next(iter(definition.lines))]


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name.strip().casefold() for name in listed.split(";"))


def _known(definition: Definition, names: tuple[str, ...]) -> list[str]:
    lines = definition.lines.values()
    return [line.code for line in lines if line.label.en.casefold().startswith(names)]
