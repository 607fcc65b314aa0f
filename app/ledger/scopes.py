"""Whom the ledger is visible to. Imported once, at start.

A line is of a business in the registry; its account is found, and not stored: an entry that is
imported after the account was opened counts at once.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from app.authority.predicate import Clause, Expression, Seen
from app.authority.scopes import Place, Rows, Scope, register
from app.ledger.models import LedgerImport, LedgerLine, LedgerUpload
from app.parties.models import Account, Business, ProgramAccount, RegistryEntry

_account = aliased(Account, name="line_account")
_business = aliased(Business, name="line_business")
_entry = aliased(RegistryEntry, name="line_entry")
_part = aliased(ProgramAccount, name="line_part")
_delegate = aliased(Business, name="line_delegate")

# Registry entry → business number → party → account of the same program.
_accounts = (
    select(_account.id)
    .join(_business, _business.id == _account.party_id)
    .join(
        _entry,
        and_(_entry.bn == _business.bn, _entry.program_id == _account.program_id),
    )
    .correlate_except(_account, _business, _entry)
)
_account_of = _accounts.where(_entry.id == LedgerLine.registry_entry_id).scalar_subquery()
_number_of = (
    select(_entry.bn)
    .where(_entry.id == LedgerLine.registry_entry_id)
    .correlate_except(_entry)
    .scalar_subquery()
)


def _part_of(account_id: Expression | int) -> Expression:
    """The program account that a line names; none where the account has no such one (yet)."""
    return (
        select(_part.id)
        .where(_part.account_id == account_id, _part.number == LedgerLine.program_account)
        .correlate_except(_part)
        .scalar_subquery()
    )


def _seen(number: Expression) -> Seen:
    """Who submitted what a delegation lets through; ``number`` is the client's business number.

    > "transactions submitted by the third party's own company", "by the client", "by another
    > third-party provider" (facts B6)

    What the agency booked itself is the client's.
    """
    by = LedgerLine.submitted_by

    def seen(grant: Any) -> Clause:
        delegate = (
            select(_delegate.bn)
            .where(_delegate.id == grant.delegate_id)
            .correlate_except(_delegate)
            .scalar_subquery()
        )
        return or_(
            and_(grant.sees_own, by == delegate),
            and_(grant.sees_client, or_(by.is_(None), by == number)),
            and_(grant.sees_others, by != number, by.is_distinct_from(delegate)),
        )

    return seen


def _at(place: Place) -> Rows:
    """The lines of an account, or of one program account, by the index of a business's lines."""
    here = _accounts.where(_account.id == place.account_id)
    entry = here.with_only_columns(_entry.id).scalar_subquery()
    number = here.with_only_columns(_business.bn).scalar_subquery()
    these: Clause = LedgerLine.registry_entry_id == entry
    if place.part_id is not None:
        named = select(_part.number).where(
            _part.id == place.part_id, _part.account_id == place.account_id
        )
        these = and_(these, LedgerLine.program_account == named.scalar_subquery())
    return Rows(these, _part_of(place.account_id), _seen(number))


register(
    LedgerLine,
    Scope(
        account=_account_of,
        part=_part_of(_account_of),
        program=LedgerLine.program_id,
        seen=_seen(_number_of),
        at=_at,
    ),
)
register(LedgerImport, Scope(program=LedgerImport.program_id))
register(LedgerUpload, Scope(program=LedgerUpload.program_id))
