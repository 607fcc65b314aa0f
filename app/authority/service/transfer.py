"""Transfer of ownership: offered by the owner, accepted by the named person, swapped at once.

"Seul le propriétaire du compte actuel peut transférer la propriété du compte à un autre
utilisateur" (account page, step 6).
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.audit.events import Event, Outcome
from app.audit.service import record
from app.audit.targets import Target, describe
from app.authority import rules
from app.authority.acting import held_role
from app.authority.locks import lock_account
from app.authority.models import OwnershipTransfer
from app.authority.queries import authorise
from app.authority.service.common import require_open_account, transfer_rule, zone_of
from app.authority.service.handover import (
    close,
    held_by,
    lapse_transfer,
    lock_transfer,
    open_transfer,
    record_transfer,
    swap,
)
from app.authority.service.naming import ThreeData, counted, find_person
from app.authority.step_up import require_step_up
from app.authority.telling import tell
from app.base.days import last_moment, local_day
from app.base.db import apart, deed, now
from app.base.errors import Conflict, Invalid
from app.parties.models import Account, Person
from app.programs.actions import Action


def offer_transfer(
    actor: int, account_id: int, given: ThreeData, old_owner_role: str | None
) -> int:
    """Offer the ownership to the portal user whom the three data name; the transfer's number.

    ``old_owner_role`` is what the owner becomes at the acceptance, None for leaving. Where the
    definition says ``immediate``, the swap happens now: "attribuez lui le rôle de propriétaire
    du compte". Raises Refused, StepUpNeeded, TooMany, Conflict ``transfer_open``, Invalid
    ``no_match``, ``yourself`` or ``unknown``.
    """
    about = _may_offer(actor, account_id, old_owner_role)
    with counted(actor, about, given):
        try:
            return _offer(actor, account_id, given, old_owner_role)
        except Invalid as problem:
            _record_failure(actor, about, problem)
            raise


@deed
def _may_offer(db: Session, actor: int, account_id: int, old_owner_role: str | None) -> Target:
    account = lock_account(db, account_id)
    _authorise_offer(db, actor, account, old_owner_role)
    return describe(account)


def _authorise_offer(db: Session, actor: int, account: Account, old_owner_role: str | None) -> None:
    rule = transfer_rule(account)
    authorise(db, actor, Action.OWNERSHIP_TRANSFER, account)
    require_open_account(account)
    held_by(db, account, rule.role, actor)
    choices = rules.old_holder_choices(rule.old_holder_becomes, may_leave=rule.old_holder_may_leave)
    if old_owner_role not in choices:
        raise Invalid({"old_owner_role": "unknown"})
    open_one = open_transfer(db, account.id)
    if open_one is not None and rules.is_open(open_one.expires_at, now(db)):
        raise Conflict("transfer_open")
    require_step_up(db)


@deed
def _offer(
    db: Session, actor: int, account_id: int, given: ThreeData, old_owner_role: str | None
) -> int:
    account = lock_account(db, account_id)
    moment = now(db)
    _authorise_offer(db, actor, account, old_owner_role)
    person = find_person(db, given)
    if person.id == actor:
        raise Invalid({"": "yourself"})
    late = open_transfer(db, account_id)
    if late is not None:
        lapse_transfer(db, account, late, moment)
    rule = transfer_rule(account)
    zone = zone_of(account)
    transfer = OwnershipTransfer(
        account_id=account.id,
        role_code=rule.role,
        from_person_id=actor,
        to_person_id=person.id,
        old_owner_role=old_owner_role,
        offered_at=moment,
        expires_at=last_moment(moment, rule.accept_within, zone),
    )
    db.add(transfer)
    db.flush()  # its address goes into the notice
    record_transfer(db, Event.TRANSFER_OFFERED, transfer, actor, (None, "offered"))
    if rule.immediate:
        swap(db, account, transfer, actor, attested=False)
        return transfer.id
    until = local_day(transfer.expires_at, zone)
    owner = db.get_one(Person, actor).full_name
    path = f"/transfers/{transfer.id}"
    tell(db, person.id, "transfer_offered", account, path=path, by=owner, until=until)
    # Told as well: an owner whose session somebody else uses learns of it in time to withdraw.
    mine = f"/a/{account.id}/transfer"
    tell(db, actor, "transfer_begun", account, path=mine, person=person.full_name, until=until)
    return transfer.id


def _record_failure(actor: int, account: Target, problem: Invalid) -> None:
    with apart() as db:
        record(
            db,
            Event.TRANSFER_OFFER_FAILED,
            actor=actor,
            target=account,
            role=held_role(db, actor, Action.OWNERSHIP_TRANSFER, account),
            changes={"reason": "; ".join(problem.errors.values())},
            outcome=Outcome.FAILED,
        )


@deed
def withdraw_transfer(db: Session, actor: int, transfer_id: int) -> None:
    """Take the offer back: "withdrawn any time before". Raises Refused, Conflict ``moved_on``."""
    account, transfer = lock_transfer(db, transfer_id)
    authorise(db, actor, Action.OWNERSHIP_TRANSFER, transfer)
    if not rules.can_withdraw_transfer(transfer.state):
        raise Conflict("moved_on")
    close(db, transfer, "withdrawn", now(db))
    record_transfer(db, Event.TRANSFER_WITHDRAWN, transfer, actor, ("offered", "withdrawn"))
    by = db.get_one(Person, actor).full_name
    tell(db, transfer.to_person_id, "transfer_withdrawn", account, path="/businesses", by=by)


@deed
def decline_transfer(db: Session, actor: int, transfer_id: int) -> None:
    """Decline the ownership one was offered. Raises Refused, Conflict ``moved_on``."""
    account, transfer = lock_transfer(db, transfer_id)
    authorise(db, actor, "transfer.answer", transfer)
    if transfer.state != "offered":
        raise Conflict("moved_on")
    close(db, transfer, "declined", now(db))
    record_transfer(db, Event.TRANSFER_DECLINED, transfer, actor, ("offered", "declined"))
    person = db.get_one(Person, actor).full_name
    users = f"/a/{account.id}/users"
    tell(db, transfer.from_person_id, "transfer_declined", account, path=users, person=person)


@deed
def accept_transfer(
    db: Session, actor: int, transfer_id: int, *, attested: bool, language: str = "en"
) -> int:
    """Become the owner: the swap is this very transaction; return the account's number.

    The receiver attests that they are "un employé ayant un pouvoir de signature et qui est
    autorisé à représenter officiellement l'entreprise" (account page, step 2), within the days
    that the definition gives. Raises Refused, StepUpNeeded, Invalid ``attested``, Conflict
    ``moved_on``, ``lapsed`` or ``not_the_holder``.
    """
    account, transfer = lock_transfer(db, transfer_id)
    authorise(db, actor, "transfer.answer", transfer)
    require_open_account(account)
    if transfer.state != "offered":
        raise Conflict("moved_on")
    if not rules.can_answer_transfer(transfer.state, transfer.expires_at, now(db)):
        raise Conflict("lapsed")
    if not attested:
        raise Invalid({"attested": "required"})
    require_step_up(db)
    swap(db, account, transfer, actor, attested=True, language=language)
    return account.id
