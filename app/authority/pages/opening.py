"""Opening an account: every page under ``/a/<account>/`` of every package passes here.

The account is the one in the address, never one in the session: two tabs on two businesses never
mix. Who may not open it is told that there is no such page. So it is with a program account,
under ``/a/<account>/p/<part>/``: what the reader may do is then asked of it and not of the whole.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _

from app.audit.service import refused
from app.audit.targets import describe
from app.authority.pages import pages
from app.authority.parts import Acting, Held, acting_in, allowed_on, held, reaching
from app.authority.people import actor_in
from app.authority.queries import allowed, find
from app.authority.queries_users import role_labels
from app.authority.rules import Actor
from app.authority.staff_names import STAFF_NAMES
from app.base.db import session
from app.base.errors import NotFound, Refused
from app.parties.models import Account, Person, ProgramAccount
from app.programs.actions import Action
from app.programs.service import definition
from app.programs.wording import said
from app.web.access import current_person
from app.web.context import Link, Nameplate
from app.web.locale import language

_UNDER = "/a/<int:account_id>/"
_PART = f"{_UNDER}p/<int:part_id>/"


@pages.before_app_request
def open_account() -> None:
    """Set ``g.account``, ``g.part``, what the person may do there, and the nameplate.

    After the gate, which has let nobody but a signed-in person come so far.
    """
    rule = request.url_rule
    if rule is None or not rule.rule.startswith(_UNDER):
        return
    person, keys = current_person(), request.view_args or {}
    if rule.rule.startswith(_PART):
        _open_part(person, keys["account_id"], keys["part_id"])
    else:
        _open_whole(person, keys["account_id"])
    g.nameplate = _nameplate(g.account, g.part)


def _open_whole(person: Person, account_id: int) -> None:
    account = find(session, person.id, Action.ACCOUNT_VIEW, Account, account_id)
    g.account, g.part = account, None
    g.role_labels = role_labels(session, account.program_id, language())
    g.allowed = allowed(session, person.id, _actions(account), account)
    g.actor = actor_in(session, person.id, account.id)


def _open_part(person: Person, account_id: int, part_id: int) -> None:
    """Whoever may open the program account may know of its business.

    Raises NotFound, also for a program account of another business: no address mixes two.
    """
    part = find(session, person.id, Action.ACCOUNT_VIEW, ProgramAccount, part_id)
    if part.account_id != account_id:
        raise NotFound(f"ProgramAccount {part_id}")
    g.account, g.part = part.account, part
    g.role_labels = role_labels(session, part.account.program_id, language())
    g.allowed = allowed_on(session, person.id, _actions(part.account), part)
    there = reaching(held_here(), part.id)
    g.actor = Actor(person.id, frozenset(one.role for one in there))


def _actions(account: Account) -> list[str]:
    return [*Action, *definition(account.program.code).brought()]


def account_here() -> Account:
    """The account that is open."""
    account: Account = g.account
    return account


def part_here() -> ProgramAccount:
    """The program account that is open. Raises LookupError on a page of the whole account."""
    part: ProgramAccount | None = g.part
    if part is None:
        raise LookupError("no program account is open")
    return part


def actor_here() -> Actor:
    """The reader, with the roles that are effective for them in what is open."""
    actor: Actor = g.actor
    return actor


def may_here(action: str) -> bool:
    """Whether the reader may do the action on the open account, or program account."""
    return action in g.allowed


def require(action: Action) -> None:
    """Refuse the page, and write the refusal down: no deed is running that would do it."""
    if not may_here(action):
        raise refusal(action, g.part or account_here())


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
    """What the reader is here: the highest role, or that they come by delegation.

    On the business's own page, for who holds a role on some of its program accounts only, the
    highest of those.
    """
    codes = actor_here().roles
    if not codes and g.part is None:
        codes = frozenset(one.role for one in held_here())
    return highest(codes) or by_delegation(_level())


def highest(codes: Collection[str]) -> str:
    """The label of the highest of some roles; empty for none."""
    return next((str(label) for code, label in g.role_labels.items() if code in codes), "")


def by_delegation(level: str) -> str:
    """That somebody comes by delegation, and how far it goes, in the definition's words."""
    return str(_("By delegation: %(level)s", level=level_words(account_here(), level)))


