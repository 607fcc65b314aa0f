"""What cases have waiting for a person, in words: all their businesses' in one list."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.authority.waiting import Db, Waiting, register
from app.cases.queries_turns import Turn, turns_of
from app.parties.models import Person
from app.programs.wording import said


def waiting_in_cases(db: Db, person: Person) -> list[Waiting]:
    """What the Agency sent back, then what is still to be filled in or submitted."""
    return [_said(one) for one in turns_of(db, person.id)]


def _said(one: Turn) -> Waiting:
    about = said(one.kind.label)
    if one.came_back is None:
        submit = _("Fill in and submit: %(case)s", case=about)
        title = submit if one.submits else _("Fill in: %(case)s", case=about)
    else:
        submit = _("Correct and submit again: %(case)s", case=about)
        title = submit if one.submits else _("Correct: %(case)s", case=about)
    state = said(one.kind.states[one.case.state].label)
    name = one.case.account.party.name  # what a business is called has no language
    return Waiting(
        title=str(title),
        text=Markup('<span translate="no">{}</span> · {}').format(name, state),
        url=url_for("authority.dashboard", account_id=one.case.account_id),
        account_id=one.case.account_id,
    )


register(waiting_in_cases)
