"""The dashboard's part about consents: where each stands, once it may be given."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from app.authority.cards import Board, Card, Db, register
from app.consents.queries import Sheet, sheet
from app.parties.models import Account, Person
from app.programs.service import definition
from app.programs.wording import said


def consents_on_board(
    db: Db, person: Person, account: Account, allowed: Collection[str]
) -> Sequence[Board]:
    """Each consent that the person may view and that may be given, or was."""
    seen = [
        sheet(db, person.id, account, code)
        for code in definition(account.program.code).consents
        if f"{code}.view" in allowed
    ]
    return [_board(found, account) for found in seen if found.rows or found.may_be_given]


def _board(found: Sheet, account: Account) -> Board:
    effective = [row for row in found.rows if found.effect(row) == "effective"]
    state = pgettext("consent", "Given") if effective else pgettext("consent", "Not given")
    card = Card(
        str(_("Choose the administrations")),
        url_for("consents.consent", account_id=account.id, code=found.consent.code),
        said(found.consent.lead),
        percent=None,
        left=_left(found, len(effective)),
    )
    return Board(
        heading=said(found.consent.label),
        kind="done" if effective else "draft",
        state=str(state),
        cards=[card],
    )


def _left(found: Sheet, effective: int) -> list[tuple[str, str]]:
    """With how many something may be shared, and how many consents stand without effect."""
    lines = []
    if effective:
        words = ngettext(
            "In effect for %(num)s administration",
            "In effect for %(num)s administrations",
            effective,
        )
        lines.append(("done", str(words)))
    idle = len(found.standing) - effective
    if idle:
        words = ngettext("%(num)s consent without effect", "%(num)s consents without effect", idle)
        lines.append(("ended", str(words)))
    return lines


register(consents_on_board)
