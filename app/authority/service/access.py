"""What becomes of a user: contact and role changed, suspended, restored, removed, or leaving."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.audit.targets import describe
from app.authority import rules
from app.authority.contacts import Contact
from app.authority.models import Membership
from app.authority.people import actor_in, as_member, in_hands, people_who, role_book
from app.authority.queries import authorise
from app.authority.rules import Move
from app.authority.service.common import (
    begin,
    end,
    lock_membership,
    refusal,
    require_another,
    require_move,
    require_vacant,
    require_version,
    role_row,
)
from app.authority.step_up import require_step_up
from app.authority.telling import tell
from app.base.db import deed, now
from app.base.errors import Invalid, Refused
from app.parties.models import Account, Person
from app.programs.actions import Action

Question = Callable[[rules.RoleBook, rules.Actor, rules.Member], bool]


def _open_for(
    db: Session, actor: int, membership_id: int, version: int | None, asked: Question
) -> tuple[Account, Membership]:
    """Lock, authorise ``users.modify``, ask the rule, compare the version: in this order."""
    account, row = lock_membership(db, membership_id)
    authorise(db, actor, Action.USERS_MODIFY, row)
    book = role_book(db, account.program_id)
    if not asked(book, actor_in(db, actor, account.id), as_member(row)):
        raise refusal(Action.USERS_MODIFY, actor, row)
    require_version(row, version)
    return account, row


@deed
def change_contact(
    db: Session, actor: int, membership_id: int, contact: Contact, version: int | None = None
) -> None:
    """Change the business contact of a user: one's own, or that of a user one manages.

    "Modifier les utilisateurs dans le portail (par exemple, modifier les coordonnées …)"
    (account page); nobody "touches another's sign-in e-mail" (issue 2 §4).
    Raises Refused, Invalid ``long``, ``phone`` or ``email``, Conflict ``stale`` or ``moved_on``.
    """
    contact = contact.cleaned()
    _account, row = lock_membership(db, membership_id)
    if row.person_id == actor:
        authorise(db, actor, "membership.contact", row)
        require_version(row, version)
    else:
        _open_for(db, actor, membership_id, version, rules.may_edit_contact)
    require_move(Move.END, row)  # whatever has not ended
    changed = {}
    for name in ("title", "phone", "email"):
        column, after = f"contact_{name}", getattr(contact, name)
        before = getattr(row, column)
        if before != after:
            setattr(row, column, after)
            changed[column] = (before, after)
    if not changed:
        return
    record(
        db,
        Event.MEMBERSHIP_CHANGED,
        actor=actor,
        target=row,
        changes={"person_id": row.person_id},
        personal=changed,
    )


@deed
def change_role(
    db: Session, actor: int, membership_id: int, role_code: str, version: int | None = None
) -> int:
    """Give a user another role; return the number of the membership that carries it.

    By those who may give both the old role and the new one, never to oneself. The highest role
    that can be given asks for a fresh code. The old membership ends and a new one begins, so
    that the table tells who held what when. Raises Refused, StepUpNeeded, Invalid, Conflict.
    """
    account, row = _open_for(db, actor, membership_id, version, rules.may_manage)
    book = role_book(db, account.program_id)
    role = role_row(db, account, role_code)
    if not rules.may_change_role(book, actor_in(db, actor, account.id), as_member(row), role_code):
        raise refusal(Action.USERS_MODIFY, actor, row)
    require_move(Move.CHANGE_ROLE, row)
    if role.code == row.role_code:
        raise Invalid({"role": "same"})
    require_another(db, actor, Action.USERS_MODIFY, account, row)
    if (role.reach == "account") != (row.program_account_id is None):
        raise Invalid({"role": "unknown"})  # what it reaches is chosen where it is given
    require_vacant(db, account, role)
    if rules.needs_fresh_code(book, role_code):
        require_step_up(db)
    moment, status = now(db), row.status
    end(row, "role_changed", moment)
    db.flush()  # frees the one live place before the new row takes it
    new = begin(
        db,
        account,
        row.person_id,
        role,
        moment,
        by=actor,
        status=status,
        contact_of=row,
        place_of=row,
    )
    record(
        db,
        Event.MEMBERSHIP_CHANGED,
        actor=actor,
        target=new,
        changes={
            "person_id": row.person_id,
            "role": (row.role_code, role.code),
            "status": (status, new.status),
        },
    )
    home = f"/a/{account.id}/"
    tell(
        db,
        row.person_id,
        "role_changed",
        account,
        path=home,
        old_role=row.role_code,
        role=role.code,
    )
    return new.id


@deed
def suspend(db: Session, actor: int, membership_id: int, version: int | None = None) -> None:
    """Close a user's access for now; the role stays theirs. Raises Refused, Conflict."""
    account, row = _open_for(db, actor, membership_id, version, rules.may_manage)
    require_move(Move.SUSPEND, row)
    require_another(db, actor, Action.USERS_MODIFY, account, row)
    row.status = "suspended"
    _record(db, Event.MEMBERSHIP_SUSPENDED, actor, row, "active")
    tell(db, row.person_id, "role_suspended", account, path="/businesses", role=row.role_code)


