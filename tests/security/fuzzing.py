"""Where one may knock, and with which fields: read from the portal itself, nothing forgotten.

Every method of every endpoint; the fields of every form that any page shows, under the address it
is sent to; every parameter that pages read, that their links carry, or that a screen's list knows.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import EnvironBuilder
from lxml import html
from sqlalchemy import text
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Response

from app.identity import cookie
from tests.endpoints import TABLE
from tests.security.hostile import HEADERS, HOSTS, TYPES, pair, shaped
from tests.security.judging import Judge
from tests.support.client import Client, without_language
from tests.support.doors import (
    Door,
    address,
    doors,
    enter,
    form_token,
    give_everybody_a_session,
)
from tests.support.peopled import Fresh, Places

ATTACKERS = (
    "visitor", "password only", "code, no terms", "stranger", "owner", "program_officer",
    "supervisor", "auditor", "administrator",
)  # fmt: skip
_KEPT_OUT = {"sign in", "own step", "403", "404", "home"}
READ = (
    "next", "q", "after", "before", "older", "program", "kept", "ended", "mine", "page", "deed",
    "row", "v", "lang", "psize", "again", "state", "first", "back", "_l_", "screen", "kind",
)  # fmt: skip
"""Parameters that pages read without showing them."""
EVERYWHERE = ("_method", "_switch_language", "version", "file")
A_GUESS = ("code", "accept", "attested", "password", "password_again", "answer", "kind", "row")
"""Fields of forms that no page of this world shows."""
FRESH_EVERY = 500
"""Requests after which the world is put back as it was."""
FORGET_EVERY = 20
"""Requests after which the limits are forgotten: else they alone would answer."""


@dataclass(frozen=True)
class Surface:
    """A door, where it stands, who may open it, and the fields it may be asked with."""

    name: str
    method: str
    path: str
    actors: tuple[str, ...]
    fields: tuple[str, ...]
    good: dict[str, str] = field(default_factory=dict)
    shown: bool = True
    """Whether a page shows the form that is sent to it."""


def surfaces(app: Flask, places: Places, tokens: dict[str, str]) -> list[Surface]:
    """Every surface of the portal, for whoever is let in at it."""
    browsers = {actor: enter(app, tokens, actor) for actor in ATTACKERS}
    known = list(_lines(app, places))
    sent: dict[str, dict[str, str]] = defaultdict(dict)
    asked: dict[str, set[str]] = defaultdict(set)
    for name, door, path in known:
        if door.method == "GET":
            for actor in _inside(name)[:1]:
                _read(app, browsers[actor], name, path, sent, asked)
    found = []
    for name, door, path in known:
        actors = _inside(name) or ("visitor",)
        if door.method == "GET":
            names = {*READ, *asked[name], *_of_a_list(app, door)}
            found.append(Surface(name, "GET", path, actors, tuple(sorted(names))))
        else:
            bare = path.partition("?")[0]
            shown = door.endpoint in sent or bare in sent
            good = sent.get(door.endpoint, {}) | sent.get(bare, {})
            names = {*good, *EVERYWHERE} if shown else {*good, *EVERYWHERE, *A_GUESS}
            found.append(Surface(name, "POST", path, actors, tuple(sorted(names)), good, shown))
    return found


def _lines(app: Flask, places: Places) -> Iterator[tuple[str, Door, str]]:
    by_name = {str(door): door for door in doors(app)}
    for name, line in TABLE.items():
        door = by_name[name.partition(" [")[0]]
        yield name, door, address(app, door, places, line.given)


def _inside(name: str) -> tuple[str, ...]:
    return tuple(one for one in ATTACKERS if TABLE[name].answers[one] not in _KEPT_OUT)


def _read(
    app: Flask,
    browser: Client,
    name: str,
    path: str,
    sent: dict[str, dict[str, str]],
    asked: dict[str, set[str]],
) -> None:
    """The forms and links of a page: fields by the endpoint and the address they are sent to."""
    with browser.http.get(path, buffered=True) as response:
        if response.status_code != 200 or "html" not in response.headers["Content-Type"]:
            return
        page = html.fromstring(response.text)
    for form in page.forms:
        values = {n: str(form.fields.get(n) or "1") for n in form.fields if n != "csrf_token"}
        values = {n: value for n, value in values.items() if n}
        if form.method == "GET":
            asked[name] |= set(values)
            continue
        to = urlsplit(form.action or path).path
        sent[to] |= values
        if endpoint := _endpoint(app, to):
            sent[endpoint] |= values
    for link in page.iter("a"):
        asked[name] |= set(parse_qs(urlsplit(link.get("href") or "").query, keep_blank_values=True))


def _endpoint(app: Flask, path: str) -> str | None:
    try:
        return app.url_map.bind("localhost").match(without_language(path), "POST")[0]
    except (HTTPException, RequestRedirect):
        return None


def _of_a_list(app: Flask, door: Door) -> Iterator[str]:
    """The parameters of a generated list: size, page, order, and each filter of each column."""
    view = door.endpoint.partition(".")[0]
    for screen in app.appbuilder.baseviews:
        if type(screen).__name__ == view:
            yield from (f"{kind}_{view}" for kind in ("psize", "page", "_oc", "_od"))
            for column in getattr(screen, "search_columns", ()):
                yield from (f"_flt_{number}_{column}" for number in range(3))


_known: list[Surface] = []


class Attack:
    """Sends requests at surfaces, one after the other, and keeps what was wrong with an answer."""

    def __init__(self, app: Flask, fresh: Fresh, places: Places) -> None:
        self.app, self._fresh, self.places = app, fresh, places
        self.judge = Judge()
        self.broken: dict[str, str] = {}
        self.sent = self.values = 0
        self._stand()
        if not _known:  # read once a process: every world is a copy of one
            _known.extend(surfaces(app, places, self._tokens))
        self.surfaces = _known

    def _stand(self) -> None:
        self._world = self._fresh()
        self._tokens = give_everybody_a_session(self._world, self.places)
        self._browsers: dict[str, tuple[Client, str]] = {}

    def _browser(self, actor: str) -> tuple[Client, str]:
        if actor not in self._browsers:
            client = enter(self.app, self._tokens, actor)
            self._browsers[actor] = client, form_token(client)
        return self._browsers[actor]

    def send(self, surface: Surface, actor: str, draw: Callable[[Any], Any], made: Any) -> None:
        """One request: some fields of the surface, hostile, in a hostile way."""
        self._between()
        client, token = self._browser(actor)
        options = made.request(surface, token, draw)
        self.sent += 1
        self.values += made.hostile
        what = f"{surface.name} by {actor}: {made.told(options)}"
        try:
            response = _answer(self.app, client, options)
        except Exception as error:  # noqa: BLE001 (any crash is a finding)
            first = str(error).partition("\n")[0][:200]
            self.broken[what] = f"{type(error).__name__}: {first}"
            return
        with response:
            if fault := self.judge.fault(surface.name, actor, response):
                self.broken[what] = fault
        if surface.method == "POST" and surface.name.startswith("POST identity."):
            # Who signed out comes in again; to the others nothing happened.
            again = give_everybody_a_session(self._world, self.places)
            self._tokens |= {one: token for one, token in again.items() if one == actor}
            self._browsers.pop(actor)

    def _between(self) -> None:
        if self.sent and self.sent % FRESH_EVERY == 0:
            self._world.close()
            self._stand()
        elif self.sent % FORGET_EVERY == 0:
            self._world.db.execute(text("DELETE FROM limit_event"))
            self._world.db.commit()


def _answer(app: Flask, client: Client, options: dict[str, Any]) -> Response:
    """What the portal answers. The test client itself stumbles over odd host names."""
    host = dict(options["headers"]).get("Host")
    if host is None:
        return client.http.open(buffered=True, **options)
    builder = EnvironBuilder(app, **{**options, "headers": []})
    environ = builder.get_environ() | {"HTTP_HOST": host}
    token = client.cookie(cookie.name())
    environ["HTTP_COOKIE"] = f"{cookie.name()}={token}" if token else ""
    body, status, headers = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    builder.close()
    return Response(body, status, headers)


class Request:
    """Makes requests out of what hypothesis draws."""

    def __init__(self, values: Any, shapes: Any, ways: Any, strategies: Any) -> None:
        self.values, self.shapes, self.ways, self.st = values, shapes, ways, strategies
        self.hostile = 0
        """How many parameters of the last request were hostile."""

    def request(self, surface: Surface, token: str, draw: Callable[[Any], Any]) -> dict[str, Any]:
        """The options of a test client's request."""
        fields = draw(
            self.st.lists(self.st.sampled_from(surface.fields), min_size=1, max_size=3, unique=True)
        )
        self.hostile = len(fields)
        pairs = []
        for name in fields:
            pairs += shaped(name, draw(self.values), draw(self.shapes))
        options: dict[str, Any] = {"method": surface.method, "headers": self._headers(draw)}
        join = "&" if "?" in surface.path else "?"
        if surface.method == "GET":
            query = b"&".join(pairs).decode("ascii")[:60_000]
            return options | {"path": f"{surface.path}{join}{query}"}
        good = [pair(n, v.encode()) for n, v in surface.good.items() if n not in fields]
        body = b"&".join([*good, *pairs, pair("csrf_token", token.encode())])
        return options | {"path": surface.path} | self._body(body, token, fields, draw)

    def _headers(self, draw: Callable[[Any], Any]) -> list[tuple[str, str]]:
        kind = draw(self.st.integers(0, 11))
        if kind == 0:
            return [("Host", draw(self.st.sampled_from(HOSTS)))]
        return [draw(self.st.sampled_from(HEADERS))] if kind == 1 else []

    def _body(
        self, body: bytes, token: str, fields: list[str], draw: Callable[[Any], Any]
    ) -> dict[str, Any]:
        plain = "application/x-www-form-urlencoded"
        way = draw(self.ways)
        if way == "file":
            content = draw(self.values)
            files = {name: (io.BytesIO(content), "../a\u202eb.csv") for name in fields}
            return {"data": {**files, "csrf_token": token}}
        if way == "json":
            return {"json": {name: [None, {"a": [1]}] for name in fields}}
        if way in {"parts", "torn"}:
            lines = [
                b'--x\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n'
                for name in (*fields, "csrf_token")
            ]
            whole = b"".join(line + draw(self.values)[:2_000] + b"\r\n" for line in lines)
            kind = "multipart/form-data; boundary=x"
            return {"data": whole if way == "torn" else whole + b"--x--\r\n", "content_type": kind}
        if way == "type":
            return {"data": body, "content_type": draw(self.st.sampled_from(TYPES))}
        if way == "no token":
            body = body.rpartition(b"&")[0]
        elif way == "two tokens":
            body += b"&" + pair("csrf_token", draw(self.values)[:200])
        elif way == "large":
            body += b"&a=" + b"a" * 1_100_000
        return {"data": body, "content_type": plain}

    @staticmethod
    def told(options: dict[str, Any]) -> str:
        """What was sent, short enough to read."""
        sent = str(options.get("data") or options.get("json") or options["path"])
        headers = options.get("headers") or ""
        return f"{headers} {options.get('content_type', '')} {sent[:300]}"
