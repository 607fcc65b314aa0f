"""Headers on every answer: nothing inline, nothing from elsewhere, nothing kept by caches."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request

_POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",  # guichet.js asks to continue the session
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
CSP: Final = "; ".join(f"{name} {source}" for name, source in _POLICY.items())
HEADERS: Final = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    # An address may hold an account's number: it goes to nobody else.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS: Final = "max-age=63072000; includeSubDomains"
_WEEK: Final = "public, max-age=604800"
_FOREVER: Final = "public, max-age=31536000, immutable"


def install(app: Flask) -> None:
    """Add the headers to whatever the app answers, errors included."""
    app.after_request(_protect)


def _protect(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    if request.endpoint == "static" and response.status_code == 200:
        # The mark in ?v= changes with the content.
        response.headers["Cache-Control"] = _FOREVER if "v" in request.args else _WEEK
    else:
        # Every page may hold personal data, and Back after sign-out must show none of it.
        response.headers["Cache-Control"] = "no-store"
    return response
