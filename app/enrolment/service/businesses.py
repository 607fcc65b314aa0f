"""From a registry entry to the portal's own business and its client number."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, scoped_session

from app.base.identifiers import clean, new_client_number
from app.enrolment.service.common import lock_party
from app.parties.models import Business, ClientNumber, Party, RegistryEntry


def find_entry(
    db: Session | scoped_session[Session], program_id: int, bn: str | None, carrier_code: str | None
) -> RegistryEntry | None:
    """The business in the program's registry, by business number or else by carrier code."""
    wanted = select(RegistryEntry).where(RegistryEntry.program_id == program_id)
    if bn is not None:
        return db.scalars(wanted.where(RegistryEntry.bn == bn)).one_or_none()
    if carrier_code is not None:
        return db.scalars(wanted.where(RegistryEntry.carrier_code == carrier_code)).one_or_none()
    return None


def ensure_business(db: Session, entry: RegistryEntry) -> Business:
    """The portal's business for a registry entry, made when there is none; its party is locked.

    Two registrations of a new business at the same instant make one: the second waits for the
    number and finds the first's.
    """
    business = _known(db, entry)
    if business is None:
        key = func.hashtextextended(f"business:{entry.bn or entry.carrier_code}", 0)
        db.execute(select(func.pg_advisory_xact_lock(key)))
        business = _known(db, entry) or _make(db, entry)
    lock_party(db, business.id)
    return business


def _known(db: Session, entry: RegistryEntry) -> Business | None:
    """By business number first; a business known by its carrier code alone learns its number."""
    if entry.bn is not None:
        found = db.scalars(select(Business).where(Business.bn == entry.bn)).one_or_none()
        if found is not None:
            return found
    if entry.carrier_code is None:
        return None
    wanted = select(Business).where(Business.carrier_code == entry.carrier_code)
    found = db.scalars(wanted).one_or_none()
    if found is None or entry.bn not in {None, found.bn or entry.bn}:
        return None
    found.bn = found.bn or entry.bn
    return found


def _make(db: Session, entry: RegistryEntry) -> Business:
    party = Party(kind="business", name=entry.legal_name)
    db.add(party)
    db.flush()
    taken = select(Business.id).where(Business.carrier_code == entry.carrier_code)
    free = entry.carrier_code is not None and db.scalar(taken) is None
    business = Business(
        id=party.id,
        bn=entry.bn,
        carrier_code=entry.carrier_code if free else None,
        base=entry.base,
    )
    db.add(business)
    db.flush()
    return business


def ensure_client_number(db: Session, party_id: int, program_id: int) -> str:
    """The business's client number in the program, drawn once and kept for good."""
    while True:
        mine = select(ClientNumber.number).where(
            ClientNumber.party_id == party_id, ClientNumber.program_id == program_id
        )
        number = db.scalar(mine)
        if number is not None:
            return number
        # Nothing is written when another business has the number, or a twin of this deed was first.
        db.execute(
            insert(ClientNumber)
            .values(party_id=party_id, program_id=program_id, number=new_client_number())
            .on_conflict_do_nothing()
        )


def zip_agrees(entry: RegistryEntry, zip_code: str | None) -> bool:
    """Whether the ZIP code typed beside a carrier code is the registry's; true when none was."""
    return zip_code is None or clean(entry.postal_code)[:5] == clean(zip_code)[:5]
