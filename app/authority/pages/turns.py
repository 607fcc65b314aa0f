"""What authority itself has waiting for a person, in words."""

from __future__ import annotations

from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _

from app.authority.queries_turns import offers_to, to_activate, transfers_to
from app.authority.waiting import Db, Waiting, register
from app.base.days import local_day
from app.parties.models import Account, Person
from app.programs.service import definition
from app.web.locale import language


def waiting_in_authority(db: Db, person: Person) -> list[Waiting]:
    """Ownerships and roles to answer, then people to activate."""
    return [*_transfers(db, person), *_offers(db, person), *_people(db, person)]


def last_day(account: Account, expires: datetime) -> date:
    """The day in the program's zone with which an offer ends."""
    return local_day(expires, definition(account.program.code).zone)


def _transfers(db: Db, person: Person) -> list[Waiting]:
    return [
        Waiting(
            title=_("Answer the offer of ownership"),
            text=_(
                "%(business)s, from %(name)s",
                business=transfer.account.party.name,
                name=transfer.from_person.full_name,
            ),
            url=url_for("authority.transfer_offer", transfer_id=transfer.id),
            until=last_day(transfer.account, transfer.expires_at),
            account_id=transfer.account_id,
        )
        for transfer in transfers_to(db, person.id)
    ]


def _offers(db: Db, person: Person) -> list[Waiting]:
    return [
        Waiting(
            title=_("Answer the offer of a role"),
            text=f"{row.account.party.name} · {row.role.label(language())}",
            url=url_for("authority.offer", membership_id=row.id),
            until=last_day(row.account, row.offer_expires_at) if row.offer_expires_at else None,
            account_id=row.account_id,
        )
        for row in offers_to(db, person.id)
    ]


def _people(db: Db, person: Person) -> list[Waiting]:
    return [
        Waiting(
            title=_("Activate the access of %(name)s", name=row.person.full_name),
            text=f"{row.account.party.name} · {row.role.label(language())}",
            url=url_for(
                "authority.confirm",
                account_id=row.account_id,
                membership_id=row.id,
                deed="activate",
            ),
            account_id=row.account_id,
        )
        for row in to_activate(db, person.id)
    ]


register(waiting_in_authority)
