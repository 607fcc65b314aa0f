"""What registrations have waiting for their person, and how far the others are, in words."""

from __future__ import annotations

from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from app.authority.waiting import Db, Item, Underway, Waiting, register
from app.base.days import local_day
from app.enrolment.queries import Mine, my_registrations
from app.enrolment.rules.states import Shown
from app.parties.models import Person
from app.programs.library import portal
from app.web.formats import format_day

_MOST = 20
"""The page of registrations shows them all."""


def waiting_in_enrolment(db: Db, person: Person) -> list[Item]:
    """What the person is to do about each registration, and what the agency has of them."""
    items = (_turn(one) or _elsewhere(one) for one in my_registrations(db, person.id))
    return [item for item in items if item is not None][:_MOST]


def _elsewhere(one: Mine) -> Underway | None:
    said = {
        Shown.PREPARING: ("waiting", pgettext("registration", "Letter being prepared")),
        Shown.WITH_OFFICER: ("review", pgettext("registration", "Under review")),
    }
    if one.shown not in said:
        return None
    kind, state = said[one.shown]
    since = one.sent_at or one.begun_at
    return Underway(name=one.business, url=_page(one), kind=kind, state=state, since=since)


def _turn(one: Mine) -> Waiting | None:
    if one.shown in {Shown.POSTED, Shown.DELIVERED}:
        return Waiting(
            title=_("Activate the company account"),
            text=one.business,
            url=url_for("enrolment.numbers", registration_id=one.id),
            until=_day(one.expires_at),
        )
    if one.shown in {Shown.EXPIRED, Shown.RETURNED, Shown.LOCKED}:
        return Waiting(title=_("Request a new activation code"), text=one.business, url=_page(one))
    if one.shown == Shown.PROVED:
        return Waiting(title=_("Accept the terms of use"), text=one.business, url=_page(one))
    if one.shown == Shown.ANSWERING:
        begun = _("Registration begun on %(date)s", date=format_day(one.begun_at))
        return Waiting(
            title=_("Continue the registration"), text=one.business or begun, url=_page(one)
        )
    return None


def _page(one: Mine) -> str:
    return url_for("enrolment.registration", registration_id=one.id)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else local_day(moment, portal().zone)


register(waiting_in_enrolment)
