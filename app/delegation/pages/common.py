"""What the pages of both sides share: the rule in force, words of a delegation, and refusals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from app.authority.models_delegation import Delegation
from app.authority.pages.opening import account_here, may_here, refusal
from app.authority.pages.users import whom_to_ask, why_not
from app.base.days import local_day
from app.base.db import now, session
from app.base.errors import NotFound
from app.delegation.queries import giver_of
from app.delegation.rules.terms import Giver
from app.parties.models import Account
from app.programs.actions import Action
from app.programs.schema.delegation import Delegation as Rule
from app.programs.service import definition
from app.programs.wording import said
from app.web.access import current_person

_LONGEST_KEY = 15


def rule_here() -> Rule:
    """How others act in the open account's program. Raises NotFound where nobody does."""
    rule = definition(account_here().program.code).delegation
    if rule is None:
        raise NotFound(account_here().program.code)
    return rule


def giver_here() -> Giver:
    """How far the reader may let others act for the open account."""
    account = account_here()
    whole = may_here(Action.DELEGATIONS_ANSWER)
    return giver_of(session, current_person().id, account, whole=whole)


def require_giver() -> Giver:
    """The same. Raises Refused for who answers for no part of the account."""
    giver = giver_here()
    if not giver.whole and not giver.parts:
        raise refusal(Action.DELEGATIONS_ANSWER, account_here())
    return giver


def refused(deed: str, action: str) -> dict[str, Any]:
    """What the reader may not do here, why, and whom to ask."""
    return {
        "deed": deed,
        "why": why_not(action),
        "who": whom_to_ask(action),
        "rule": url_for("authority.rule", account_id=account_here().id, action=action),
    }


def level_name(code: str) -> str:
    """A level by its name; its code where no version in force has it."""
    level = rule_here().levels.get(code)
    return said(level.label) if level is not None else code


def acting_name(code: str) -> str:
    """An acting role by its name, or the level by which somebody acts in full."""
    acting = rule_here().acting.get(code)
    return said(acting.label) if acting is not None else level_name(code)


def reach_of(row: Delegation) -> str:
    """Which program accounts a delegation is of."""
    if row.program_account is None:
        return str(_("All program accounts, present and future"))
    return str(row.program_account)


def seen_of(row: Delegation) -> list[str]:
    """Whose transactions are seen through a delegation, in the definition's words."""
    switches = rule_here().switches
    told = (
        (row.sees_own, switches.own),
        (row.sees_client, switches.client),
        (row.sees_others, switches.others),
    )
    return [said(switch.label) for on, switch in told if on]


def today_in(account: Account) -> date:
    """Today where the program's days begin and end."""
    return local_day(now(session), definition(account.program.code).zone)


def day_in(account: Account, moment: datetime | None) -> date | None:
    """The day of an instant there."""
    if moment is None:
        return None
    return local_day(moment, definition(account.program.code).zone)


def tag_of(row: Delegation) -> tuple[str, str]:
    """Shape and word for where a delegation is: not begun yet, in effect, or over."""
    moment = now(session)
    if row.state == "ended" or (row.ends_at is not None and row.ends_at <= moment):
        return "ended", str(pgettext("delegation", "Ended"))
    if row.starts_at is not None and row.starts_at > moment:
        return "waiting", str(pgettext("delegation", "Not begun"))
    return "done", str(pgettext("delegation", "Active"))


def facts_of(row: Delegation) -> list[tuple[str, Any]]:
    """What a delegation is, line by line."""
    account = row.account
    seen = seen_of(row)
    return [
        (_("Level"), level_name(row.level)),
        (_("Program accounts"), reach_of(row)),
        (_("Sees"), seen or [_("No transactions")]),
        (_("Start date"), day_in(account, row.starts_at or row.made_at)),
        (_("End date"), day_in(account, row.ends_at)),
    ]


def number_in(name: str) -> int | None:
    """A parameter of the address that is a plain number."""
    text = request.args.get(name, "")
    plain = text.isascii() and text.isdigit() and len(text) <= _LONGEST_KEY
    return int(text) if plain else None
