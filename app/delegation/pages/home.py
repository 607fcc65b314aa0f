"""What third parties bring to the home page: the requests that wait, and where they are managed."""

from __future__ import annotations

from collections.abc import Collection

from flask import url_for
from flask_babel import gettext as _

from app.authority.home import Blocks, Db, Deed, Pending, register
from app.delegation.queries import count_requests
from app.parties.models import Account, Person, ProgramAccount
from app.programs.actions import Action
from app.programs.service import definition


def third_parties_at_home(
    db: Db,
    person: Person,
    account: Account,
    _part: ProgramAccount | None,
    allowed: Collection[str],
) -> Blocks:
    """The count of what this reader would find in the list, whichever page they come from."""
    if definition(account.program.code).delegation is None:
        return Blocks()
    here = url_for("delegation.third_parties_page", account_id=account.id)
    deeds = [Deed(_("Manage third-party requests"), here, Action.DELEGATIONS_ANSWER)]
    if Action.DELEGATIONS_ANSWER not in allowed:
        return Blocks(deeds)
    count = count_requests(db, person.id, account.id)
    return Blocks(deeds, [Pending(_("Pending third-party requests"), count, here)])


register(third_parties_at_home)
