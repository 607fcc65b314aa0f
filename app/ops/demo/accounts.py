"""Making the demonstration's accounts: registry, owners, roles, transfers."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import select

from app.audit.events import Event
from app.audit.service import record
from app.authority.models import Membership, OwnershipTransfer
from app.base.days import last_moment
from app.base.errors import NotFound
from app.cases.service.opening import open_with_account
from app.ops.demo.cases import HELD, MOVED, OPEN, Held, Moved, Open
from app.ops.demo.stage import REGISTRY, Stage, line_codes, registry_rows
from app.parties.models import Account, RegistryEntry, RegistryImport
from app.parties.models_terms import TermsAcceptance
from app.programs.models import ProgramRole
from app.programs.schema.roles import Transfer


def fill_registry(stage: Stage, importer: str) -> None:
    """Import the registry's file as the officer would have, some time ago."""
    rows = registry_rows()
    imported = RegistryImport(
        program_id=stage.program.id,
        file_name=REGISTRY.name,
        sha256=hashlib.sha256(REGISTRY.read_bytes()).hexdigest(),
        row_count=len(rows),
        added=len(rows),
        changed=0,
        imported_by=stage.people[importer],
        imported_at=stage.ago(1600),
    )
    stage.db.add(imported)
    stage.db.flush()
    for row in rows:
        entry = RegistryEntry(
            program_id=stage.program.id,
            bn=row["bn"] or None,
            carrier_code=row["carrier_code"] or None,
            lines=line_codes(stage.definition, row["lines"]),
            origin="import",
            import_id=imported.id,
            as_of=imported.imported_at,
            **{name: row[name] for name in _COPIED},
        )
        stage.db.add(entry)
        stage.entries[entry.legal_name] = entry
    stage.db.flush()


_COPIED = (
    "legal_name", "base", "language", "street", "city", "region", "postal_code", "country",
)  # fmt: skip


def open_accounts(stage: Stage) -> None:
    """Open the accounts with their owners, then give the other roles."""
    for one in OPEN:
        _open(stage, one)
    for held in HELD:
        _give(stage, held)
    for moved in MOVED:
        _move(stage, moved)
    stage.db.flush()


def _open(stage: Stage, one: Open) -> None:
    db, owner, role = stage.db, stage.people[one.owner], _owner_role(stage)
    standings = list(stage.definition.standings)
    since = stage.ago(one.days)
    account = Account(
        party_id=stage.party(one.business),
        program_id=stage.program.id,
        standing_code=standings[one.standing % len(standings)],
        authorised_at=since,
    )
    db.add(account)
    db.flush()
    db.add(
        Membership(
            person_id=owner,
            account_id=account.id,
            program_id=stage.program.id,
            role_code=role.code,
            exclusive=role.exclusive,
            required=role.required,
            status="active",
            added_by=owner,
            added_at=since,
            accepted_at=since,
            activated_by=owner,
            starts_at=since,
        )
    )
    terms = stage.definition.terms
    db.add(
        TermsAcceptance(
            person_id=owner,
            kind="program",
            program_id=stage.program.id,
            version=terms.version,
            language=stage.entries[one.business].language,
            accepted_at=since,
        )
    )
    db.flush()
    record(
        db,
        Event.ACCOUNT_ACTIVATED,
        actor=owner,
        target=account,
        role=role.code,
        changes={"state": "authorised", "party_id": account.party_id, "owner_id": owner},
    )
    open_with_account(db, owner, account, stage.lines(stage.entries[one.business]))


def _owner_role(stage: Stage) -> ProgramRole:
    return next(role for role in stage.roles if role.code == stage.definition.required_role.code)


def _account(stage: Stage, business: str) -> tuple[Account, Membership]:
    """The account of a business, and its owner's membership."""
    account = stage.account(business)
    owner = stage.db.scalars(
        select(Membership).where(Membership.account_id == account.id, Membership.required)
    ).one()
    return account, owner


_TELLS = {
    "offered": Event.MEMBERSHIP_OFFERED,
    "waiting": Event.MEMBERSHIP_ACCEPTED,
    "active": Event.MEMBERSHIP_ACTIVATED,
    "suspended": Event.MEMBERSHIP_SUSPENDED,
    "ended": Event.MEMBERSHIP_ENDED,
}


def _give(stage: Stage, held: Held) -> None:
    account, owner = _account(stage, held.business)
    role, added = stage.role(held.role), stage.ago(held.days)
    accepted = None if held.status == "offered" else added + timedelta(hours=7)
    begun = accepted if held.status in {"active", "suspended", "ended"} else None
    row = Membership(
        person_id=stage.people[held.person],
        account_id=account.id,
        program_id=stage.program.id,
        role_code=role.code,
        exclusive=role.exclusive,
        required=role.required,
        status=held.status,
        contact_title=held.title,
        added_by=owner.person_id,
        added_at=added,
        offer_expires_at=_expiry(stage, held.days) if held.status == "offered" else None,
        accepted_at=accepted,
        activated_by=owner.person_id if begun else None,
        starts_at=begun,
        ended_at=stage.ago(held.days / 4) if held.status == "ended" else None,
        end_reason="removed" if held.status == "ended" else None,
    )
    stage.db.add(row)
    stage.db.flush()
    by_owner = held.status != "waiting"
    _say_role(stage, owner.role_code if by_owner else None)
    record(
        stage.db,
        _TELLS[held.status],
        actor=owner.person_id if by_owner else row.person_id,
        target=row,
        changes={"person_id": row.person_id, "role": row.role_code, "status": row.status},
    )


def _say_role(stage: Stage, role: str | None) -> None:
    """Under which role the next deed was done: nothing authorises it here that would say so."""
    stage.db.info["acting_role"] = role


def _transfer(stage: Stage) -> Transfer:
    """How an account of the program shown changes hands: it is one in which accounts do."""
    if stage.definition.transfer is None:
        raise NotFound(f"{stage.definition.code} has no transfer")
    return stage.definition.transfer


def _expiry(stage: Stage, days: int) -> object:
    accept_within = _transfer(stage).accept_within
    return last_moment(stage.ago(days), accept_within, stage.definition.zone)


def _move(stage: Stage, moved: Moved) -> None:
    account, owner = _account(stage, moved.business)
    open_still = moved.state == "offered"
    row = OwnershipTransfer(
        account_id=account.id,
        role_code=owner.role_code,
        from_person_id=owner.person_id,
        to_person_id=stage.people[moved.to],
        old_owner_role=_transfer(stage).old_holder_becomes,
        state=moved.state,
        offered_at=stage.ago(moved.days),
        expires_at=_expiry(stage, moved.days),
        answered_at=None if open_still else stage.ago(moved.days - 3),
    )
    stage.db.add(row)
    stage.db.flush()
    if open_still:
        _say_role(stage, owner.role_code)
        record(
            stage.db,
            Event.TRANSFER_OFFERED,
            actor=owner.person_id,
            target=row,
            changes={
                "from_person_id": row.from_person_id,
                "to_person_id": row.to_person_id,
                "role": row.role_code,
                "state": row.state,
                "expires_at": row.expires_at,
            },
        )
