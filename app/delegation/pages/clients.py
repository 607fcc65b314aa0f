"""The provider's side: for whom the business acts, and who of it does."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.authority.models_delegation import Assignment, Delegation
from app.authority.pages.opening import account_here, front_crumb, may_here, require
from app.base.db import session
from app.delegation.pages import pages
from app.delegation.pages.assigning import name_of
from app.delegation.pages.common import (
    acting_name,
    day_in,
    facts_of,
    level_name,
    number_in,
    reach_of,
    rule_here,
    tag_of,
)
from app.delegation.queries import assigned, clients
from app.delegation.queries import client as find_client
from app.programs.actions import Action
from app.web.access import current_person

_LONGEST_SEARCH = 100


@pages.get("/a/<int:account_id>/clients/")
def clients_page(account_id: int) -> str | Response:
    """The clients by name, a page at a time, found by name or number."""
    rule_here()
    require(Action.CLIENTS_VIEW)
    words = request.args.get("q", "").strip()[:_LONGEST_SEARCH]
    if "find" in request.args:  # a new search begins at its first page
        return redirect(url_for("delegation.clients_page", account_id=account_id, q=words or None))
    after, before = number_in("after"), number_in("before")
    found = clients(
        session, current_person().id, account_here(), words=words, after=after, before=before
    )
    people = assigned(session, [row.id for row in found.rows])
    return render_template(
        "delegation/clients.html",
        home=front_crumb(),
        rows=[_line(row, people[row.id]) for row in found.rows],
        words=words,
        before=found.before,
        after=found.after,
        place={"after": after, "before": before},
        may_ask=may_here(Action.CLIENTS_ASK),
        may_group=rule_here().groups and may_here(Action.CLIENTS_ASSIGN),
        account_id=account_id,
    )


def _line(row: Delegation, people: list[Assignment]) -> dict[str, Any]:
    business = row.account.business
    return {
        "url": url_for(
            "delegation.client_page", account_id=account_here().id, delegation_id=row.id
        ),
        "name": row.account.party.name,
        "number": business.number if business else None,
        "level": level_name(row.level),
        "reach": reach_of(row),
        "tag": tag_of(row),
        "ends": day_in(row.account, row.ends_at),
        "people": len(people),
    }


@pages.get("/a/<int:account_id>/clients/<int:delegation_id>")
def client_page(account_id: int, delegation_id: int) -> str:
    """One client: what it lets the business do and see, and who is put on it."""
    rule_here()
    require(Action.CLIENTS_VIEW)
    row = find_client(session, current_person().id, account_here(), delegation_id)
    people = assigned(session, [row.id])[row.id]
    business = row.account.business
    number = [(_("Business number (BN)"), business.number)] if business else []
    return render_template(
        "delegation/client.html",
        home=front_crumb(),
        row=row,
        tag=tag_of(row),
        facts=[*number, *facts_of(row)],
        people=[
            (
                name_of(one),
                acting_name(one.level),
                url_for(
                    "delegation.unassign",
                    account_id=account_id,
                    delegation_id=row.id,
                    assignment_id=one.id,
                ),
            )
            for one in people
        ],
        may_assign=may_here(Action.CLIENTS_ASSIGN),
        may_give_up=may_here(Action.CLIENTS_ASK),
        account_id=account_id,
    )
