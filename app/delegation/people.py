"""Who of a business is told, and may be asked: its managers, of the whole account or of a part."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, scoped_session

from app.authority import predicate
from app.authority.models import Membership
from app.parties.models import Account, Person
from app.programs.models import RoleAction

Db = Session | scoped_session[Session]


def managers(
    db: Db, action: str, account: Account, parts: Collection[int | None] = ()
) -> list[Person]:
    """The live people with an effective membership that is granted the action.

    Of the whole account, and of each of these program accounts.
    """
    of_parts = [part for part in parts if part is not None]
    wanted = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .join(
            RoleAction,
            and_(
                RoleAction.program_id == Membership.program_id,
                RoleAction.role_code == Membership.role_code,
                RoleAction.action_code == action,
            ),
        )
        .where(
            Membership.account_id == account.id,
            Membership.status == "active",
            or_(
                Membership.program_account_id.is_(None),
                Membership.program_account_id.in_(of_parts),
            ),
            predicate.within(Membership.starts_at, Membership.ends_at),
            Person.state == "active",
        )
        .order_by(Person.id)
    )
    return list(db.scalars(wanted).unique())


def is_employed(db: Db, person_id: int, account_id: int) -> bool:
    """Whether the person works for the business: an effective membership, of any part."""
    wanted = (
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.person_id == person_id,
            Membership.account_id == account_id,
            Membership.status == "active",
            predicate.within(Membership.starts_at, Membership.ends_at),
            Person.state == "active",
        )
    )
    return db.scalars(wanted.limit(1)).first() is not None


def employees(db: Db, account_id: int) -> list[Person]:
    """Who works for the business, of whatever part, by family name."""
    wanted = (
        select(Person)
        .where(
            Person.state == "active",
            Person.id.in_(
                select(Membership.person_id).where(
                    Membership.account_id == account_id,
                    Membership.status == "active",
                    predicate.within(Membership.starts_at, Membership.ends_at),
                )
            ),
        )
        .order_by(Person.family_name, Person.given_name, Person.id)
    )
    return list(db.scalars(wanted).unique())
