"""A fresh code, for what asks for one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.base.db import session
from app.base.errors import Conflict, Invalid, TooMany
from app.identity import cookie, service
from app.identity.forms import CodeForm
from app.identity.pages import pages
from app.identity.pages.common import asked_next, go, is_pressed, masked_email, row, start_again
from app.identity.sentences import show
from app.web.access import current_person


@pages.route("/step-up", methods=["GET", "POST"])
def step_up() -> str | Response:
    """Ask for a code, enter it, and go back to what was being done.

    Opening the page sends nothing: mail scanners and previews open pages too.
    """
    form = CodeForm()
    try:
        if is_pressed("again"):
            service.begin_step_up(current_person().id, row().id)
            flash(gettext("We sent a code to %(email)s.", email=masked_email()), "done")
            return redirect(url_for("identity.step_up", next=asked_next()), code=303)
        if form.validate_on_submit():
            step = service.confirm_step_up(row().id, form.code.data or "")
            cookie.keep(step.token)
            return go(asked_next())
    except (Invalid, TooMany) as error:
        show(form, error)
    except Conflict:
        return start_again()
    expires = service.expires_at(session, row().id)
    if expires is None:
        # The code ended meanwhile: the page offers to send one, and asks for none.
        form.lift("code")
    return render_template(
        "identity/step_up.html",
        form=form,
        email=masked_email(),
        expires=expires,
        back=asked_next(),
    )
