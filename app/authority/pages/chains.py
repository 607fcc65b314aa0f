"""An explanation in words: from the reader, through what they hold, to the deed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from app.authority.links import GRANTED, Link
from app.authority.pages.opening import account_here, by_delegation, label_of
from app.programs.service import definition
from app.programs.wording import said
from app.web.access import current_person
from app.web.formats import format_day

Items = list[dict[str, Any]]


def chain_of(link: Link, deed: str) -> Items:
    """What the person holds, what it lacks or not, and the deed at the end."""
    broken = link.why != GRANTED
    return [
        {"title": _("You"), "text": current_person().full_name, "kind": "grant"},
        *(_through(link.chain) if link.chain else _held(link)),
        {"title": deed, "text": None, "kind": "lost" if broken else "goal"},
    ]


def _held(link: Link) -> Items:
    held = label_of(link.name) if link.kind == "membership" else link.name
    return [
        {"title": held, "text": _since(link), "kind": "link"},
        {
            "title": _why(link.why),
            "text": format_day(link.until) if link.why == "expired" and link.until else None,
            "kind": "link" if link.why == GRANTED else "broken",
        },
    ]


def _through(chain: Sequence[Link]) -> Items:
    """Each step to a delegation; the first that lacks something breaks what follows."""
    items: Items = []
    lost = False
    for link in chain:
        if link.kind == "account" and link.why == GRANTED:
            continue  # the page is the account's own
        lacks = link.why != GRANTED
        kind = "lost" if lost else "broken" if lacks else "link"
        text = _delegation_why(link) if lacks else _since(link)
        items.append({"title": _step(link), "text": text, "kind": kind})
        lost = lost or lacks
    return items


def _step(link: Link) -> str:
    if link.kind == "membership":
        return label_of(link.name) or str(_("A role in the business that acts"))
    if link.kind == "group":
        return str(_("Client group: %(name)s", name=link.name))
    if link.kind == "assignment":
        return str(_("Your role for this client: %(role)s", role=_level(link.name)))
    return account_here().party.name if link.kind == "account" else by_delegation(link.name)


def _level(code: str) -> str:
    """What the definition calls a level or an acting role."""
    rule = definition(account_here().program.code).delegation
    if rule is None:
        return code
    labels = [one.label for one in rule.levels.values() if one.code == code]
    labels += [one.label for one in rule.acting.values() if one.code == code]
    return str(said(labels[0])) if labels else code


def _since(link: Link) -> str | None:
    return _("Since %(date)s", date=format_day(link.since)) if link.since else None


def _delegation_why(link: Link) -> str:
    words = {
        "not_granted": _("The delegation does not allow it"),
        "ended": _("The delegation has ended"),
        "not_begun": _("The delegation has not begun"),
        "expired": _("The delegation has expired"),
        "part": _("The delegation is for a part of the account"),
    }
    if link.kind == "delegation" and link.why in words:
        return str(words[link.why])
    return _why(link.why)


def _why(why: str) -> str:
    words = {
        GRANTED: _("This role allows it"),
        "not_granted": _("This role does not allow it"),
        "role_not_given": _("This role does not give the role of this user"),
        "offered": _("The role is offered and not accepted yet"),
        "waiting": _("The access waits for the account owner"),
        "suspended": _("The access is suspended"),
        "ended": _("The access has ended"),
        "not_begun": _("The access has not begun"),
        "expired": _("The access has expired"),
        "part": _("The access is for a part of the account"),
        "closed": _("The account is closed"),
        "not_employed": _("You do not work for the business that acts"),
        "deleted": _("The client group was deleted"),
        "acting_not_granted": _("Your role for this client does not allow it"),
        "not_seen": _("The client does not let this be seen"),
    }
    return str(words.get(why, _("Your access to the portal is closed")))
