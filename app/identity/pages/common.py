"""What the steps of sign-in share: who is on the way, where it leads, the cookie."""

from __future__ import annotations

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.base.text import mask_email
from app.identity import cookie, rules, service
from app.identity.gate import current_session, next_step
from app.identity.models import SignInSession
from app.identity.sessions import Step
from app.web.locale import LANGUAGES


def device() -> str:
    """Browser and system of this request, in a few words."""
    return rules.device_of(request.user_agent.string)


def asked_next() -> str | None:
    """The page to go on to, without its language: the reader's of the moment decides."""
    path = rules.safe_next(request.args.get("next"))
    if path is None:
        return None
    for language in LANGUAGES:
        if path == f"/{language}" or path.startswith(f"/{language}/"):
            return rules.safe_next(path.removeprefix(f"/{language}") or "/")
    return path


def go(path: str | None) -> Response:
    """Lead to a page of ours, in the language of this one; by default to the front page."""
    safe = rules.safe_next(path) or "/"
    return redirect(f"{request.root_path}{safe}", code=303)


def begin(step: Step) -> Response:
    """Give the browser its new session, end the one it had, and lead to the next step."""
    if g.get("sign_in") is not None:
        service.replace(g.sign_in.row.id)
    cookie.keep(step.token)
    return redirect(url_for(next_step(step.purpose, step.stage)), code=303)


def go_on(step: Step) -> Response:
    """Renew the cookie and lead to the next step, or into the portal when it was the last."""
    cookie.keep(step.token)
    if step.stage == "full":
        return go(step.next_path)
    return redirect(url_for(next_step(step.purpose, step.stage)), code=303)


def start_again() -> Response:
    """The session ended under the form: begin again."""
    cookie.drop()
    flash(gettext("Your session has ended. Sign in again."), "info")
    return redirect(url_for("identity.sign_in"), code=303)


def row() -> SignInSession:
    """The session's row of this request."""
    return current_session().row


def masked_email() -> str | None:
    """The mailbox of whoever is on the way, hidden from whoever looks on."""
    person = current_session().person
    return mask_email(person.email) if person is not None else None


def is_pressed(button: str) -> bool:
    """Whether the form was sent by this button and not only to change the language."""
    return request.method == "POST" and button in request.form
