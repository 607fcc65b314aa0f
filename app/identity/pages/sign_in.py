"""Sign-in: username and password, the code, the terms."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.base.db import session
from app.base.errors import Conflict, Invalid, TooMany
from app.identity import cookie, service, sessions
from app.identity.forms import CodeForm, SignInCodeForm, SignInForm, TermsForm
from app.identity.gate import current_session
from app.identity.pages import pages
from app.identity.pages.common import (
    asked_next,
    begin,
    device,
    go,
    go_on,
    is_pressed,
    masked_email,
    row,
    start_again,
)
from app.identity.sentences import show
from app.programs.library import portal
from app.web.access import public, stage


@pages.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> str | Response:
    """Username and password."""
    if g.get("person") is not None:
        return go(asked_next())
    form = SignInForm()
    if form.validate_on_submit():
        try:
            return begin(
                service.sign_in(
                    form.sign_in_name.data,
                    form.password.data,
                    device=device(),
                    next_path=asked_next(),
                )
            )
        except (Invalid, TooMany) as error:
            show(form, error)
    ended = request.args.get("ended") == "1" and request.method == "GET"
    return render_template("identity/sign_in.html", form=form, ended=ended, next=asked_next())


@pages.route("/sign-in/code", methods=["GET", "POST"])
@stage("credential")
def sign_in_code() -> str | Response:
    """The code and, once the terms in force were accepted before, the terms beside it."""
    return code_page()


@pages.route("/sign-up/code", methods=["GET", "POST"])
@stage("credential")
def sign_up_code() -> str | Response:
    """The code that verifies the mailbox of a new person."""
    return code_page()


def code_page() -> str | Response:
    """One page for the code of sign-up and sign-in: enter it, or ask for another."""
    form = SignInCodeForm() if _knows_the_terms() else CodeForm()
    try:
        if is_pressed("again"):
            service.send_new_code(row().id)
            flash(gettext("We sent a new code."), "done")
            return redirect(url_for(str(request.endpoint)), code=303)
        if form.validate_on_submit():
            return _enter(form)
    except (Invalid, TooMany) as error:
        show(form, error)
    except Conflict:
        return start_again()
    facts = _code_facts()
    if isinstance(form, SignInCodeForm):
        form.version.data = str(facts["terms"].version)
    return render_template("identity/code.html", form=form, **facts)


def _knows_the_terms() -> bool:
    person = current_session().person
    if person is None or row().purpose != "sign_in":
        return False
    kinds = ("mfa", "portal")
    return all(service.has_accepted(session, person.id, kind) for kind in kinds)


def _code_facts() -> dict[str, Any]:
    return {
        "email": masked_email(),
        "expires": service.expires_at(session, row().id),
        "terms": service.terms_of("portal"),
        "agency": portal().agency,
    }


def _enter(form: CodeForm) -> Response:
    step = service.confirm_code(row().id, form.code.data or "")
    # Kept at once: when the terms changed meanwhile, the code is not asked for again.
    cookie.keep(step.token)
    if not isinstance(form, SignInCodeForm):
        return go_on(step)
    try:
        step = service.accept_terms(step.session_id, "portal", _version(form))
    except Conflict:
        return go_on(step)
    return go_on(step)


def _version(form: SignInCodeForm | TermsForm) -> int:
    """The version that the form was drawn with; 0, which never was one, for anything else."""
    text = form.version.data or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@pages.route("/sign-in/terms", methods=["GET", "POST"])
@stage("code")
def sign_in_terms() -> str | Response:
    """The terms, whole, when they were never accepted in this version."""
    return terms_page()


@pages.route("/sign-up/terms", methods=["GET", "POST"])
@stage("code")
def sign_up_terms() -> str | Response:
    """The MFA terms, which bring the user reference number, then those of the portal."""
    return terms_page()


def terms_page() -> str | Response:
    """Show the terms that come next, and go on once they are accepted."""
    person = current_session().person
    if person is None:
        return start_again()
    kind = service.pending_terms(session, person.id)
    terms = service.terms_of(kind)
    form = TermsForm()
    if form.validate_on_submit():
        try:
            return go_on(service.accept_terms(row().id, form.kind.data or "", _version(form)))
        except Conflict as conflict:
            if conflict.reason == "session_ended":
                return start_again()
            # Another version, or another tab went on: what comes next is shown instead.
            return redirect(url_for(str(request.endpoint)), code=303)
    form.kind.data, form.version.data = kind, str(terms.version)
    return render_template("identity/terms.html", form=form, terms=terms, kind=kind)


@pages.post("/sign-out")
@public
def sign_out() -> Response:
    """End the session, however far it came; by POST, so that no link or picture can do it."""
    if g.get("sign_in") is not None:
        service.sign_out(g.sign_in.row.id)
    cookie.drop()
    flash(gettext("You are signed out."), "done")
    return redirect(url_for("front.home"), code=303)


@pages.post("/session/extend")
def extend() -> Response:
    """The person asked for more time: idle begins anew."""
    sessions.touch(current_session(), at_once=True)
    answer = Response(status=204)
    del answer.headers["Content-Type"]  # there is no content
    return answer
