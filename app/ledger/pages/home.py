"""The home page of a program account: what happened lately, what is open, what waits.

> "Recent transactions · Most requested · Finance · Access requests" (the guide's home page)
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import g, render_template, url_for
from flask_babel import gettext as _

from app.authority.home import Blocks, Db, Deed, blocks, register
from app.authority.pages.opening import account_here, may_here, number_of, part_here
from app.authority.pages.parts import refusals
from app.authority.pages.told import notices_of
from app.base.db import session
from app.correspondence.queries import announcements
from app.ledger.pages import pages
from app.ledger.pages.showing import hidden, shown
from app.ledger.queries_lines import balance, lines, recent
from app.parties.models import Account, Person, ProgramAccount
from app.programs.actions import Action
from app.web.access import current_person
from app.web.locale import language

_RECENT = 5


def _blocks(
    _db: Db,
    _person: Person,
    account: Account,
    part: ProgramAccount | None,
    _allowed: Collection[str],
) -> Blocks:
    """The ledger's own link of “most requested”; there is none for a whole business."""
    if part is None:
        return Blocks()
    url = url_for("ledger.transactions", account_id=account.id, part_id=part.id)
    return Blocks([Deed(_("Transaction history"), url, Action.TRANSACTIONS_VIEW)])


register(_blocks)


@pages.get("/a/<int:account_id>/p/<int:part_id>/")
def home(account_id: int, part_id: int) -> str:  # noqa: ARG001 (of the address)
    """One page for everybody on the program account; each sees what they may."""
    account, part, person = account_here(), part_here(), current_person()
    here = blocks(session, person, account, part, g.allowed)
    return render_template(
        "ledger/home.html",
        account=account,
        part=part,
        number=number_of(part),
        program=account.program.name(language()),
        money=_money(part) if may_here(Action.TRANSACTIONS_VIEW) else None,
        here=here,
        deeds=[deed for deed in here.deeds if may_here(deed.action)],
        refusals=refusals(here),
        notices=notices_of(account),
        announcements=announcements(session, [account.program_id]),
    )


def _money(part: ProgramAccount) -> dict[str, Any]:
    """The reader's own lines: the newest, and the balance of those that are open."""
    person = current_person()
    newest = recent(session, lines(person.id, part), _RECENT)
    return {
        "recent": [shown(line) for line in newest],
        "balance": balance(session, person.id, part),
        "hidden": hidden(),
        "url": url_for("ledger.transactions", account_id=part.account_id, part_id=part.id),
    }
