"""The client's side: who acts for the account, who asks to, and one of them."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from app.authority.models_delegation import Delegation
from app.authority.pages.opening import account_here, front_crumb, refusal
from app.authority.queries import visible
from app.base.db import session
from app.delegation.pages import pages
from app.delegation.pages.common import (
    acting_name,
    day_in,
    facts_of,
    giver_here,
    level_name,
    reach_of,
    refused,
    rule_here,
    seen_of,
    tag_of,
)
from app.delegation.queries import assigned, requests_of, third_parties, third_party
from app.delegation.sentences import ended_words
from app.parties.models import Account, ProgramAccount
from app.programs.actions import Action
from app.web.access import current_person


def require_viewer() -> None:
    """Refuse who sees the third parties of no part of the open account."""
    account, person = account_here(), current_person()
    whole = visible(person.id, Action.DELEGATIONS_VIEW, Account).where(Account.id == account.id)
    part = visible(person.id, Action.DELEGATIONS_VIEW, ProgramAccount).where(
        ProgramAccount.account_id == account.id
    )
    for wanted in (whole, part):
        if session.scalars(wanted.limit(1)).first() is not None:
            return
    raise refusal(Action.DELEGATIONS_VIEW, account)


@pages.get("/a/<int:account_id>/third-parties/")
def third_parties_page(account_id: int) -> str:
    """Requests to answer first, then who acts, then who did."""
    rule_here()
    require_viewer()
    person, giver = current_person(), giver_here()
    answers = giver.whole or bool(giver.parts)
    return render_template(
        "delegation/third_parties.html",
        home=front_crumb(),
        requests=requests_of(session, person.id, account_id),
        answers=answers,
        rows=[_line(row) for row in third_parties(session, person.id, account_id)],
        former=[_line(row) for row in third_parties(session, person.id, account_id, state="ended")],
        refusal=None
        if answers
        else refused(_("Answer the requests of third parties"), Action.DELEGATIONS_ANSWER),
        account_id=account_id,
    )


def _line(row: Delegation) -> dict[str, Any]:
    account = account_here()
    return {
        "url": url_for("delegation.third_party_page", account_id=account.id, delegation_id=row.id),
        "name": row.delegate.name,
        "level": level_name(row.level),
        "reach": reach_of(row),
        "seen": seen_of(row),
        "tag": tag_of(row),
        "ends": day_in(account, row.ended_at if row.state == "ended" else row.ends_at),
    }


@pages.get("/a/<int:account_id>/third-parties/<int:delegation_id>")
def third_party_page(account_id: int, delegation_id: int) -> str:
    """One third party: what it may do and see, who of it is put on the client, since when."""
    rule_here()
    row = third_party(session, current_person().id, account_id, delegation_id)
    giver = giver_here()
    mine = giver.whole or row.program_account_id in giver.parts
    people = assigned(session, [row.id])[row.id] if row.state == "active" else []
    return render_template(
        "delegation/third_party.html",
        home=front_crumb(),
        row=row,
        tag=tag_of(row),
        facts=facts_of(row),
        people=[(one.person, acting_name(one.level)) for one in people if one.person is not None],
        groups=sum(one.group_id is not None for one in people),
        ended=day_in(account_here(), row.ended_at),
        why=ended_words(row.end_reason),
        may_change=mine and row.state == "active",
        refusal=None
        if mine or row.state != "active"
        else refused(_("Change or end what a third party may do"), Action.DELEGATIONS_ANSWER),
        account_id=account_id,
    )
