"""The account's dashboard: whose turn it is, what stands where, who may do what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.authority.cards import Board, boards
from app.authority.models import OwnershipTransfer
from app.authority.pages import pages
from app.authority.pages.opening import (
    account_here,
    actor_here,
    business_number,
    label_of,
    may_here,
    my_role,
)
from app.authority.pages.parts import front
from app.authority.pages.told import notices_of
from app.authority.pages.turns import last_day
from app.authority.pages.users import whom_to_ask, why_not
from app.authority.queries_turns import open_transfer_of, to_activate
from app.authority.queries_users import (
    Summary,
    my_membership,
    owners,
    standing_labels,
    summary,
)
from app.base.db import session
from app.correspondence.queries import announcements
from app.parties.models import Account, ClientNumber
from app.programs.actions import Action
from app.programs.service import definition
from app.web.access import current_person
from app.web.formats import format_day
from app.web.locale import language


@pages.get("/a/<int:account_id>/")
def dashboard(account_id: int) -> str | Response:
    """One page for everybody in the account; each sees what their role lets them do.

    A business with program accounts has a front page of its own.
    """
    account, person = account_here(), current_person()
    business = front(account)
    if business is not None:
        return business
    counts = summary(session, person.id, account_id) if may_here(Action.USERS_VIEW) else None
    transfer = open_transfer_of(session, person.id, account_id)
    standing = definition(account.program.code).standings.get(account.standing_code)
    labels = standing_labels(session, [account.program_id], language())
    shown = boards(session, person, account, g.allowed)
    return render_template(
        "authority/dashboard.html",
        account=account,
        program=account.program.name(language()),
        standing=labels.get((account.program_id, account.standing_code), ""),
        benefits=standing is not None and standing.benefits,
        slip=_slip(account, shown),
        boards=shown,
        steps=[step for board in shown for step in board.steps],
        facts=_facts(account),
        users=_users_card(account, counts) if counts else None,
        transfer=_transfer(account, transfer) if transfer else None,
        refusals=_refusals(account),
        may_transfer=may_here(Action.OWNERSHIP_TRANSFER),
        may_read_activity=may_here(Action.ACTIVITY_VIEW),
        me=my_membership(session, person.id, account_id),
        notices=notices_of(account),
        announcements=announcements(session, [account.program_id]),
    )


def _slip(account: Account, shown: Sequence[Board]) -> dict[str, str] | None:
    """The one deed that waits for the reader here: somebody's access, then what is to be filled in.

    "What is next and who must do it."
    """
    return _person_to_activate(account) or next(
        (
            {"title": t.title, "text": t.text, "verb": t.verb, "url": t.url}
            for t in (board.turn for board in shown)
            if t is not None
        ),
        None,
    )


def _person_to_activate(account: Account) -> dict[str, str] | None:
    """Whose access waits for the reader, the oldest first."""
    if not may_here(Action.USERS_ACTIVATE):
        return None
    waiting = to_activate(session, current_person().id, account.id)
    if not waiting:
        return None
    first = waiting[0]
    more = len(waiting) - 1
    text = label_of(first.role_code)
    if more:
        text += " · " + ngettext("%(num)s other person waits.", "%(num)s other people wait.", more)
    return {
        "title": _("Activate the access of %(name)s", name=first.person.full_name),
        "text": text,
        "verb": _("Activate the access"),
        "url": url_for(
            "authority.confirm",
            account_id=account.id,
            membership_id=first.id,
            deed="activate",
        ),
    }


def _facts(account: Account) -> list[tuple[str, Any, str]]:
    """Who the business is for the program, and who is who here: label, value, kind."""
    number, label = business_number(account)
    client = session.get(ClientNumber, (account.party_id, account.program_id))
    names = ", ".join(person.full_name for person in owners(session, account.id))
    held = label_of(definition(account.program.code).required_role.code)
    told = [
        (_("Legal name"), account.party.name, "name"),
        (label or _("Business number (BN)"), number, "id"),
        (_("Client number"), client.number if client is not None else None, "id"),
        (_("Account activated on"), format_day(account.authorised_at), "text"),
        (held, names, "name"),
        (_("Your role"), _my_role_since(account), "text"),
    ]
    return [fact for fact in told if fact[1]]


def _my_role_since(account: Account) -> str:
    mine = my_membership(session, current_person().id, account.id)
    since = mine.starts_at if mine is not None and mine.status == "active" else None
    if since is None:
        return my_role()
    return str(_("%(role)s, since %(date)s", role=my_role(), date=format_day(since)))


def _users_card(account: Account, counts: Summary) -> dict[str, Any]:
    """How far "manage users" is: complete when nobody waits (design §9)."""
    on_the_way = counts.waiting + counts.offered
    left = []
    if counts.waiting:
        turn = "turn" if may_here(Action.USERS_ACTIVATE) else "clock"
        words = ngettext(
            "%(num)s person waits for the account owner",
            "%(num)s people wait for the account owner",
            counts.waiting,
        )
        left.append((turn, words))
    if counts.offered:
        words = ngettext(
            "%(num)s offer without an answer", "%(num)s offers without an answer", counts.offered
        )
        left.append(("clock", words))
    return {
        "url": url_for("authority.users", account_id=account.id),
        "text": ngettext(
            "%(num)s person has access.", "%(num)s people have access.", counts.active
        ),
        "percent": round(100 * counts.active / (counts.active + on_the_way)),
        "left": left,
        "alone": counts.active == 1 and not on_the_way and not counts.suspended,
    }


def _transfer(account: Account, row: OwnershipTransfer) -> dict[str, Any]:
    return {
        "to": row.to_person.full_name,
        "until": last_day(account, row.expires_at),
        "mine": row.from_person_id == actor_here().person_id,
    }


def _refusals(account: Account) -> list[dict[str, Any]]:
    """What somebody looks for on this page and does not find, with whom to ask."""
    found = []
    if not may_here(Action.USERS_VIEW):
        found.append((_("Add and manage users"), Action.USERS_VIEW))
    changes_hands = definition(account.program.code).transfer is not None
    if changes_hands and not may_here(Action.OWNERSHIP_TRANSFER):
        found.append((_("Transfer account ownership"), Action.OWNERSHIP_TRANSFER))
    return [
        {
            "deed": words,
            "why": why_not(action),
            "who": whom_to_ask(action),
            "rule": url_for("authority.rule", account_id=account.id, action=action),
        }
        for words, action in found
    ]
