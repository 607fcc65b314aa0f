"""The front page of a business with program accounts: they are found here, and the legal entity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.authority.home import Blocks, Deed, blocks
from app.authority.pages import pages
from app.authority.pages.opening import (
    account_here,
    acting_here,
    business_number,
    by_delegation,
    has_program_accounts,
    held_here,
    highest,
    may_here,
    number_of,
)
from app.authority.pages.told import notices_of
from app.authority.pages.users import whom_to_ask, why_not
from app.authority.parts import legal_entity, reaching
from app.authority.queries_parts import Parts, as_key, has_parts, only_part
from app.authority.queries_parts import parts as find_parts
from app.authority.queries_parts import recent as recent_parts
from app.authority.queries_users import my_membership
from app.base.db import session
from app.base.errors import NotFound
from app.correspondence.queries import announcements
from app.parties.models import Account, ProgramAccount
from app.parties.rules.addresses import lines
from app.programs.service import definition
from app.web.access import current_person
from app.web.locale import language

_KEYS = ("after", "before")
_LONGEST_SEARCH = 100


def front(account: Account) -> str | Response | None:
    """What stands first for a business with program accounts; None for one without.

    Who may open exactly one is there at once; the page of all stays a link away.
    """
    if not has_program_accounts(account) or not has_parts(session, account.id):
        return None
    only = only_part(session, current_person().id, account.id)
    if only is not None:
        return redirect(url_for("ledger.home", account_id=account.id, part_id=only))
    return _business()


@pages.get("/a/<int:account_id>/program-accounts")
def program_accounts(account_id: int) -> str | Response:
    """Every program account that the reader may open, searched, a page at a time."""
    account = account_here()
    if not has_program_accounts(account):
        raise NotFound(f"program accounts of {account_id}")
    if "find" in request.args:  # a new search begins at its first page
        words = _words() or None
        return redirect(url_for("authority.program_accounts", account_id=account_id, q=words))
    return _business()


def _business() -> str:
    account, person = account_here(), current_person()
    words, place = _words(), {name: as_key(request.args.get(name, "")) for name in _KEYS}
    found = find_parts(session, person.id, account, words=words, **place)
    here = blocks(session, person, account, None, g.allowed)
    return render_template(
        "authority/business.html",
        account=account,
        program=account.program.name(language()),
        rows=[_row(part) for part in found.rows],
        recent=[_row(part) for part in _recent(account, found, words)],
        words=words,
        place=place,
        before=found.before,
        after=found.after,
        legal=_legal(account),
        contact=definition(account.program.code).contact,
        here=here,
        deeds=[deed for deed in here.deeds if may_here(deed.action)],
        refusals=refusals(here),
        me=my_membership(session, person.id, account.id),
        notices=notices_of(account),
        announcements=announcements(session, [account.program_id]),
    )


def _recent(account: Account, found: Parts, words: str) -> Sequence[ProgramAccount]:
    """Those opened last, beside a first page that does not show all anyway."""
    if words or found.before is not None or found.after is None:
        return ()
    return recent_parts(session, current_person().id, account.id)


def _words() -> str:
    return request.args.get("q", "").strip()[:_LONGEST_SEARCH]


def _row(part: ProgramAccount) -> dict[str, Any]:
    held = {one.role for one in reaching(held_here(), part.id)}
    acts = [] if held else reaching(acting_here(), part.id)
    return {
        "url": url_for("ledger.home", account_id=part.account_id, part_id=part.id),
        "number": number_of(part),
        "label": part.label,
        "role": highest(held) or by_delegation(acts[0].level if acts else ""),
    }


def _legal(account: Account) -> dict[str, Any]:
    """Name, number and address as the registry has them; the portal's own name where it has none.

    > "Wrong legal data is corrected at CRA, not in the portal." (facts B3)
    """
    entry = legal_entity(session, account)
    number, label = business_number(account)
    return {
        "name": entry.legal_name if entry else account.party.name,
        "number": number,
        "label": label,
        "address": lines(entry.address, language()) if entry else [],
        "as_of": entry.as_of if entry else None,
    }


def refusals(here: Blocks) -> list[dict[str, Any]]:
    """Of “most requested”, what the reader may not do: why, and whom to ask."""
    return [_refusal(deed) for deed in here.deeds if not may_here(deed.action)]


def _refusal(deed: Deed) -> dict[str, Any]:
    return {
        "deed": deed.words,
        "why": why_not(deed.action),
        "who": whom_to_ask(deed.action),
        "rule": rule_url(deed.action),
    }


def rule_url(action: str) -> str:
    """Where the rule behind a deed stands, for what is open: the business, or a part of it."""
    account = account_here()
    if g.part is None:
        return url_for("authority.rule", account_id=account.id, action=action)
    return url_for("authority.part_rule", account_id=account.id, part_id=g.part.id, action=action)
