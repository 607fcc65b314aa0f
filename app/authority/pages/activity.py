"""What happened in an account, from the trail; and the rule behind a refusal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from flask import g, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext
from markupsafe import Markup
from sqlalchemy import select

from app.audit.events import Event, Outcome
from app.audit.labels import EVENTS, field_label
from app.audit.models import Entry
from app.audit.queries import Search
from app.audit.queries import search as search_trail
from app.audit.reasons import reason_words
from app.authority.access_names import ACCESS_NAMES
from app.authority.action_names import action_name
from app.authority.explain import GRANTED, bounds, explain_deed
from app.authority.models import Membership
from app.authority.pages import pages
from app.authority.pages.chains import chain_of
from app.authority.pages.opening import account_here, label_of, my_role, require
from app.authority.pages.users import whom_to_ask, why_not
from app.authority.queries import visible
from app.authority.queries_users import user as find_user
from app.base.db import session
from app.base.errors import NotFound
from app.base.phones import show_phone
from app.parties.models import Person
from app.programs.actions import Action
from app.programs.models import ProgramAction
from app.programs.service import definition
from app.programs.wording import said
from app.web.access import current_person
from app.web.locale import language

_SIZE = 25
_LONGEST_KEY = 15
_PEOPLE: Final = ("person_id", "from_person_id", "to_person_id", "owner_id")
_ROLES: Final = ("role", "old_owner_role")
_CONTACT: Final = ("contact_title", "contact_phone", "contact_email")
_SHOWN: Final = (*_PEOPLE, "action", *_ROLES, "status", *_CONTACT, "reason", "partners")
"""Fields that the owner reads; the rest is for who checks the trail."""


@pages.get("/a/<int:account_id>/activity")
def activity(account_id: int) -> str:
    """Every deed and refusal in the account: what, when, who, under which role."""
    require(Action.ACTIVITY_VIEW)
    allowed = visible(current_person().id, Action.ACTIVITY_VIEW, Entry)
    text = request.args.get("older", "")
    plain = text.isascii() and text.isdigit() and len(text) <= _LONGEST_KEY
    page = search_trail(
        session,
        allowed,
        Search(account_id=account_id),
        older_than=int(text) if plain else None,
        size=_SIZE,
    )
    names = _names(page.entries)
    return render_template(
        "authority/activity.html",
        account=account_here(),
        rows=[_line(entry, names) for entry in page.entries],
        older=page.older_than,
        newest=not plain,
    )


def _names(entries: Sequence[Entry]) -> Mapping[str, str]:
    """Names of those who have, or had, a role in this account; of nobody else."""
    ids = {entry.actor_id for entry in entries if entry.actor_id is not None}
    for entry in entries:
        for field in _PEOPLE:
            ids |= {int(v) for v in entry.changes.get(field, ()) if v is not None and v.isdigit()}
    wanted = (
        select(Person.id, Person.given_name, Person.family_name)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.account_id == account_here().id, Person.id.in_(ids))
        .distinct()
    )
    return {str(row.id): f"{row.given_name} {row.family_name}" for row in session.execute(wanted)}


def _line(entry: Entry, names: Mapping[str, str]) -> dict[str, Any]:
    known = entry.event in {event.value for event in Event}
    return {
        "at": entry.at,
        "what": str(EVENTS[Event(entry.event)]) if known else entry.event,
        "kind": {"refused": "refused", "failed": "late"}.get(entry.outcome, "done"),
        "outcome": _outcome(entry.outcome),
        "who": _who(entry.actor_id, names),
        "role": label_of(entry.role) if entry.role else None,
        "details": list(_details(entry, names)),
    }


def _outcome(outcome: str) -> str:
    words = {
        Outcome.DONE.value: pgettext("outcome", "Done"),
        Outcome.REFUSED.value: pgettext("outcome", "Refused"),
        Outcome.FAILED.value: pgettext("outcome", "Failed"),
    }
    return str(words[outcome])


def _who(actor_id: int | None, names: Mapping[str, str]) -> str:
    if actor_id is None:
        return str(_("The portal"))
    # Officers act for the agency: their names are in the trail, for staff.
    return names.get(str(actor_id), _("The agency’s staff"))


def _details(entry: Entry, names: Mapping[str, str]) -> Iterable[tuple[str, str, str | None]]:
    """Label, value after, value before; a person by name, a role by its official one."""
    told = entry.changes | entry.personal
    for field in _SHOWN:
        before, after = (_value(entry, field, value, names) for value in told.get(field, ("", "")))
        if before and not after and field in _CONTACT:
            after = "–"  # taken away, which is a change too
        if after:
            yield field_label(field), after, before or None


def _value(entry: Entry, field: str, value: str | None, names: Mapping[str, str]) -> str:
    if not value:
        return ""
    if field in _PEOPLE:
        return names.get(value, "")
    if field in _ROLES:
        return label_of(value)
    if field == "action":
        return action_name(value, language(), account_here().program.code) or ""
    if field == "reason":
        return reason_words(entry.event, value)
    if field in _NAMED:
        return _NAMED[field](value)
    if field == "contact_phone":
        return Markup('<span class="nowrap">{}</span>').format(show_phone(value))
    return value


def _partners(codes: Sequence[str]) -> str:
    """With whom a consent lets the agency share; a code where no version in force has it."""
    consents = definition(account_here().program.code).consents.values()
    known = {code: said(one.label) for it in consents for code, one in it.partners.items()}
    return ", ".join(known.get(code, code) for code in codes)


_NAMED: Final[Mapping[str, Callable[[str], str]]] = {
    "partners": lambda value: _partners(json.loads(value)),
    "status": lambda value: str(ACCESS_NAMES.get(value, "")),
}
"""Fields that name something, and how its name is found."""


@pages.get("/a/<int:account_id>/rule/<action>")
def rule(account_id: int, action: str) -> str:  # noqa: ARG001 (of the address)
    """Why the reader may, or may not, do a deed here: the chain from what they hold to it.

    ``?user=<membership>`` asks about one user of the account.
    """
    return _rule(action)


@pages.get("/a/<int:account_id>/p/<int:part_id>/rule/<action>")
def part_rule(account_id: int, part_id: int, action: str) -> str:  # noqa: ARG001 (of the address)
    """The same on a program account: what reaches it, and what reaches another one only."""
    return _rule(action)


def _rule(action: str) -> str:
    account = account_here()
    deed = session.get(ProgramAction, (account.program_id, action))
    if deed is None or action not in {*Action, *definition(account.program.code).brought()}:
        raise NotFound(action)
    name = deed.label_fr if language() == "fr" else deed.label_en
    about = _user_asked_about(account.id)
    links = explain_deed(session, current_person().id, action, about or g.part or account)
    return render_template(
        "authority/rule.html",
        account=account,
        deed=name,
        granted=any(link.why == GRANTED for link in links),
        chains=[chain_of(link, name) for link in links],
        about=about,
        bounds=None if about else _bounds(action),
        why=why_not(action, about),
        who=whom_to_ask(action, about),
        my_role=my_role(),
        matrix=url_for("programs.roles", code=account.program.code),
    )


def _user_asked_about(account_id: int) -> Membership | None:
    """The user of this account whom the address names. Raises NotFound."""
    text = request.args.get("user", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_KEY):
        raise NotFound(text)
    return find_user(session, current_person().id, account_id, int(text))


def _bounds(action: str) -> list[str]:
    """For which users the reader may do it, in sentences; none where it is for all."""
    found = bounds(session, current_person().id, action, account_here())
    if found is None:
        return []
    given, proposed = (", ".join(map(label_of, codes)) for codes in (found.given, found.proposed))
    told = []
    if given:
        told.append(_("You decide about users with these roles: %(roles)s.", roles=given))
    if proposed:
        told.append(
            _(
                "You propose people for these roles: %(roles)s. Until somebody decides, you may"
                " correct or take back your own proposals.",
                roles=proposed,
            )
        )
    return told
