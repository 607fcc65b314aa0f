"""“My businesses”: what waits for the person, then every account they have."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext
from werkzeug.wrappers import Response

from app.authority.access_names import ACCESS_NAMES
from app.authority.pages import pages
from app.authority.pages.opening import business_number, level_words
from app.authority.queries_businesses import Held
from app.authority.queries_businesses import businesses as find_businesses
from app.authority.queries_users import role_labels, standing_labels
from app.authority.waiting import Waiting, waiting_for
from app.base.days import local_day
from app.base.db import now, session
from app.programs.library import definitions, portal
from app.web.access import current_person
from app.web.locale import language

_LONGEST_SEARCH = 100
_LONGEST_KEY = 15


@pages.get("/businesses")
def businesses() -> str | Response:
    """The list, its search and its pages; the open account is in the address of its own pages."""
    person = current_person()
    words = request.args.get("q", "").strip()[:_LONGEST_SEARCH]
    if "find" in request.args:  # a new search begins at its first page
        return redirect(url_for("authority.businesses", q=words or None))
    waits, underway = waiting_for(session, person)
    found = find_businesses(
        session, person.id, words=words, after=_key("after"), before=_key("before")
    )
    return render_template(
        "authority/businesses.html",
        person=person,
        todo=_todo(waits),
        underway=underway,
        rows=_rows(found.rows, {item.account_id for item in waits}),
        words=words,
        place={name: _key(name) for name in ("after", "before")},
        before=found.before,
        after=found.after,
        asks=_asks(),
    )


def _asks() -> str | None:
    """Where people ask a business for access, when some program lets them."""
    asked = any(one.access_requests is not None for one in definitions())
    return url_for("employees.asking") if asked else None


def _key(name: str) -> int | None:
    text = request.args.get(name, "")
    plain = text.isascii() and text.isdigit() and len(text) <= _LONGEST_KEY
    return int(text) if plain else None


def _todo(waits: list[Waiting]) -> list[dict[str, Any]]:
    today = local_day(now(session), portal().zone)
    return [
        {
            "url": item.url,
            "title": item.title,
            "text": item.text,
            "late": item.until is not None and item.until < today,
            "due": _due(item.until, today),
            "date": item.until,
        }
        for item in waits
    ]


def _due(until: date | None, today: date) -> str:
    if until is None:
        return ""
    left = (until - today).days
    if left < 0:
        return str(ngettext("%(num)s day late", "%(num)s days late", -left))
    if left == 0:
        return str(_("Last day"))
    return str(ngettext("%(num)s day left", "%(num)s days left", left))


def _rows(held: Any, turns: set[int | None]) -> list[dict[str, Any]]:
    programs = sorted({row.account.program_id for row in held})
    standings = standing_labels(session, programs, language())
    roles = {key: role_labels(session, key, language()) for key in programs}
    return [_row(row, standings, roles[row.account.program_id], turns) for row in held]


def _row(
    row: Held,
    standings: dict[tuple[int, str], str],
    roles: dict[str, str],
    turns: set[int | None],
) -> dict[str, Any]:
    account = row.account
    kind, words = _turn(row, account.id in turns)
    number, number_label = business_number(account)
    return {
        "url": url_for("authority.dashboard", account_id=account.id) if row.open else None,
        "name": account.party.name,
        "number": number,
        "number_label": number_label,
        "program": account.program.name(language()),
        "role": roles.get(row.membership.role_code, "") if row.membership else None,
        "level": level_words(account, row.level) if row.level else None,
        "provider": row.provider,
        "standing": standings.get((account.program_id, account.standing_code), ""),
        "kind": kind,
        "turn": words,
    }


def _turn(row: Held, mine: bool) -> tuple[str, str]:
    if mine:
        return "turn", pgettext("whose turn", "Yours")
    status = row.membership.status if row.membership else ""
    if status == "waiting":
        return "waiting", pgettext("whose turn", "With the owner")
    if status == "suspended":
        return "hold", str(ACCESS_NAMES["suspended"])
    return "done", pgettext("whose turn", "Nothing to do")
