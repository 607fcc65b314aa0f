"""How a line of the ledger is shown to clients: on lists, on its own page, in files."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from app.authority.pages.opening import account_here, actor_here, part_here
from app.authority.parts import Acting, acting_in, reaching
from app.base.db import session
from app.ledger.models import LedgerLine
from app.ledger.queries_lines import Sides, sides
from app.ledger.words import KINDS, STATES
from app.programs.actions import Action
from app.programs.service import definition
from app.web.access import current_person


def by_role() -> bool:
    """Whether a role lets the reader see the lines: then no switch hides any from them."""
    program = definition(account_here().program.code)
    rows = {c for c, row in program.matrix.items() if Action.TRANSACTIONS_VIEW in row.actions}
    held = actor_here().roles
    return any(rows & set(role.may) for code, role in program.roles.items() if code in held)


def acting_here() -> list[Acting]:
    """The delegations by which the reader sees lines of this program account; asked once."""
    if "ledger_acting" not in g:
        person, part = current_person(), part_here()
        acts = acting_in(session, person.id, Action.TRANSACTIONS_VIEW, part.account_id)
        g.ledger_acting = reaching(acts, part.id)
    found: list[Acting] = g.ledger_acting
    return found


def hidden() -> str:
    """That a switch of the delegation hides lines, in a sentence; empty where none does.

    It says which lines, and never whether there are any.

    > "Three independent switches" (facts B6)
    """
    if by_role():
        return ""
    switches = (
        (any(act.sees_own for act in acting_here()), _("your business")),
        (any(act.sees_client for act in acting_here()), _("the client")),
        (any(act.sees_others for act in acting_here()), _("other service providers")),
    )
    unseen = [words for on, words in switches if not on]
    if not unseen:
        return ""
    return str(
        _("The delegation does not show lines submitted by: %(whom)s.", whom=", ".join(unseen))
    )


def sides_here() -> Sides:
    """Whose business numbers are whose, for this reader; asked once a request."""
    if "ledger_sides" not in g:
        delegates = [] if by_role() else [act.delegate_id for act in acting_here()]
        g.ledger_sides = sides(session, part_here(), delegates)
    found: Sides = g.ledger_sides
    return found


def side_words() -> dict[str, str]:
    """Who may have submitted a line, as the reader says it: side → words."""
    if sides_here().own:
        return {
            "own": pgettext("submitted by", "Your business"),
            "client": pgettext("submitted by", "The client"),
            "others": pgettext("submitted by", "Another provider"),
        }
    return {
        "client": pgettext("submitted by", "This business"),
        "others": pgettext("submitted by", "A service provider"),
    }


def submitted_by(number: str | None) -> str:
    """Who submitted a line, in words; another provider by its business number."""
    if number is None:
        return str(_("The Agency"))
    side = sides_here().of(number)
    return number if side == "others" else side_words()[side]


def shown(line: LedgerLine) -> dict[str, Any]:
    """What templates show of a line."""
    part = part_here()
    return {
        "id": line.id,
        "url": url_for("ledger.line", account_id=part.account_id, part_id=part.id, line_id=line.id),
        "number": line.number,
        "kind": KINDS[line.kind],
        "dated": line.dated,
        "description": line.description,
        "amount": line.amount,
        "tag": STATES[line.state],
        "late": line.state == "arrears",
        "due_on": line.due_on,
        "by": submitted_by(line.submitted_by),
        "by_number": line.submitted_by is not None
        and sides_here().of(line.submitted_by) == "others",
    }
