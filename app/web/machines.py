"""What machines ask for at fixed addresses, without a language."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, current_app, redirect
from werkzeug.wrappers import Response as BaseResponse

from app.programs import library
from app.web.access import public
from app.web.context import static_url

pages = Blueprint("machines", __name__)


@pages.get("/robots.txt")
@public
def robots() -> Response:
    """Search engines have nothing to look for behind a sign-in."""
    return Response("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")


@pages.get("/favicon.ico")
@public
def favicon() -> BaseResponse:
    """Browsers that overlook the page's own link."""
    return redirect(static_url("favicon.svg"))


@pages.get("/.well-known/security.txt")
@public
def security() -> Response:
    """Whom to tell of a weakness (RFC 9116). It holds for a year from the release."""
    ends = current_app.extensions["guichet.modified"] + timedelta(days=365)
    lines = (
        f"Contact: mailto:{library.portal().agency.contact.email}",
        f"Expires: {ends.isoformat()}T00:00:00Z",
        "Preferred-Languages: en, fr",
    )
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
