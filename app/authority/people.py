"""Reads that the deeds and pages of users share: roles of a program, holders, who may what."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, scoped_session

from app.authority import predicate
from app.authority.models import Membership, StaffAssignment
from app.authority.rules import Actor, Grant, Member, Role, RoleBook
from app.parties.models import Account, Person
from app.programs.models import ProgramRole, RoleAction, RoleGrant, StaffRoleAction

Db = Session | scoped_session[Session]


def role_book(db: Db, program_id: int) -> RoleBook:
    """The roles of a program that can be held today, and who hands them on."""
    roles = db.scalars(
        select(ProgramRole).where(ProgramRole.program_id == program_id, ~ProgramRole.retired)
    )
    grants = db.scalars(select(RoleGrant).where(RoleGrant.program_id == program_id))
    return RoleBook(
        {role.code: Role(role.code, role.rank, role.exclusive, role.required) for role in roles},
        frozenset(
            Grant(grant.giver_code, grant.role_code, "give" if grant.kind == "give" else "propose")
            for grant in grants
        ),
    )


def actor_in(db: Db, person_id: int, account_id: int) -> Actor:
    """The person with the roles that are effective for them in the account now."""
    found = db.scalars(predicate.roles(person_id, account_id))
    return Actor(person_id, frozenset(found))


def as_member(row: Membership) -> Member:
    """The facts of a membership that the rules look at."""
    return Member(row.person_id, row.role_code, row.status, row.added_by)


def people_who(db: Db, action: str, account: Account, part_id: int | None = None) -> list[Person]:
    """The live people whose effective membership of the account is granted the action.

    Of the whole account; with ``part_id``, of that program account too.
    """
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
        .join(Account, Account.id == Membership.account_id)
        .where(
            Membership.account_id == account.id,
            Membership.status == "active",
            or_(
                Membership.program_account_id.is_(None),
                Membership.program_account_id == part_id,
            ),
            Account.state == "authorised",
            predicate.within(Membership.starts_at, Membership.ends_at),
            Person.state == "active",
        )
        .order_by(Person.id)
    )
    return list(db.scalars(wanted).unique())


def staff_who(db: Db, action: str, program_id: int) -> list[Person]:
    """The live people who work for the program in a post that is granted the action."""
    wanted = (
        select(Person)
        .join(StaffAssignment, StaffAssignment.person_id == Person.id)
        .join(StaffRoleAction, StaffRoleAction.staff_role == StaffAssignment.staff_role)
        .where(
            StaffAssignment.program_id == program_id,
            StaffRoleAction.action_code == action,
            predicate.within(StaffAssignment.starts_at, StaffAssignment.ends_at),
            Person.state == "active",
        )
        .order_by(Person.id)
    )
    return list(db.scalars(wanted).unique())


def holders(db: Db, account_id: int, role_code: str) -> list[Membership]:
    """The active memberships of the whole account with this role."""
    wanted = select(Membership).where(
        Membership.account_id == account_id,
        Membership.role_code == role_code,
        Membership.status == "active",
        Membership.program_account_id.is_(None),
    )
    return list(db.scalars(wanted.order_by(Membership.id)))


def in_hands(db: Db, account_id: int, role_code: str) -> frozenset[int]:
    """The live people who hold a role of the whole account now.

    Whoever is disabled cannot be whom the account is left to.
    """
    wanted = (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.account_id == account_id,
            Membership.role_code == role_code,
            Membership.status == "active",
            Membership.program_account_id.is_(None),
            Person.state == "active",
        )
    )
    return frozenset(db.scalars(wanted))


def live_membership(db: Db, person_id: int, account_id: int) -> Membership | None:
    """The person's membership of the whole account that has not ended: there is one at most."""
    return db.scalars(
        select(Membership).where(
            Membership.person_id == person_id,
            Membership.account_id == account_id,
            Membership.program_account_id.is_(None),
            Membership.status != "ended",
        )
    ).one_or_none()


def names_of(people: Iterable[Person]) -> list[str]:
    """Full names, in order."""
    return [person.full_name for person in people]
