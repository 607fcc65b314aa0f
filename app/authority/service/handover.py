"""The swap of an ownership, and what every deed on a transfer shares."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority import rules
from app.authority.locks import lock_account
from app.authority.models import Membership, OwnershipTransfer
from app.authority.people import holders
from app.authority.service.common import begin, end, role_row
from app.authority.service.lapse import member_or_none
from app.authority.telling import tell
from app.base.db import deed, now
from app.base.errors import Conflict, NotFound
from app.parties.models import Account, Person


def lock_transfer(db: Session, transfer_id: int) -> tuple[Account, OwnershipTransfer]:
    """Lock the account, then the transfer, and read both fresh. Raises NotFound."""
    account_id = db.scalar(
        select(OwnershipTransfer.account_id).where(OwnershipTransfer.id == transfer_id)
    )
    if account_id is None:
        raise NotFound(f"OwnershipTransfer {transfer_id}")
    account = lock_account(db, account_id)
    wanted = select(OwnershipTransfer).where(OwnershipTransfer.id == transfer_id)
    transfer = db.execute(
        wanted.with_for_update(key_share=True), execution_options={"populate_existing": True}
    ).scalar_one()
    return account, transfer


def open_transfer(db: Session, account_id: int) -> OwnershipTransfer | None:
    """The account's transfer that has no answer yet, late or not; there is one at most."""
    return db.scalars(
        select(OwnershipTransfer).where(
            OwnershipTransfer.account_id == account_id, OwnershipTransfer.state == "offered"
        )
    ).one_or_none()


def held_by(db: Session, account: Account, role_code: str, person_id: int) -> Membership:
    """The person's own holding of the role that is handed over; Conflict ``not_the_holder``."""
    for row in holders(db, account.id, role_code):
        if row.person_id == person_id:
            return row
    raise Conflict("not_the_holder")


def swap(
    db: Session,
    account: Account,
    transfer: OwnershipTransfer,
    actor: int,
    *,
    attested: bool,
    language: str | None = None,
) -> None:
    """End the old ownership and begin the new one. The account's row is locked by the caller.

    In between the account has no owner; the deferred trigger and the deferred exclusion
    constraint look at the end only, and nobody else sees the middle.
    """
    moment = now(db)
    old = held_by(db, account, transfer.role_code, transfer.from_person_id)
    theirs = member_or_none(db, account, transfer.to_person_id, moment)
    end(old, "transferred", moment)
    if theirs is not None:
        end(theirs, "became_owner", moment)
    db.flush()  # both live places are free before new rows take them
    role = role_row(db, account, transfer.role_code)
    begin(db, account, transfer.to_person_id, role, moment, by=old.person_id, contact_of=theirs)
    if transfer.old_owner_role is not None:
        lower = role_row(db, account, transfer.old_owner_role)
        begin(db, account, old.person_id, lower, moment, by=old.person_id, contact_of=old)
    transfer.attested_at = moment if attested else None
    close(db, transfer, "accepted", moment)
    signing: dict[str, object] = {"attested": attested}
    if language:
        signing |= {"terms_version": account.program.version, "terms_language": language}
    record_transfer(
        db,
        Event.TRANSFER_ACCEPTED,
        transfer,
        actor,
        ("offered", "accepted"),
        old_owner_role=transfer.old_owner_role,
        **signing,
    )
    _tell_swapped(db, account, transfer, accepted=attested)


def _tell_swapped(
    db: Session, account: Account, transfer: OwnershipTransfer, *, accepted: bool
) -> None:
    giver = db.get_one(Person, transfer.from_person_id).full_name
    taker = db.get_one(Person, transfer.to_person_id).full_name
    home = f"/a/{account.id}/"
    tell(db, transfer.to_person_id, "transfer_received", account, path=home, by=giver)
    name = "transfer_accepted" if accepted else "transfer_made"
    tell(db, transfer.from_person_id, name, account, path="/businesses", person=taker)


def close(db: Session, transfer: OwnershipTransfer, state: str, moment: datetime) -> None:
    """Give the transfer its answer, for good."""
    transfer.state, transfer.answered_at = state, moment
    db.flush()  # frees the account's one open transfer


def record_transfer(
    db: Session,
    event: Event,
    transfer: OwnershipTransfer,
    actor: int | None,
    state: tuple[str | None, str],
    **more: object,
) -> None:
    """Write in the trail what became of a transfer; ``actor`` None is the portal itself."""
    about = {
        "from_person_id": transfer.from_person_id,
        "to_person_id": transfer.to_person_id,
        "role": transfer.role_code,
        "state": state,
    }
    if event is Event.TRANSFER_OFFERED:
        about |= {
            "old_owner_role": transfer.old_owner_role,
            "expires_at": transfer.expires_at,
        }
    record(
        db,
        event,
        actor=actor,
        target=transfer,
        program_id=transfer.account.program_id,
        changes={**about, **more},
    )


def lapse_transfer(
    db: Session, account: Account, transfer: OwnershipTransfer, moment: datetime
) -> None:
    """Close an offer of ownership that nobody answered in time, and tell the owner."""
    close(db, transfer, "lapsed", moment)
    record_transfer(db, Event.TRANSFER_LAPSED, transfer, None, ("offered", "lapsed"))
    person = db.get_one(Person, transfer.to_person_id).full_name
    mine = f"/a/{account.id}/transfer"
    tell(db, transfer.from_person_id, "transfer_lapsed", account, path=mine, person=person)


@deed
def close_late_transfer(db: Session, transfer_id: int) -> bool:
    """Close one late transfer, unless somebody was quicker; whether it was closed here."""
    account, transfer = lock_transfer(db, transfer_id)
    moment = now(db)
    if transfer.state != "offered" or rules.is_open(transfer.expires_at, moment):
        return False
    lapse_transfer(db, account, transfer, moment)
    return True
