"""What every deed of a delegation begins with: its locks, who may give how far, whom to tell."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.targets import describe
from app.authority.locks import lock_account
from app.authority.models_delegation import Delegation
from app.authority.queries import may, visible
from app.authority.telling import tell
from app.base.errors import Conflict, Invalid, NotFound, Refused
from app.delegation.people import is_employed, managers
from app.delegation.rules.terms import Giver
from app.parties.models import Account, Business, ProgramAccount
from app.programs.actions import Action
from app.programs.schema.base import Text
from app.programs.schema.definition import Definition
from app.programs.schema.delegation import Delegation as Rule
from app.programs.service import definition

LONGEST_REASON = 500


def program_of(account: Account) -> Definition:
    """The definition that the account's program stands by."""
    return definition(account.program.code)


def rule_of(account: Account) -> Rule:
    """How others come to act for it. Raises NotFound in a program where nobody does."""
    rule = program_of(account).delegation
    if rule is None:
        raise NotFound(f"{account.program.code} has no delegation")
    return rule


def require_open(account: Account) -> None:
    """Refuse to bring anybody into an account that is closed: Conflict ``closed``."""
    if account.state != "authorised":
        raise Conflict("closed")


def account_of(db: Session, party_id: int, program_id: int) -> Account | None:
    """The party's account in the program."""
    wanted = select(Account).where(Account.party_id == party_id, Account.program_id == program_id)
    return db.scalars(wanted).one_or_none()


def account_of_number(db: Session, number: str, program_id: int) -> Account | None:
    """The open account of whoever has this business number."""
    wanted = (
        select(Account)
        .join(Business, Business.id == Account.party_id)
        .where(
            Business.bn == number, Account.program_id == program_id, Account.state == "authorised"
        )
    )
    return db.scalars(wanted).one_or_none()


def lock_both(db: Session, one: int, other: int) -> dict[int, Account]:
    """Lock a client's account and a provider's, the older first: no two deeds wait in a ring."""
    return {key: lock_account(db, key) for key in sorted({one, other})}


def lock_delegation(db: Session, delegation_id: int) -> tuple[Account, Account, Delegation]:
    """Lock the client's account, the provider's and the delegation, and read all fresh.

    Raises NotFound, and Conflict ``moved_on`` where the delegate has no account any more.
    """
    seen = db.get(Delegation, delegation_id)
    if seen is None:
        raise NotFound(f"Delegation {delegation_id}")
    provider = account_of(db, seen.delegate_id, seen.program_id)
    if provider is None:
        raise Conflict("moved_on")
    accounts = lock_both(db, seen.account_id, provider.id)
    wanted = select(Delegation).where(Delegation.id == delegation_id)
    row = db.execute(
        wanted.with_for_update(key_share=True), execution_options={"populate_existing": True}
    ).scalar_one()
    return accounts[seen.account_id], accounts[provider.id], row


def require_same(row: Any, version: int | None) -> None:
    """Refuse a form that was drawn before somebody else's change: Conflict ``stale``."""
    if version is not None and version != row.row_version:
        raise Conflict("stale")


def giver_in(db: Session, actor: int, account: Account) -> Giver:
    """How far the actor may let others act: for the account, or for parts of it."""
    parts = visible(actor, Action.DELEGATIONS_ANSWER, ProgramAccount).where(
        ProgramAccount.account_id == account.id
    )
    found = db.scalars(parts.with_only_columns(ProgramAccount.id))
    return Giver(may(db, actor, Action.DELEGATIONS_ANSWER, account), frozenset(found))


def require_another(db: Session, actor: int, provider: Account, target: Any) -> None:
    """Refuse whoever works for the provider.

    “no self-approval; no approving one's own company as third party” (facts B5).
    """
    if is_employed(db, actor, provider.id):
        raise Refused(
            Action.DELEGATIONS_ANSWER, "own_company", person_id=actor, target=describe(target)
        )


def cleaned_reason(reason: str) -> str:
    """What was typed as a reason. Raises Invalid ``reason`` ``empty`` or ``too_long``."""
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid({"reason": "too_long" if reason.strip() else "empty"}, most=LONGEST_REASON)
    return reason.strip()


def tell_client(
    db: Session, account: Account, parts: Collection[int | None], template: str, **facts: Any
) -> None:
    """Tell whoever may answer for these parts of the client's account."""
    path = f"/a/{account.id}/third-parties/"
    for person in managers(db, Action.DELEGATIONS_ANSWER, account, parts):
        tell(db, person.id, template, account, path=path, **facts)


def tell_provider(db: Session, account: Account, template: str, **facts: Any) -> None:
    """Tell the managers of the provider."""
    path = f"/a/{account.id}/clients/"
    for person in managers(db, Action.CLIENTS_ASK, account):
        tell(db, person.id, template, account, path=path, **facts)


def said(text: Text) -> dict[str, str]:
    """What a definition says, in both languages, as notices keep it."""
    return {"en": text.en, "fr": text.fr}


def level_facts(rule: Rule, code: str) -> dict[str, str]:
    """A level by its label; by its code where no version in force has it."""
    level = rule.levels.get(code)
    return said(level.label) if level is not None else {"en": code, "fr": code}


def sees(row: Delegation) -> list[str]:
    """Which switches are on, for the trail."""
    seen = {"own": row.sees_own, "client": row.sees_client, "others": row.sees_others}
    return [name for name, on in seen.items() if on]


def told_of(db: Session, row: Delegation) -> dict[str, Any]:
    """What the trail tells of a delegation, whole."""
    part = db.get(ProgramAccount, row.program_account_id) if row.program_account_id else None
    return {
        "party_id": row.delegate_id,
        "level": row.level,
        "program_account": part.number if part is not None else None,
        "sees": sees(row),
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
    }
