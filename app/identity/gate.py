"""The gate, before every request: finds out who is there, and denies whatever is not allowed.

A page is for visitors only when it is marked so; a step of sign-in only for a session that has
come to that step; a staff screen only for staff. Everything else asks for a complete session.
"""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask, current_app, flash, g, redirect, request, url_for
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.audit.service import refused
from app.base.context import Origin, set_origin
from app.base.db import session
from app.base.errors import Refused
from app.identity import cookie, kept, sessions
from app.identity.sessions import Seen
from app.web.errors import set_keeper
from app.web.locale import is_unprefixed, language
from app.web.request_id import reference

_STEPS = {
    ("sign_in", "credential"): "identity.sign_in_code",
    ("sign_in", "code"): "identity.sign_in_terms",
    ("sign_up", "credential"): "identity.sign_up_code",
    ("sign_up", "code"): "identity.sign_up_terms",
    ("password_reset", "credential"): "identity.reset_code",
    ("password_reset", "code"): "identity.reset_new",
}


def install(app: Flask) -> None:
    """Put the gate before the form check and before Flask-AppBuilder."""
    cookie.install(app)
    before = app.before_request_funcs.setdefault(None, [])
    before.insert(0, _pass)
    set_keeper(app, _keep_form)


def current_session() -> Seen:
    """The session of this request, at whatever stage; the gate has found it alive."""
    seen: Seen | None = g.get("sign_in")
    if seen is None:
        raise Refused("session", "no_session")
    return seen


def next_step(purpose: str, stage: str) -> str:
    """The endpoint at which a session that is not complete goes on."""
    return _STEPS[purpose, stage]


def _pass() -> Response | None:
    """Let the request on, or answer it: the first thing that any request meets."""
    g.person = g.sign_in = None
    g.is_staff, g.session_ends, g.kept_fields = False, None, None
    set_origin(_origin(None))
    if request.endpoint is not None and _is_file(request.endpoint):
        return None
    seen = _find()
    if seen is not None and seen.over is None:
        _enter(seen)
    if request.endpoint is None:
        return None  # the shell says that there is no such page
    return _decide(_access_of(request.endpoint), seen)


def _is_file(endpoint: str) -> bool:
    return endpoint == "static" or is_unprefixed(request.path)


def _find() -> Seen | None:
    token = cookie.shown()
    if not token:
        return None
    seen = sessions.read(session, token)
    if seen is None:
        cookie.drop()
    return seen


def _enter(seen: Seen) -> None:
    """Make the session known to the request."""
    cookie.tie_forms_to(str(cookie.shown()))
    g.sign_in = seen
    if seen.row.stage == "full":
        g.person = seen.person
        g.is_staff = seen.is_staff
        g.session_ends = seen.ends_at
        set_origin(_origin(seen))
        if kept.MARK in request.args:
            _show_again(seen)
    sessions.touch(seen)


def _show_again(seen: Seen) -> None:
    """Fill the page's form with what its person had typed when the session ended."""
    person_id = seen.row.person_id or 0
    if request.method == "POST":
        kept.forget(person_id, request.path)
        return
    g.kept_fields = kept.find(session, person_id, request.path)
    if g.kept_fields is not None:
        flash(gettext("What you had typed is kept. Check it, then send it again."), "info")


def _origin(seen: Seen | None) -> Origin:
    return Origin(
        person_id=seen.row.person_id if seen else None,
        session_id=seen.row.id if seen else None,
        address=request.remote_addr,
        request_id=reference(),
        language=language(),
        code_verified_at=seen.row.code_verified_at if seen else None,
        endpoint=request.endpoint,
    )


def _access_of(endpoint: str) -> str:
    """The mark of a view: *public*, *credential*, *code*, *staff*, or *full*."""
    view = current_app.view_functions[endpoint]
    marked = getattr(view, "access", None)
    if marked is not None:
        return str(marked)
    # Every generated screen is a method of a view of Flask-AppBuilder's.
    generated = isinstance(getattr(view, "__self__", None), BaseView)
    return "staff" if generated or request.path.startswith("/staff") else "full"


def _decide(access: str, seen: Seen | None) -> Response | None:
    if access == "public":
        return None
    if seen is None or seen.over is not None:
        return _to_sign_in(seen)
    stage = seen.row.stage
    if access in {"credential", "code"}:
        # The stage alone is not enough: a reset's session has no business on a sign-in's page.
        here = stage == access and request.endpoint == next_step(seen.row.purpose, stage)
        return None if here else _to_own_step(seen)
    if stage != "full":
        return _to_own_step(seen)
    if access == "staff" and not seen.is_staff:
        refusal = Refused("staff.work.read", "not_staff", person_id=seen.row.person_id)
        refused(refusal)  # no deed is running that would write it down
        raise refusal
    return None


def _to_sign_in(seen: Seen | None) -> Response:
    """Lead to sign-in, and back to this page afterwards; a form that was sent is kept."""
    values = {"next": _this_page()}
    if seen is not None and seen.row.stage == "full" and seen.over != "signed_out":
        values["ended"] = "1"
        if request.method == "POST":
            values["next"] = _kept_here(seen)
    if seen is not None:
        cookie.drop()
    return redirect(f"{url_for('identity.sign_in')}?{urlencode(values)}", code=303)


def _keep_form() -> str:
    """A deed asks for a fresh code: what was sent for it is shown again afterwards."""
    return _kept_here(current_session())


def _kept_here(seen: Seen) -> str:
    """The address of this page, which shows again what was sent to it, where that was kept."""
    page = _this_page()
    if not kept.keep(seen) or kept.MARK in request.args:
        return page
    return page + ("&" if "?" in page else "?") + f"{kept.MARK}=1"


def _this_page() -> str:
    """The address to come back to; the address that a form posts to also shows it."""
    query = request.query_string.decode("latin-1")
    return f"{request.path}?{query}" if query else request.path


def _to_own_step(seen: Seen) -> Response:
    """A session half-way through goes on where it stands; a complete one goes home."""
    if seen.row.stage == "full":
        return redirect(url_for("front.home"), code=303)
    return redirect(url_for(next_step(seen.row.purpose, seen.row.stage)), code=303)
