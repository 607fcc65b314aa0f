"""The users of an account: who they are, what the reader may do, adding one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.authority import rules
from app.authority.models import Membership
from app.authority.pages import pages
from app.authority.pages.deeds import CONFIRMED, access_tag, deeds_on, is_last
from app.authority.pages.forms import AddUserForm
from app.authority.pages.opening import account_here, actor_here, label_of, may_here, require
from app.authority.pages.sentences import show
from app.authority.pages.turns import last_day
from app.authority.people import actor_in, as_member, names_of, people_who, role_book
from app.authority.queries_users import former_users, suspended_since
from app.authority.queries_users import user as find_user
from app.authority.queries_users import users as find_users
from app.authority.rules import RoleBook
from app.authority.service.common import require_adding
from app.authority.service.members import add_user
from app.authority.service.naming import ThreeData
from app.base.db import session
from app.base.errors import Invalid, TooMany
from app.base.phones import show_phone
from app.programs.actions import Action
from app.programs.limits import limits
from app.programs.service import definition
from app.programs.wording import said
from app.web.access import current_person


@pages.get("/a/<int:account_id>/users")
def users(account_id: int) -> str | Response:
    """Everybody with access or on the way to it; deeds only for those who may.

    Where people ask for access themselves, their managers' own list.
    """
    if definition(account_here().program.code).access_requests is not None:
        return redirect(url_for("employees.people", account_id=account_id))
    require(Action.USERS_VIEW)
    account, person = account_here(), current_person()
    book = role_book(session, account.program_id)
    live = find_users(session, person.id, account_id)
    former = former_users(session, person.id, account_id)
    return render_template(
        "authority/users.html",
        account=account,
        rows=[_line(book, row) for row in live],
        former=[_line(book, row) for row in former],
        refusals=_refusals(live),
        may_add=bool(rules.roles_to_offer(book, actor_here())) and may_here(Action.USERS_ADD),
        matrix=_matrix_url(),
    )


def _line(book: RoleBook, row: Membership) -> dict[str, Any]:
    deeds = deeds_on(book, row)
    return {
        "id": row.id,
        "name": row.person.full_name,
        "mine": row.person_id == actor_here().person_id,
        "email": row.contact_email,
        "urn": row.person.urn,
        "role": label_of(row.role_code),
        "tag": access_tag(row, my_turn="activate" in deeds),
        "state": "soon" if "activate" in deeds else ("hold" if row.status != "active" else None),
        "last_sign_in": row.person.last_sign_in_at,
        "activate": "activate" in deeds,
        "edits": bool(set(deeds) - {"activate"}),
    }


def _matrix_url() -> str:
    account = account_here()
    mine = next((c for c in _ranked() if c in actor_here().roles), None)
    return url_for("programs.roles", code=account.program.code, mine=mine)


def _ranked() -> list[str]:
    return list(definition(account_here().program.code).roles)


def _refusals(rows: Sequence[Membership]) -> list[dict[str, Any]]:
    """What the reader may not do here, why, and whom to ask: said, never a grey button."""
    account = account_here()
    program = definition(account.program.code)
    found = []
    if program.transfer is not None and not may_here(Action.OWNERSHIP_TRANSFER):
        found.append((_("Transfer account ownership"), Action.OWNERSHIP_TRANSFER))
    waiting = [row.person.full_name for row in rows if row.status == "waiting"]
    if waiting and not may_here(Action.USERS_ACTIVATE):
        names = _("Activate the access of %(name)s", name=", ".join(waiting))
        found.append((names, Action.USERS_ACTIVATE))
    if program.users is not None and not may_here(Action.USERS_ADD):
        found.append((_("Add a user"), Action.USERS_ADD))
    return [
        {
            "deed": words,
            "why": why_not(action),
            "who": whom_to_ask(action),
            "rule": url_for("authority.rule", account_id=account.id, action=action),
        }
        for words, action in found
    ]


def why_not(action: str, about: Membership | None = None) -> str:
    """Which roles may do it: the definition's own matrix, said in words.

    About one user, only the roles that give that user's role.
    """
    program = definition(account_here().program.code)
    rows = {code for code, row in program.matrix.items() if action in row.actions}
    labels = [
        said(role.label)
        for role in program.roles.values()
        if rows & set(role.may) and (about is None or about.role_code in role.gives)
    ]
    if len(labels) == 1:
        return str(_("Only this role allows it: %(role)s", role=labels[0]))
    return str(_("Only these roles allow it: %(roles)s", roles=", ".join(labels)))


def whom_to_ask(action: str, about: Membership | None = None) -> str | None:
    """The names of those who may, where there are any; about one user, who gives their role.

    On a program account, who may there: by a role on it, or on the whole account.
    """
    if g.part is not None:
        people = people_who(session, action, g.account, g.part.id)
    else:
        people = people_who(session, action, account_here())
    if about is not None:
        book = role_book(session, about.program_id)
        people = [
            one
            for one in people
            if rules.may_manage(book, actor_in(session, one.id, about.account_id), as_member(about))
        ]
    names = names_of(people)
    return _("You can ask: %(names)s", names=", ".join(names)) if names else None


@pages.get("/a/<int:account_id>/users/<int:membership_id>")
def user(account_id: int, membership_id: int) -> str:
    """One user: role, access, business contact, and the deeds that the reader may do."""
    account = account_here()
    row = find_user(session, current_person().id, account_id, membership_id)
    book = role_book(session, account.program_id)
    deeds = deeds_on(book, row)
    mine = row.person_id == actor_here().person_id
    moved = row.role_code in book.roles and book.roles[row.role_code].only_moves
    last = not moved and is_last(book, row)
    return render_template(
        "authority/user.html",
        account=account,
        row=row,
        mine=mine,
        role=label_of(row.role_code),
        tag=access_tag(row, my_turn="activate" in deeds),
        until=last_day(account, row.offer_expires_at)
        if row.status == "offered" and row.offer_expires_at
        else None,
        suspended=suspended_since(session, row),
        phone=show_phone(row.contact_phone),
        deeds=[(code, CONFIRMED[code]) for code in deeds if code in CONFIRMED],
        contact="contact" in deeds,
        role_change="role" in deeds,
        moved=moved,
        last=last,
        refusal=None
        if moved or last or mine or deeds or row.status == "ended"
        else _refusal_on(row),
        may_transfer=may_here(Action.OWNERSHIP_TRANSFER),
        sees_users=may_here(Action.USERS_VIEW),
    )


def _refusal_on(row: Membership) -> dict[str, Any]:
    """Why nothing can be done with this user, and whom to ask."""
    action = Action.USERS_MODIFY
    return {
        "deed": _("Change, suspend or remove this access"),
        "why": why_not(action, row),
        "who": whom_to_ask(action, row),
        "rule": url_for("authority.rule", account_id=row.account_id, action=action, user=row.id),
    }


@pages.route("/a/<int:account_id>/users/add", methods=["GET", "POST"])
def add(account_id: int) -> str | Response:
    """Name a person by the three data they gave, and the role to offer them."""
    account = account_here()
    require_adding(account)
    require(Action.USERS_ADD)
    book = role_book(session, account.program_id)
    offered = rules.roles_to_offer(book, actor_here())
    form = AddUserForm()
    form.role.choices = role_choices(offered)
    if form.validate_on_submit():
        given = ThreeData(form.urn.data, form.family_name.data, form.email.data)
        try:
            add_user(current_person().id, account_id, given, form.role.data)
        except (Invalid, TooMany) as error:
            show(form, error)
        else:
            flash(_("The person has been added. They must accept within the time given."), "done")
            return redirect(url_for("authority.users", account_id=account_id), code=303)
    return render_template(
        "authority/add.html",
        account=account,
        form=form,
        hints={code: _role_hint(code) for code in offered},
        proposes=not rules.roles_to_give(book, actor_here()),
        activates=may_here(Action.USERS_ACTIVATE),
        life=limits().invitation.life,
        matrix=_matrix_url(),
    )


def role_choices(codes: Sequence[str]) -> list[tuple[str, str]]:
    """Choices of a select, which begins with none of them."""
    return [("", _("Select a role")), *((code, label_of(code)) for code in codes)]


def _role_hint(code: str) -> str:
    return said(definition(account_here().program.code).roles[code].description)
