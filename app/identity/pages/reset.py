"""A forgotten password: whose it is, the code, the new one.

The pages look the same whether the username is known or not.
"""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.base.db import session
from app.base.errors import Conflict, Invalid, TooMany
from app.identity import cookie, service
from app.identity.forms import CodeForm, NewPasswordForm, ResetForm
from app.identity.pages import pages
from app.identity.pages.common import begin, device, go_on, is_pressed, row, start_again
from app.identity.sentences import show
from app.programs.limits import limits
from app.web.access import public, stage


@pages.route("/password", methods=["GET", "POST"])
@public
def reset() -> str | Response:
    """Ask for a code; a signed-in person is led to where the present password is asked."""
    if g.get("person") is not None:
        return redirect(url_for("identity.my_password"))
    form = ResetForm()
    if form.validate_on_submit():
        try:
            return begin(service.request_reset(form.sign_in_name.data, device=device()))
        except TooMany as error:
            show(form, error)
    return render_template("identity/reset.html", form=form)


@pages.route("/password/code", methods=["GET", "POST"])
@stage("credential")
def reset_code() -> str | Response:
    """The code, or another one."""
    form = CodeForm()
    try:
        if is_pressed("again"):
            service.resend_reset(row().id)
            flash(gettext("If we know this username, we sent a new code."), "done")
            return redirect(url_for("identity.reset_code"), code=303)
        if form.validate_on_submit():
            return go_on(service.confirm_reset(row().id, form.code.data or ""))
    except (Invalid, TooMany) as error:
        show(form, error)
    except Conflict:
        return start_again()
    expires = service.expires_at(session, row().id)
    return render_template("identity/reset_code.html", form=form, expires=expires)


@pages.route("/password/new", methods=["GET", "POST"])
@stage("code")
def reset_new() -> str | Response:
    """The new password; then sign in like at any other time."""
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            service.set_password(row().id, form.password.data)
        except Invalid as error:
            show(form, error)
        except Conflict:
            return start_again()
        else:
            cookie.drop()
            flash(gettext("Your password is changed. Sign in with the new one."), "done")
            return redirect(url_for("identity.sign_in"), code=303)
    return render_template("identity/reset_new.html", form=form, limit=limits().password)
