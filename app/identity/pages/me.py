"""My account: details, password, sessions."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from app.base.db import session
from app.base.errors import Conflict, Invalid, TooMany
from app.base.phones import show_phone
from app.identity import cookie, queries, service
from app.identity.forms import ChangePasswordForm, DetailsForm, fields_of
from app.identity.pages import pages
from app.identity.pages.common import row, start_again
from app.identity.sentences import show
from app.programs.limits import limits
from app.web.access import current_person
from app.web.forms import STALE


@pages.route("/me", methods=["GET", "POST"])
def me() -> str | Response:
    """Name, telephone and language; what cannot be changed here is shown beside."""
    person = current_person()
    form = DetailsForm(
        given_name=person.given_name,
        family_name=person.family_name,
        phone=show_phone(person.phone),
        language=person.language,
        version=str(person.row_version),
    )
    if form.validate_on_submit():
        details = service.Details(
            **fields_of(form, "given_name", "family_name", "phone", "language")
        )
        try:
            service.update_details(person.id, details, _version(form))
        except Invalid as error:
            show(form, error)
        except Conflict:
            form.add_error(None, STALE)
        else:
            flash(gettext("Your changes are saved."), "done")
            return redirect(url_for("identity.me"), code=303)
    name = queries.sign_in_name(session, person)
    return render_template("identity/me.html", form=form, person=person, sign_in_name=name)


def _version(form: DetailsForm) -> int:
    text = form.version.data or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@pages.route("/me/password", methods=["GET", "POST"])
def my_password() -> str | Response:
    """The present password and a new one; other sessions end."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            step = service.change_password(
                current_person().id, row().id, form.present.data, form.password.data
            )
        except (Invalid, TooMany) as error:
            show(form, error)
        except Conflict:
            return start_again()
        else:
            cookie.keep(step.token)
            flash(gettext("Your password is changed. Your other sessions have ended."), "done")
            return redirect(url_for("identity.me"), code=303)
    return render_template("identity/my_password.html", form=form, limit=limits().password)


@pages.get("/me/sessions")
def my_sessions() -> str:
    """Where the person is signed in now."""
    found = queries.my_sessions(session, current_person().id)
    return render_template("identity/my_sessions.html", sessions=found, here=row().id)


@pages.post("/me/sessions/<int:session_id>/end")
def end_session(session_id: int) -> Response:
    """End one of one's own sessions; this one too, which is signing out."""
    service.end_session(current_person().id, session_id)
    flash(gettext("The session has ended."), "done")
    return redirect(url_for("identity.my_sessions"), code=303)


@pages.post("/me/sessions/end-others")
def end_other_sessions() -> Response:
    """End every other session."""
    count = service.end_other_sessions(current_person().id, row().id)
    words = ngettext("%(num)s session has ended.", "%(num)s sessions have ended.", count)
    flash(words, "done")
    return redirect(url_for("identity.my_sessions"), code=303)