@deed
def reactivate(db: Session, actor: int, membership_id: int, version: int | None = None) -> None:
    """Open a suspended access again, by those who may give that role. Raises Refused, Conflict."""
    account, row = _open_for(db, actor, membership_id, version, rules.may_manage)
    require_move(Move.REACTIVATE, row)
    require_vacant(db, account, role_row(db, account, row.role_code))
    if rules.needs_fresh_code(role_book(db, account.program_id), row.role_code):
        require_step_up(db)
    row.status = "active"
    _record(db, Event.MEMBERSHIP_REACTIVATED, actor, row, "suspended")
    home = f"/a/{account.id}/"
    tell(db, row.person_id, "role_reactivated", account, path=home, role=row.role_code)


@deed
def remove(db: Session, actor: int, membership_id: int, version: int | None = None) -> None:
    """End a user's access, withdraw an offer, or refuse who waits.

    By those who may give that role; what is not effective yet also by who proposed it.
    Raises Refused (always for the owner), Conflict ``stale`` or ``moved_on``.
    """

    def asked(book: rules.RoleBook, who: rules.Actor, member: rules.Member) -> bool:
        return rules.may_manage(book, who, member) or rules.may_take_back(book, who, member)

    account, row = _open_for(db, actor, membership_id, version, asked)
    require_move(Move.END, row)
    require_another(db, actor, Action.USERS_MODIFY, account, row)
    before = row.status
    end(row, rules.end_reason(before), now(db))
    _record(db, Event.MEMBERSHIP_ENDED, actor, row, before)
    template = {"withdrawn": "role_withdrawn", "refused": "role_refused"}
    name = template.get(row.end_reason or "", "role_removed")
    tell(db, row.person_id, name, account, path="/businesses", role=row.role_code)


@deed
def leave(db: Session, actor: int, membership_id: int, version: int | None = None) -> None:
    """Give up one's own access. The owner cannot: they transfer the ownership first.

    Nor can the last who holds a required role. Raises Refused for them and for anybody else's
    membership, Conflict.
    """
    account, row = lock_membership(db, membership_id)
    authorise(db, actor, "membership.leave", row)
    require_version(row, version)
    require_move(Move.END, row)
    _require_leaving(db, actor, account, row)
    before = row.status
    end(row, "left", now(db))
    _record(db, Event.MEMBERSHIP_ENDED, actor, row, before)
    person = db.get_one(Person, actor).full_name
    users = f"/a/{account.id}/users"
    told = people_who(db, Action.USERS_ACTIVATE, account)
    for owner in told or people_who(db, Action.USERS_MODIFY, account):
        tell(db, owner.id, "member_left", account, path=users, role=row.role_code, person=person)


def _require_leaving(db: Session, actor: int, account: Account, row: Membership) -> None:
    """Refuse who must stay: Refused ``required_role`` for the owner, ``last_holder``."""
    book, holders = role_book(db, account.program_id), in_hands(db, account.id, row.role_code)
    if not rules.may_leave(book, as_member(row), holders):
        reason = "required_role" if book.roles[row.role_code].only_moves else "last_holder"
        raise Refused("membership.leave", reason, person_id=actor, target=describe(row))


def _record(db: Session, event: Event, actor: int, row: Membership, before: str) -> None:
    changes = {
        "person_id": row.person_id,
        "role": row.role_code,
        "status": (before, row.status),
    }
    if row.end_reason:
        changes["reason"] = row.end_reason
    record(db, event, actor=actor, target=row, changes=changes)
