"""What employees bring to the home page: the requests that wait, and where people are managed."""

from __future__ import annotations

from collections.abc import Collection

from flask import url_for
from flask_babel import gettext as _

from app.authority.home import Blocks, Db, Deed, Pending, register
from app.authority.service.common import program_of
from app.employees import queries
from app.parties.models import Account, Person, ProgramAccount
from app.programs.actions import Action


def at_home(
    db: Db,
    person: Person,
    account: Account,
    _part: ProgramAccount | None,
    allowed: Collection[str],
) -> Blocks:
    """The count of what this reader would find in the list, whichever page they come from."""
    if program_of(account).access_requests is None:
        return Blocks()
    requests = url_for("employees.pending", account_id=account.id)
    people = url_for("employees.people", account_id=account.id)
    title = _("Pending employee requests")
    pending = []
    if Action.REQUESTS_ANSWER in allowed:
        count = queries.count_pending(db, person.id, account.id)
        pending.append(Pending(title, count, requests))
    deeds = [
        Deed(_("Manage pending employee requests"), requests, Action.REQUESTS_ANSWER),
        Deed(_("Manage my employees"), people, Action.USERS_VIEW),
    ]
    return Blocks(deeds, pending)


register(at_home)
