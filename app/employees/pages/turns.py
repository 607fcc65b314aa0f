"""What “my businesses” shows of requests: those one made, and those one is to answer."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _
from flask_babel import pgettext
from sqlalchemy import select

from app.authority.waiting import Db, Item, Underway, Waiting, register
from app.employees import queries
from app.employees.pages.asking import asking_programs
from app.parties.models import Person
from app.programs.models import Program


def waiting_in_employees(db: Db, person: Person) -> list[Item]:
    """What the person asked for, whoever there is to answer; and the requests to answer."""
    codes = [one.code for one in asking_programs()]
    programs = db.scalars(select(Program).where(Program.code.in_(codes))).all() if codes else ()
    mine: list[Item] = [one for program in programs for one in _asked(db, person, program)]
    return [*mine, *_to_answer(db, person)] if codes else mine


def _asked(db: Db, person: Person, program: Program) -> Iterator[Underway]:
    for one in queries.asked_by(db, person.id, program):
        yield Underway(
            name=_("Request for access: %(number)s", number=one.number),
            url=url_for("employees.withdrawing", program=program.code, number=one.number),
            kind="waiting",
            state=pgettext("request for access", "With the business"),
            since=one.at,
        )


def _to_answer(db: Db, person: Person) -> Iterator[Waiting]:
    for row in queries.to_answer(db, person.id):
        yield Waiting(
            title=_("Answer the request of %(name)s", name=row.person.full_name),
            text=row.account.party.name,
            url=url_for("employees.request_of", account_id=row.account_id, request_id=row.id),
            account_id=row.account_id,
        )


register(waiting_in_employees)
