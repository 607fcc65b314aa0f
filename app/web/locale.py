"""The language is the first part of the address: ``/en/…`` and ``/fr/…`` are the same pages.

A WSGI middleware moves that part into SCRIPT_NAME, so that every ``url_for``, menu link and
``next`` follows by itself and two tabs keep their own language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Flask, Response, abort, current_app, has_request_context, redirect, request
from flask_babel import get_locale

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from werkzeug.wrappers import Response as BaseResponse

LANGUAGES: Final = ("en", "fr")
LOCALES: Final = {"en": "en_CA", "fr": "fr_CA"}
COOKIE: Final = "guichet_language"
_YEAR: Final = 365 * 24 * 3600
IN_PATH: Final = "/:@!$&'()*+,;=~-._"
# Machines ask for these; they have no language.
UNPREFIXED: Final = (
    "/static/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/favicon.ico",
    "/robots.txt",
    "/.well-known/",
)


class LanguagePrefix:
    """WSGI middleware: ``/fr/users`` becomes SCRIPT_NAME ``/fr`` and PATH_INFO ``/users``."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Mark the request with its language, or leave it as it is when it has none."""
        root, path = environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", "")
        environ["guichet.root"] = root
        head, _, rest = path.removeprefix("/").partition("/")
        if path.startswith("/") and head in LANGUAGES:
            environ["guichet.language"] = head
            environ["SCRIPT_NAME"] = f"{root}/{head}"
            environ["PATH_INFO"] = f"/{rest}"
        return self.app(environ, start)


def language() -> str:
    """The language of what is being written, ``en`` or ``fr``: page, e-mail, letter or file."""
    locale = get_locale()
    return "fr" if locale is not None and locale.language == "fr" else "en"


def other_language() -> str:
    """The official language that is not this one."""
    return "en" if language() == "fr" else "fr"


def is_unprefixed(path: str) -> bool:
    """Whether this address has no language: files, health, what machines ask for."""
    return any(path == mark or path.startswith(mark) for mark in UNPREFIXED)


def prefixed() -> str | None:
    """The language in the address of this request; None where it has none."""
    found: str | None = request.environ.get("guichet.language")
    return found


def preferred() -> str:
    """The language to answer in when the address names none: person, then cookie, then browser."""
    return chosen() or _spoken() or "en"


def _spoken() -> str | None:
    """The first of our languages that the browser asks for, ``fr-CA`` being ``fr``.

    Werkzeug's own ``best_match`` would give English to ``fr-CA, en;q=0.5``.
    """
    wanted = (tag.partition("-")[0].lower() for tag, _quality in request.accept_languages)
    return next((tag for tag in wanted if tag in LANGUAGES), None)


def chosen() -> str | None:
    """The language the person or this browser chose before; None for a first visit."""
    viewer = current_app.extensions.get("guichet.viewer")
    person = viewer() if viewer is not None else None
    if person is not None and person.language in LANGUAGES:
        return str(person.language)
    cookie = request.cookies.get(COOKIE)
    return cookie if cookie in LANGUAGES else None


def select_locale() -> str:
    """Flask-Babel's question. ``fr_CA`` and not ``fr``: its numbers and dates are Canadian."""
    if not has_request_context():
        return LOCALES["en"]
    return LOCALES[prefixed() or preferred()]


def address_in(language: str) -> str:
    """The address of this page in ``language``, its query kept."""
    root = request.environ.get("guichet.root", "")
    query = request.query_string.decode("latin-1")
    address = f"{root}/{language}{quote(request.path, safe=IN_PATH)}"
    return f"{address}?{query}" if query else address


def other_language_url() -> str:
    """The same page in the other language, its query kept.

    A page that answers a button's POST and cannot be opened leads to the front page instead.
    """
    other = other_language()
    if request.method not in {"GET", "HEAD"}:
        adapter = current_app.create_url_adapter(request)
        if adapter is None or not adapter.test(request.path, "GET"):
            return f"{request.environ.get('guichet.root', '')}/{other}/"
    return address_in(other)


def install(app: Flask, front: Callable[[], str]) -> None:
    """Put the prefix around ``app``; ``front`` draws the page that offers both languages.

    Call it after AppBuilder: its own choice of the locale (a session value set by GET, or a
    query argument) is replaced.
    """
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[assignment, method-assign]
    app.extensions["babel"].locale_selector = select_locale

    def into_a_language() -> BaseResponse | None:
        if prefixed():
            return abort(404) if is_unprefixed(request.path) else None
        if is_unprefixed(request.path):
            return None
        if request.method not in {"GET", "HEAD"}:
            abort(404)
        if request.path == "/" and chosen() is None:
            answer: BaseResponse = Response(front())
        else:
            answer = redirect(address_in(preferred()), code=302)
        answer.headers["Vary"] = "Accept-Language, Cookie"
        answer.headers["Cache-Control"] = "no-store"
        return answer

    # Before the gate, which knows only pages that have a language.
    app.before_request_funcs.setdefault(None, []).insert(0, into_a_language)
    app.after_request(_remember)


def _remember(response: Response) -> Response:
    """Keep the language of the page as this browser's, for the next unprefixed address."""
    here = prefixed()
    if here and request.cookies.get(COOKIE) != here:
        response.set_cookie(
            COOKIE, here, max_age=_YEAR, secure=request.is_secure, httponly=True, samesite="Lax"
        )
    return response