def level_words(account: Account, level: str) -> str:
    """A level of delegation in the definition's words; its code where no version has it."""
    program = definition(account.program.code)
    levels_there = program.delegation.levels if program.delegation is not None else {}
    return said(levels_there[level].label) if level in levels_there else level


def held_here() -> list[Held]:
    """The reader's own roles in the account, on the whole or on parts: asked once a request."""
    if "held" not in g:
        g.held = held(session, current_person().id, account_here())
    found: list[Held] = g.held
    return found


def acting_here() -> list[Acting]:
    """The delegations by which the reader may open the account or a part: asked once a request."""
    if "acting" not in g:
        person, account = current_person(), account_here()
        g.acting = acting_in(session, person.id, Action.ACCOUNT_VIEW, account.id)
    found: list[Acting] = g.acting
    return found


def _level() -> str:
    """The level of a delegation by which the reader came, the oldest."""
    acts = acting_here() if g.part is None else reaching(acting_here(), g.part.id)
    return acts[0].level if acts else ""


def front_crumb() -> tuple[str, str]:
    """The account's own front page, as the first of the pages above another."""
    words = _("Program accounts") if has_program_accounts(account_here()) else _("Dashboard")
    return str(words), url_for("authority.dashboard", account_id=account_here().id)


def business_number(account: Account) -> tuple[str | None, str | None]:
    """The number beside the name, and what it is called where that is not a business number."""
    business = account.business
    if business is None:
        return None, None
    return business.number, None if business.bn else _("Carrier code")


def number_of(part: ProgramAccount) -> str:
    """The number of a program account, whole: the business number, then its own.

    > "BN15 = BN + RM + 4 digits = program account" (facts B1)
    """
    number, _label = business_number(part.account)
    return f"{number or ''}{part.number}"


def has_program_accounts(account: Account) -> bool:
    """Whether businesses have program accounts in this program at all: some role is of one."""
    roles = definition(account.program.code).roles.values()
    return any(role.reach == "program_account" for role in roles)


def _nameplate(account: Account, part: ProgramAccount | None) -> Nameplate:
    number, label = business_number(account)
    return Nameplate(
        account.party.name,
        number=number_of(part) if part else number,
        number_label=label,
        part=part.label if part else None,
        role=my_role(),
        links=_part_links(account, part) if part else _links(account),
    )


def _links(account: Account) -> list[Link]:
    here = request.endpoint
    front = _("Program accounts") if has_program_accounts(account) else _("Dashboard")
    asked = definition(account.program.code).access_requests is not None
    people = ("employees.people", _("Employees")) if asked else ("authority.users", _("Users"))
    wanted = [
        ("authority.dashboard", front, True),
        (*people, may_here(Action.USERS_VIEW)),
        (
            "delegation.third_parties_page",
            _("Third parties"),
            may_here(Action.DELEGATIONS_VIEW),
        ),
        ("delegation.clients_page", _("Our clients"), may_here(Action.CLIENTS_VIEW)),
        ("authority.activity", _("Account activity"), may_here(Action.ACTIVITY_VIEW)),
    ]
    links = [
        Link(words, url_for(endpoint, account_id=account.id), current=endpoint == here)
        for endpoint, words, shown in wanted
        if shown
    ]
    return [*links, _change()]


def _part_links(account: Account, part: ProgramAccount) -> list[Link]:
    """The pages of a program account, then the way back to all of them."""
    here = request.endpoint
    wanted = [
        ("ledger.home", _("Home"), True),
        ("ledger.transactions", _("Transactions"), may_here(Action.TRANSACTIONS_VIEW)),
    ]
    links = [
        Link(words, url_for(it, account_id=account.id, part_id=part.id), current=it == here)
        for it, words, shown in wanted
        if shown
    ]
    back = url_for("authority.program_accounts", account_id=account.id)
    return [*links, Link(_("All program accounts"), back), _change()]


def _change() -> Link:
    return Link(_("Change business"), url_for("authority.businesses"))
