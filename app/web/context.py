"""What every template may name: the viewer, the nameplate, addresses, and the page's form."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from flask import Flask, current_app, g, request, url_for
from markupsafe import Markup
from werkzeug.routing import BuildError

from app.web import keys, locale
from app.web.fields import field_kind, is_optional

_ELEMENT: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a menu. ``current`` marks the page that is open."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Nameplate:
    """What hangs from the counter: for which business (or program) the reader acts.

    ``number`` is the business number, shown after ``number_label`` (BN / NE by default); ``part``
    what the program account that is open is called.
    """

    name: str
    number: str | None = None
    role: str | None = None
    links: Sequence[Link] = ()
    number_label: str | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the page, once signed in.

    ``unread`` counts notices; ``session_ends`` is when the session ends if nothing is done,
    ``idle_seconds`` how far away that is.
    """

    name: str
    language: str
    unread: int = 0
    session_ends: datetime | None = None
    idle_seconds: int | None = None


@dataclass(slots=True)
class PageForm:
    """A form that leads to the page it stands on: the language switch submits it.

    By POST, or by GET where the page is read from its address: a search, the filters of a list.
    """

    id: str
    errors: int
    switches: bool
    by_get: bool = False
    primary: tuple[str, str | None, str | None] | None = None
    summary_shown: bool = field(default=False)


def set_viewer(app: Flask, viewer: Callable[[], Viewer | None]) -> None:
    """Say who looks: ``viewer`` is asked at most once a request."""

    def once() -> Viewer | None:
        if "viewer" not in g:
            g.viewer = None  # asked while it is being found: nobody yet
            g.viewer = viewer()
        found: Viewer | None = g.viewer
        return found

    app.extensions["guichet.viewer"] = once


def current_viewer() -> Viewer | None:
    """Who looks at this page; None for a visitor."""
    viewer = current_app.extensions.get("guichet.viewer")
    return viewer() if viewer is not None else None


def set_date_modified(app: Flask, changed: date) -> None:
    """Give the date shown as *Date modified*: that of the release."""
    app.extensions["guichet.modified"] = changed


def begin_form(form: Any, form_id: str, here: bool) -> PageForm:
    """Register a form as it is drawn. The first one that posts to its own page is the page's."""
    problems = len(form.problems()) if hasattr(form, "problems") else 0
    begun = PageForm(form_id, problems, switches=here)
    g.setdefault("page_forms", []).append(begun)
    return begun


def begin_search(form_id: str, label: str = "", name: str | None = None) -> str:
    """Register a form that asks by GET, with the button that Enter must press if it has one."""
    primary = (str(label), name, "yes") if label else None
    begun = PageForm(form_id, 0, switches=True, by_get=True, primary=primary)
    g.setdefault("page_forms", []).append(begun)
    return ""


def page_form() -> PageForm | None:
    """The form whose typed values a change of language must keep; None when there is none.

    One that posts comes first: what is typed there is longer.
    """
    forms: list[PageForm] = g.get("page_forms", [])
    there = [begun for begun in forms if begun.switches]
    return min(there, key=lambda begun: begun.by_get, default=None)


def error_count() -> int:
    """How many errors the forms of this page show: the title begins with it."""
    forms: list[PageForm] = g.get("page_forms", [])
    return sum(begun.errors for begun in forms)


def untagged(html: str) -> Markup:
    """Markup without its elements; U+00A0 stays, which Jinja's ``striptags`` makes a space."""
    return Markup(_ELEMENT.sub("", str(html)).strip(" \n"))  # noqa: S704 (only elements went)


def note_primary(label: str, name: str | None = None, value: str | None = None) -> str:
    """Remember the form's first button.

    Enter must press it and not the language switch, which stands earlier in the page.
    """
    forms: list[PageForm] = g.get("page_forms", [])
    if forms and forms[-1].primary is None:
        forms[-1].primary = (str(label), name, value)
    return ""


def on_phone() -> bool:
    """Whether the browser says that it is a phone's: what folds there stands open elsewhere."""
    hint = request.headers.get("Sec-CH-UA-Mobile")
    return hint == "?1" if hint else "Mobi" in request.headers.get("User-Agent", "")


def page_again() -> str:
    """This page opened afresh, or the home page when it opens by a button only."""
    return at(request.path) or at("/") or "/"


def page_action() -> str:
    """The address of this page, query kept: where its own form posts to."""
    address = f"{request.root_path}{quote(request.path, safe=locale.IN_PATH)}"
    query = request.query_string.decode("latin-1")
    return f"{address}?{query}" if query else address


def choices_of(field: Any) -> list[tuple[str, str, bool]]:
    """The answers of a choice field: value, words, whether chosen."""
    return [(str(c[0]), c[1], bool(c[2])) for c in field.iter_choices()]


def has_file(form: Any) -> bool:
    """Whether a form sends a file, which needs its own encoding."""
    own = getattr(form, "sends_files", False)  # questions are no fields of the form library
    return own or any(field_kind(field) == "file" for field in form)


def url_if(endpoint: str, **values: Any) -> str | None:
    """The address of an endpoint, or None when this portal has none of that name."""
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return None


def at(path: str, method: str = "GET") -> str | None:
    """The address of a path of the contract (``/me``, ``/notices``), or None when not served."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    return f"{request.root_path}{path}" if _is_served(app, path, method) else None


@functools.lru_cache(maxsize=512)
def _is_served(app: Flask, path: str, method: str) -> bool:
    """Whether an app has an address: it gets no new ones once it answers requests.

    A page asks twenty times, and each answer looks through all of them.
    """
    return app.url_map.bind("localhost").test(path, method)


def static_url(name: str) -> str:
    """The address of a file of the shell: without language, with its content's mark."""
    root = request.environ.get("guichet.root", "")
    return f"{root}/static/{name}?v={_mark(current_app.static_folder or '', name)}"


@functools.cache
def _mark(folder: str, name: str) -> str:
    return hashlib.sha256(Path(folder, name).read_bytes()).hexdigest()[:10]


def install(app: Flask) -> None:
    """Give the templates their names."""
    app.jinja_env.filters["untagged"] = untagged
    app.jinja_env.globals.update(
        address_in=locale.address_in,
        at=at,
        begin_form=begin_form,
        choices_of=choices_of,
        error_count=error_count,
        field_kind=field_kind,
        has_file=has_file,
        is_optional=is_optional,
        keys_on=keys.are_on,
        language=locale.language,
        note_primary=note_primary,
        on_phone=on_phone,
        page_action=page_action,
        page_again=page_again,
        other_language_url=locale.other_language_url,
        page_form=page_form,
        begin_search=begin_search,
        static_url=static_url,
        url_if=url_if,
    )

    @app.context_processor
    def names() -> dict[str, Any]:
        return {
            "lang": locale.language(),
            "other_lang": locale.other_language(),
            "viewer": current_viewer(),
            "nameplate": g.get("nameplate"),
            "date_modified": app.extensions.get("guichet.modified"),
        }
