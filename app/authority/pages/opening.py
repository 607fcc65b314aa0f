"""Opening an account: every page under ``/a/<account>/`` of every package passes here.

The account is the one in the address, never one in the session: two tabs on two businesses never
mix. Who may not open it is told that there is no such page.
"""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _

from app.audit.service import refused
from app.audit.targets import describe
from app.authority.pages import pages
from app.authority.people import actor_in
from app.authority.queries import allowed, find
from app.authority.queries_businesses import levels
from app.authority.queries_users import role_labels
from app.authority.rules import Actor
from app.authority.staff_names import STAFF_NAMES
from app.base.db import session
from app.base.errors import Refused
from app.parties.models import Account
from app.programs.actions import Action
from app.programs.service import definition
from app.web.access import current_person
from app.web.context import Link, Nameplate
from app.web.locale import language

_UNDER = "/a/<int:account_id>/"


@pages.before_app_request
def open_account() -> None:
    """Set ``g.account``, what the person may do there, and the nameplate.

    After the gate, which has let nobody but a signed-in person come so far.
    """
    rule = request.url_rule
    if rule is None or not rule.rule.startswith(_UNDER):
        return
    person = current_person()
    account_id = (request.view_args or {})["account_id"]
    account = find(session, person.id, Action.ACCOUNT_VIEW, Account, account_id)
    g.account = account
    program = definition(account.program.code)
    g.allowed = allowed(session, person.id, [*Action, *program.brought()], account)
    g.actor = actor_in(session, person.id, account.id)
    g.role_labels = role_labels(session, account.program_id, language())
    g.nameplate = _nameplate(account)


def account_here() -> Account:
    """The account that is open."""
    account: Account = g.account
    return account


def actor_here() -> Actor:
    """The reader, with the roles that are effective for them in the open account."""
    actor: Actor = g.actor
    return actor


def may_here(action: str) -> bool:
    """Whether the reader may do the action on the open account."""
    return action in g.allowed


def require(action: Action) -> None:
    """Refuse the page, and write the refusal down: no deed is running that would do it."""
    if not may_here(action):
        raise refusal(action, account_here())


def refusal(action: str, target: Any) -> Refused:
    """A refusal that a page makes, already written down."""
    problem = Refused(action, person_id=current_person().id, target=describe(target))
    refused(problem)
    return problem


def label_of(role: str | None) -> str:
    """The role's official name in the reader's language, a kind of staff's included.

    Its code when it has no name any more.
    """
    code = role or ""
    labels: dict[str, str] = g.role_labels
    if code in labels:
        return labels[code]
    return str(STAFF_NAMES[code]) if code in STAFF_NAMES else code


def my_role() -> str:
    """What the reader is here: the highest role, or that they come by delegation."""
    held = [label for code, label in g.role_labels.items() if code in actor_here().roles]
    if held:
        return str(held[0])
    account = account_here()
    level = levels(session, current_person().id, [account.id]).get(account.id, "")
    return str(_("By delegation: %(level)s", level=level))


def business_number(account: Account) -> tuple[str | None, str | None]:
    """The number beside the name, and what it is called where that is not a business number."""
    business = account.business
    if business is None:
        return None, None
    return business.number, None if business.bn else _("Carrier code")


def _nameplate(account: Account) -> Nameplate:
    number, label = business_number(account)
    return Nameplate(
        account.party.name,
        number=number,
        number_label=label,
        role=my_role(),
        links=_links(account),
    )


def _links(account: Account) -> list[Link]:
    here = request.endpoint
    wanted = [
        ("authority.dashboard", _("Dashboard"), True),
        ("authority.users", _("Users"), may_here(Action.USERS_VIEW)),
        ("authority.activity", _("Account activity"), may_here(Action.ACTIVITY_VIEW)),
    ]
    links = [
        Link(words, url_for(endpoint, account_id=account.id), current=endpoint == here)
        for endpoint, words, shown in wanted
        if shown
    ]
    return [*links, Link(_("Change business"), url_for("authority.businesses"))]
