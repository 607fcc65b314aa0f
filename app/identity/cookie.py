"""The cookie of the sign-in session: a random token, and the form token that belongs to it."""

from __future__ import annotations

import hashlib
import hmac

from flask import Flask, Response, current_app, g, request
from flask import session as form_session

from app.base.settings import get

_FORM_TOKEN = "csrf_token"  # noqa: S105 (Flask-WTF's name for it)


def is_secure() -> bool:
    """Whether the portal is reached by TLS; a laptop's is not."""
    return get().base_url.startswith("https:")


def name() -> str:
    """With TLS the browser itself guards the name: no subdomain or plain page can set it."""
    return "__Host-guichet" if is_secure() else "guichet"


def shown() -> str | None:
    """The token that this request came with."""
    return request.cookies.get(name())


def keep(token: str) -> None:
    """Send this token with the answer; the form token follows it."""
    g.new_sign_in_token = token
    tie_forms_to(token)


def drop() -> None:
    """Take the cookie back with the answer, and with it the form token."""
    g.new_sign_in_token = ""
    form_session.clear()
    g.pop(_FORM_TOKEN, None)


def form_token_of(token: str) -> str:
    """What the forms of a session are signed with: nobody can make it without the cookie."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, b"guichet:form:" + token.encode(), hashlib.sha256).hexdigest()


def tie_forms_to(token: str) -> None:
    """Make this session's forms useless to any other, also to one planted by a neighbour."""
    wanted = form_token_of(token)
    if form_session.get(_FORM_TOKEN) != wanted:
        form_session[_FORM_TOKEN] = wanted
        g.pop(_FORM_TOKEN, None)


def install(app: Flask) -> None:
    """Write the cookie on the answers that give or take one."""
    app.after_request(_write)


def _write(response: Response) -> Response:
    token = g.get("new_sign_in_token")
    if token is None:
        return response
    response.set_cookie(
        name(),
        token,
        max_age=None if token else 0,
        path="/",
        secure=is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response
