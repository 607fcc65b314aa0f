"""How an account begins: with its owner, in the transaction that activates it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.authority.models import Membership
from app.base.db import now
from app.base.errors import Conflict, NotFound
from app.parties.models import Account, Party
from app.programs.models import ProgramRole


def owner_role(db: Session, program_id: int) -> ProgramRole:
    """The role of the program that accounts begin with, and that is never left empty.

    "est un rôle d'utilisateur obligatoire qu'un seul employé peut remplir" (account page,
    step 2); "the first person to link is automatically BAM" (facts B3), who makes others later.
    Raises NotFound when the definition has no such role.
    """
    wanted = select(ProgramRole).where(
        ProgramRole.program_id == program_id,
        ProgramRole.required,
        ~ProgramRole.retired,
    )
    role = db.scalars(wanted.order_by(ProgramRole.rank).limit(1)).one_or_none()
    if role is None:
        raise NotFound(f"program {program_id} has no required role")
    return role


def found_account(
    db: Session,
    *,
    party_id: int,
    program_id: int,
    owner_id: int,
    standing_code: str,
    role_code: str | None = None,
) -> Account:
    """Make the party's account and its owner's membership, inside the caller's deed.

    The party's row is locked first, so that of two activations at the same instant one finds
    the other's account: "several may wait, the first to activate holds the account".
    ``role_code`` is the required role; without it the program's own is taken.
    The caller authorises, tells people and writes the trail. Raises Conflict
    ``account_exists`` when the party has an account in the program, open or closed.
    """
    db.execute(select(Party.id).where(Party.id == party_id).with_for_update(key_share=True))
    held = select(Account.id).where(Account.party_id == party_id, Account.program_id == program_id)
    if db.scalar(held) is not None:
        raise Conflict("account_exists")
    role = db.get_one(ProgramRole, (program_id, role_code)) if role_code else None
    role = role or owner_role(db, program_id)
    account = Account(party_id=party_id, program_id=program_id, standing_code=standing_code)
    db.add(account)
    db.flush()  # the membership's foreign key is made of the account's new id
    moment = now(db)
    db.add(
        Membership(
            person_id=owner_id,
            account_id=account.id,
            program_id=program_id,
            role_code=role.code,
            exclusive=role.exclusive,
            required=role.required,
            status="active",
            added_by=owner_id,
            accepted_at=moment,
            activated_by=owner_id,
            starts_at=moment,
        )
    )
    db.flush()
    return account
