"""What the managers' pages share: what the reader manages in the open account, and its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from app.authority.models import Membership
from app.authority.models_delegation import AccessRequest
from app.authority.pages.opening import account_here, front_crumb, label_of, may_here, refusal
from app.authority.people import role_book
from app.authority.rules import Actor
from app.authority.service.common import program_of, zone_of
from app.base.db import session
from app.base.errors import NotFound
from app.employees import queries, rules
from app.employees.forms import AccessForm
from app.employees.people import actors_on
from app.employees.rules import Access, Place
from app.parties.models import ProgramAccount
from app.programs.actions import Action
from app.web.access import current_person

MANY = 12
"""So many boxes are read at a glance; beyond, they are found by words."""


def manages(action: Action) -> tuple[dict[Place, Actor], Sequence[ProgramAccount]]:
    """Where the reader may do the action, with their roles there; the program accounts of it.

    Raises NotFound in a program in which nobody asks, Refused for who may do it nowhere.
    """
    account, reader = account_here(), current_person()
    if program_of(account).access_requests is None:
        raise NotFound(f"{account.program.code} has no requests for access")
    parts = queries.parts_for(session, reader.id, action, account.id)
    places: list[Place] = [None] if may_here(action) else []
    places += [part.id for part in parts]
    if not places:
        raise refusal(action, account)
    return actors_on(session, reader.id, account, places), parts


def whole_roles() -> set[str]:
    """The roles of the open account's program that reach the whole account."""
    roles = program_of(account_here()).roles
    return {code for code, role in roles.items() if role.reach == "account"}


def access_form(
    actors: Mapping[Place, Actor],
    among: Sequence[ProgramAccount],
    version: object,
    **values: Any,
) -> AccessForm:
    """The form of an access, with the roles and program accounts that the reader gives."""
    book = role_book(session, account_here().program_id)
    form = AccessForm(version=str(version), **values)
    codes = rules.roles_on(book, actors, whole_roles())
    form.role.choices = [
        SelectChoice("", _("Select a role")),
        *(SelectChoice(code, label_of(code)) for code in codes),
    ]
    form.parts.choices = [SelectChoice(str(one.id), str(one)) for one in among]
    return form


def is_finding(form: AccessForm, parts: Sequence[ProgramAccount]) -> bool:
    """Whether the reader only looks for program accounts: what is ticked stays, and stays shown."""
    if request.method != "POST" or "find" not in request.form:
        return False
    words, ticked = form.words.data or "", set(form.parts.data or ())
    shown = {str(one.id) for one in queries.matching(parts, words)} | ticked
    form.parts.choices = [one for one in form.parts.choices if one.value in shown]
    return True


def access_in(form: AccessForm) -> Access:
    """What was filled in."""
    return Access(
        form.role.data, tuple(int(one) for one in form.parts.data or ()), form.ends_on.data
    )


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """The pages above: the account's front page, and what is given."""
    return [front_crumb(), *more]


def requests_crumb() -> tuple[str, str]:
    """The list of requests, as a page above."""
    return _("Pending employee requests"), url_to("pending")


def people_crumb() -> tuple[str, str]:
    """The list of employees, as a page above."""
    return _("Employees"), url_to("people")


def url_to(endpoint: str, **more: Any) -> str:
    """The address of a page of employees of the open account."""
    return url_for(f"employees.{endpoint}", account_id=account_here().id, **more)


def told_of(row: AccessRequest) -> dict[str, Any]:
    """A request as the list and its own page show it."""
    return {
        "id": row.id,
        "name": row.person.full_name,
        "urn": row.person.urn,
        "asked_at": row.asked_at,
        "part": str(row.program_account) if row.program_account else None,
        "comment": row.comment,
    }


def lines_of(rows: Iterable[Membership]) -> list[dict[str, Any]]:
    """What somebody holds, line by line: role, where, since when and until when."""
    zone = zone_of(account_here())
    return [
        {
            "id": row.id,
            "role": label_of(row.role_code),
            "part": str(row.program_account) if row.program_account else None,
            "since": row.starts_at,
            "until": rules.last_day(row.ends_at, zone),
            "status": row.status,
        }
        for row in rows
    ]
