"""Who works here: a list by person, and what one person holds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from flask import render_template, url_for

from app.authority.models import Membership
from app.authority.pages.opening import account_here, may_here
from app.base.db import session
from app.employees import queries
from app.employees.pages import pages
from app.employees.pages.opening import crumbs, lines_of, manages, people_crumb, url_to
from app.employees.people import managed
from app.programs.actions import Action
from app.web.access import current_person


@pages.get("/a/<int:account_id>/employees/")
def people(account_id: int) -> str:
    """Everybody with access that the reader may see, with program accounts and dates."""
    manages(Action.USERS_VIEW)
    reader = current_person()
    rows = queries.employees(session, reader.id, account_id)
    return render_template(
        "employees/people.html",
        account=account_here(),
        crumbs=crumbs(),
        people=[
            {
                "name": found[0].person.full_name,
                "mine": key == reader.id,
                "email": next((row.contact_email for row in found if row.contact_email), None),
                "lines": lines_of(found),
                "url": url_to("person", person_id=key),
            }
            for key, found in _by_person(rows)
        ],
        pending=queries.count_pending(session, reader.id, account_id),
        requests=url_to("pending"),
        matrix=url_for("programs.roles", code=account_here().program.code),
    )


def _by_person(rows: Sequence[Membership]) -> list[tuple[int, list[Membership]]]:
    found = groupby(rows, key=lambda row: row.person_id)
    return [(key, list(group)) for key, group in found]


@pages.get("/a/<int:account_id>/employees/<int:person_id>")
def person(account_id: int, person_id: int) -> str:
    """What one person holds here, and what the reader may do with it."""
    manages(Action.USERS_VIEW)
    reader = current_person()
    rows = queries.employee(session, reader.id, account_id, person_id)
    mine = managed(session, reader.id, account_here(), rows)
    return render_template(
        "employees/person.html",
        account=account_here(),
        crumbs=crumbs(people_crumb()),
        one=rows[0].person,
        mine=person_id == reader.id,
        lines=lines_of(rows),
        contact=rows[0],
        change=url_to("change", person_id=person_id) if mine else None,
        end=url_to("end", person_id=person_id) if mine else None,
        everything=url_to("everything", person_id=person_id)
        if len(mine) == len(rows) and may_here(Action.USERS_MODIFY)
        else None,
    )
