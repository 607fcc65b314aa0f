"""Off-boarding: all that an employee holds through an account ends in one deed.

The predicate asks for an effective membership already, so nothing is open to them from the first
end on; what is removed here only tidies, and tells both sides.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.audit.targets import describe
from app.authority.locks import lock_account
from app.authority.models_delegation import Assignment, ClientGroup, GroupMember
from app.authority.people import people_who
from app.authority.queries import authorise
from app.authority.telling import tell
from app.base.db import deed, now
from app.base.errors import Conflict, NotFound, Refused
from app.employees.holdings import holdings
from app.employees.service.answering import reason_given
from app.employees.service.changing import end_rows, require_others
from app.employees.service.common import require_manages
from app.employees.service.giving import tidy
from app.parties.models import Account, Person
from app.programs.actions import Action


@deed
def end_everything(
    db: Session, actor: int, account_id: int, person_id: int, reason: str, shown: str | None = None
) -> None:
    """End every access of a person, take them off every client and out of every group.

    "Off-boarding an employee ends everything they hold, with the list first" (issue 5 §4): the
    list as it was shown, else Conflict ``stale``. For who manages the whole account. Raises
    NotFound for somebody who holds nothing, Refused (always for oneself), Invalid
    ``reason``.
    """
    account = lock_account(db, account_id)
    authorise(db, actor, Action.USERS_MODIFY, account)
    if actor == person_id:
        raise Refused(Action.USERS_MODIFY, "own_person", person_id=actor, target=describe(account))
    held = holdings(db, actor, account, person_id, tidy(db, account, person_id, now(db)))
    if not (held.access or held.clients or held.groups):
        raise NotFound(f"Person {person_id}")
    if shown is not None and shown != held.shown:
        raise Conflict("stale")
    for row in held.access:
        require_manages(db, actor, account, row)
    told = reason_given(reason)
    require_others(db, actor, account, held.access)
    person = db.get_one(Person, person_id)
    end_rows(db, actor, held.access, told, off_boarded=True)
    _take_off(db, actor, account, person, held.clients)
    _take_out(db, actor, account, person, held.groups)
    tell(db, person_id, "all_ended", account, path="/businesses", reason=told)


def _take_off(
    db: Session, actor: int, account: Account, person: Person, clients: Iterable[Assignment]
) -> None:
    provider = account.party.name
    for one in clients:
        client = one.delegation.account
        record(
            db,
            Event.CLIENT_UNASSIGNED,
            actor=actor,
            target=one.delegation,
            account_id=account.id,
            changes={
                "person_id": person.id,
                "name": (client.party.name, None),
                "acting": (one.level, None),
            },
        )
        path = f"/a/{client.id}/"
        for manager in people_who(
            db, Action.DELEGATIONS_ANSWER, client, one.delegation.program_account_id
        ):
            tell(db, manager.id, "employee_gone", client, path=path,
                 person=person.full_name, provider=provider)  # fmt: skip
        db.delete(one)


def _take_out(
    db: Session, actor: int, account: Account, person: Person, groups: Iterable[ClientGroup]
) -> None:
    for group in groups:
        record(
            db,
            Event.GROUP_LEFT,
            actor=actor,
            target=group,
            account_id=account.id,
            changes={"person_id": person.id, "name": group.party.name},
        )
        db.execute(
            delete(GroupMember).where(
                GroupMember.group_id == group.id, GroupMember.person_id == person.id
            )
        )
