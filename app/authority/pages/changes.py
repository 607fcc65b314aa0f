"""Changing a user: contact, role, and the deeds that are confirmed on a page of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.authority import rules
from app.authority.contacts import Contact
from app.authority.models import Membership
from app.authority.pages import pages
from app.authority.pages.deeds import CONFIRMED, deeds_on
from app.authority.pages.forms import ConfirmForm, ContactForm, RoleForm, version_of
from app.authority.pages.opening import account_here, actor_here, label_of, may_here, refusal
from app.authority.pages.sentences import show
from app.authority.pages.users import role_choices
from app.authority.people import as_member, role_book
from app.authority.queries_users import user as find_user
from app.authority.rules import MOVES_FROM, Move
from app.authority.service.access import change_contact, change_role
from app.base.db import session
from app.base.errors import Conflict, Invalid
from app.base.phones import show_phone
from app.programs.actions import Action
from app.web.access import current_person

_STATUSES: Final[Mapping[str, frozenset[str]]] = {
    "activate": MOVES_FROM[Move.ACTIVATE],
    "contact": MOVES_FROM[Move.END],
    "leave": MOVES_FROM[Move.END],
    "reactivate": MOVES_FROM[Move.REACTIVATE],
    "refuse": frozenset({"waiting"}),
    "remove": frozenset({"active", "suspended"}),
    "role": MOVES_FROM[Move.CHANGE_ROLE],
    "suspend": MOVES_FROM[Move.SUSPEND],
    "withdraw": frozenset({"offered"}),
}
"""From which statuses each deed of these pages begins."""


def _found(account_id: int, membership_id: int, deed: str) -> Membership:
    """The membership, when the reader may do the deed with it now.

    The service asks again, after its locks; this spares a form that could not be sent. Raises
    Conflict for a membership that has moved on, Refused for who may not.
    """
    row = find_user(session, current_person().id, account_id, membership_id)
    if deed in deeds_on(role_book(session, row.program_id), row):
        return row
    if row.status not in _STATUSES[deed]:
        raise Conflict("moved_on")
    action = Action.USERS_ACTIVATE if deed == "activate" else Action.USERS_MODIFY
    raise refusal("membership.leave" if deed == "leave" else action, row)


@pages.route("/a/<int:account_id>/users/<int:membership_id>/contact", methods=["GET", "POST"])
def contact(account_id: int, membership_id: int) -> str | Response:
    """The business contact of a user; never the mailbox that receives their codes."""
    row = _found(account_id, membership_id, "contact")
    form = ContactForm(
        version=str(row.row_version),
        title=row.contact_title,
        phone=show_phone(row.contact_phone),
        email=row.contact_email,
    )
    if form.validate_on_submit():
        told = Contact(form.title.data, form.phone.data, form.email.data)
        try:
            change_contact(current_person().id, membership_id, told, version_of(form))
        except (Invalid, Conflict) as error:
            show(form, error)
        else:
            flash(_("Your changes are saved."), "done")
            return redirect(_user_url(account_id, membership_id), code=303)
    return render_template("authority/contact.html", **_about(row), form=form)


@pages.route("/a/<int:account_id>/users/<int:membership_id>/role", methods=["GET", "POST"])
def role(account_id: int, membership_id: int) -> str | Response:
    """Another role for a user, of those the reader may give."""
    row = _found(account_id, membership_id, "role")
    book = role_book(session, row.program_id)
    given = [
        code
        for code in rules.roles_to_give(book, actor_here())
        if rules.may_change_role(book, actor_here(), as_member(row), code) and code != row.role_code
    ]
    form = RoleForm(version=str(row.row_version))
    form.role.choices = role_choices(given)
    if form.validate_on_submit():
        try:
            new = change_role(current_person().id, membership_id, form.role.data, version_of(form))
        except (Invalid, Conflict) as error:
            show(form, error)
        else:
            flash(_("The role is changed. The person is told by email."), "done")
            return redirect(_user_url(account_id, new), code=303)
    return render_template(
        "authority/role.html",
        **_about(row),
        form=form,
    )


@pages.route(
    "/a/<int:account_id>/users/<int:membership_id>/<any(activate, suspend, reactivate, remove,"
    " withdraw, refuse, leave):deed>",
    methods=["GET", "POST"],
)
def confirm(account_id: int, membership_id: int, deed: str) -> str | Response:
    """Ask once more, with the person's name; then do it, on the version that was shown."""
    row = _found(account_id, membership_id, deed)
    told = CONFIRMED[deed]
    form = ConfirmForm(version=str(row.row_version))
    if form.validate_on_submit():
        try:
            told.do(current_person().id, membership_id, version_of(form))
        except (Invalid, Conflict) as error:
            show(form, error)
        else:
            flash(told.done(), "done")
            if deed == "leave":
                return redirect(url_for("authority.businesses"), code=303)
            return redirect(url_for("authority.users", account_id=account_id), code=303)
    name = row.account.party.name if deed == "leave" else row.person.full_name
    return render_template(
        "authority/confirm.html", **_about(row), form=form, told=told, heading=told.heading(name)
    )


def _about(row: Membership) -> dict[str, Any]:
    return {
        "account": account_here(),
        "row": row,
        "role": label_of(row.role_code),
        "back": _user_url(row.account_id, row.id),
        "sees_users": may_here(Action.USERS_VIEW),
    }


def _user_url(account_id: int, membership_id: int) -> str:
    return url_for("authority.user", account_id=account_id, membership_id=membership_id)
