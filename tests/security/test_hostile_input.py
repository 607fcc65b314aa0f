"""Whatever is typed, pasted or forged, the portal answers; it never breaks (status 500).

Every door of the portal, from its own table of addresses: a page that is added tomorrow is
attacked tomorrow. Who attacks is let in at the door: the worst comes from people with an account.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import text
from werkzeug.datastructures import MultiDict

from tests.endpoints import TABLE
from tests.security.hostile import LONG, MARKUP
from tests.security.judging import Judge
from tests.support.client import Client
from tests.support.doors import Door, address, doors, enter, form_token, give_everybody_a_session
from tests.support.peopled import Fresh, Places
from tests.support.world import PASSWORD, World

VALUES = {
    "nul": "a\x00b",
    "lines": "Ann\r\nBcc: everybody@evil.example",
    "long": LONG,
    "number": "9" * 30,
    "negative": "-1",
    "markup": MARKUP,
    "formula": '=HYPERLINK("https://evil.example")',
    "query": "' OR 1=1 -- & | ! ( ) :*",
    "odd": "\u202e\ufeff\U0001f600\u0301\ufffe",
}
RAW = {"surrogate": "%ED%A0%80", "broken": "%FF%C3%28", "half": "%", "overlong": "%C0%80"}
"""Bytes that are no text at all, as they stand in an address or a body."""

ALWAYS = ("nul", "long")
"""What broke pages most often."""

QUERY = (
    "next", "q", "after", "before", "older", "program", "kept", "ended", "mine", "page", "deed",
    "row", "v", "lang", "_flt_0_id",
)  # fmt: skip
"""Parameters that pages read; those of a page's own forms and links come on top."""

GOOD: dict[str, Any] = {
    "sign_in_name": "somebody.new", "given_name": "Ann", "family_name": "Roy", "code": "123456",
    "email": "a.roy@mail.example", "email_again": "a.roy@mail.example", "language": "en",
    "password": PASSWORD, "present": PASSWORD, "accept": "y", "attested": "y", "version": "1",
    "urn": "N-1234567-A", "phone": "902-555-0142", "title": "Clerk", "kind": "mfa",
    "legal_name": "Half Way Ltd.", "client_number": "12345674", "paper_reference": "P-1",
    "note": "Seen", "reason": "Seen", "number": "123456782", "mail_number": "RN123456785CA",
    "street": "12 Quay Street", "city": "Halifax", "region": "CA-NS", "postal_code": "B3H 4R2",
    "first_day-year": "2026", "first_day-month": "1", "first_day-day": "2", "paper": "a4",
    "title_en": "Title", "title_fr": "Titre", "body_en": "Body", "body_fr": "Corps",
    "decision": "approve", "approve-use": "corrected", "use": "corrected",
}  # fmt: skip
"""What lets a form pass its first checks, so that the hostile field reaches the deed."""

ATTACKERS = ("visitor", "password only", "code, no terms", "stranger", "owner", "supervisor",
             "administrator")  # fmt: skip


@pytest.fixture
def app(portal: Flask) -> Flask:
    """The portal; `fresh` connects it to a database."""
    return portal


class Siege:
    """One door after the other, on a database of its own; what broke is kept."""

    def __init__(self, app: Flask, fresh: Fresh, places: Places) -> None:
        self.app, self._fresh, self.places = app, fresh, places
        self.judge = Judge()
        self.broken: dict[str, str] = {}
        self.asked: list[str] = []

    def stand(self) -> tuple[World, dict[str, str]]:
        world = self._fresh()
        return world, give_everybody_a_session(world, self.places)

    def ask(self, client: Client, what: str, method: str, path: str, **options: Any) -> int:
        """Send it; what is wrong with the answer is written down under what was sent."""
        self.asked.append(what)
        try:
            response = client.http.open(path, method=method, buffered=True, **options)
        except Exception as error:  # noqa: BLE001 (any crash is a finding)
            first = str(error).partition("\n")[0][:160]
            self.broken[what] = f"{type(error).__name__}: {first}"
            return 500
        door, _, rest = what.partition(" by ")
        with response:
            fault = self.judge.fault(door, rest.partition(":")[0], response)
        if fault is not None:
            self.broken[what] = fault
        return response.status_code

    def lines(self, method: str = "") -> Iterator[tuple[str, Door, str]]:
        """Every door (of a method) with an address behind which there is something."""
        by_name = {str(door): door for door in doors(self.app)}
        for name, line in TABLE.items():
            door = by_name[name.partition(" [")[0]]
            if door.method.startswith(method):
                yield name, door, address(self.app, door, self.places, line.given)

    def inside(self, name: str, tokens: dict[str, str]) -> Iterator[tuple[str, Client]]:
        """The attackers who are let in at the door, in a browser of their own."""
        kept_out = {"sign in", "own step", "403", "404", "home"}
        for actor in ATTACKERS:
            if TABLE[name].answers[actor] not in kept_out:
                yield actor, enter(self.app, tokens, actor)
                return


@pytest.fixture
def siege(app: Flask, fresh: Fresh, peopled: tuple[str, Places], record_property) -> Siege:
    siege = Siege(app, fresh, peopled[1])
    yield siege
    record_property("hostile requests", len(siege.asked))


def fields_of(client: Client, path: str) -> MultiDict[str, str]:
    """The fields of the page's own POST forms, with what a browser would send."""
    found: MultiDict[str, str] = MultiDict()
    with client.http.get(path) as response:
        if response.status_code != 200 or "html" not in response.headers["Content-Type"]:
            return found
        page = html.fromstring(response.text)
    for form in page.forms:
        if (
            form.method == "POST"
            and (form.action or "").partition("?")[0] == path.partition("?")[0]
        ):
            for name in form.fields:
                if name and not name.startswith("_"):
                    found.setlist(name, [form.fields.get(name) or _good(name)])
    return found


def _good(name: str) -> str:
    bare = re.sub(r"^(approve|refuse)-", "", name).removeprefix("number_")
    return str(GOOD.get(name, GOOD.get(bare, "1")))


def some_of(values: dict[str, str], always: tuple[str, ...], turn: int) -> list[tuple[str, str]]:
    """Those that are always tried, and one of the others in turn: all, over a few fields."""
    others = [kind for kind in values if kind not in always]
    kinds = (*always, others[turn % len(others)])
    return [(kind, values[kind]) for kind in kinds]


def test_no_field_of_any_form_breaks_a_page(siege: Siege) -> None:
    turn = 0
    for name, _door, path in siege.lines("POST"):
        world, tokens = siege.stand()
        for actor, client in siege.inside(name, tokens):
            fields = fields_of(client, path)
            fields.setlist("csrf_token", [form_token(client)])
            for attacked in [one for one in fields if one != "csrf_token"]:
                world.db.execute(text("DELETE FROM limit_event"))
                world.db.commit()
                turn += 1
                for kind, value in some_of(VALUES, ALWAYS, turn):
                    sent = MultiDict(fields)
                    sent.setlist(attacked, [value, value])
                    what = f"{name} by {actor}: {attacked} = {kind}"
                    siege.ask(client, what, "POST", path, data=sent)
    assert siege.broken == {}


@pytest.mark.nightly
def test_no_body_breaks_a_page(siege: Siege) -> None:
    """Bytes that are no text, a body of another kind, a file where none belongs."""
    plain = "application/x-www-form-urlencoded"
    for name, _door, path in siege.lines("POST"):
        _world, tokens = siege.stand()
        for actor, client in siege.inside(name, tokens):
            token = form_token(client)
            names = [*fields_of(client, path), "file", "_method", "_switch_language"]
            for kind, raw in some_of(RAW, (), len(siege.asked)):
                body = "&".join(f"{quote(one)}={raw}" for one in names) + f"&csrf_token={token}"
                what = f"{name} by {actor}: all = {kind}"
                siege.ask(client, what, "POST", path, data=body, content_type=plain)
            files = {one: (io.BytesIO(b"\x00\xff"), "a\r\nb\x00.csv") for one in names}
            sent = {**files, "csrf_token": token}
            siege.ask(client, f"{name} by {actor}: all = file", "POST", path, data=sent)
            siege.ask(client, f"{name} by {actor}: json", "POST", path, json=[token])
    assert siege.broken == {}


def test_no_parameter_of_any_address_breaks_a_page(siege: Siege) -> None:
    _world, tokens = siege.stand()
    hostile = [*(quote(value[:3_000]) for value in VALUES.values()), *RAW.values()]
    for place, (name, _door, path) in enumerate(siege.lines("GET")):
        for actor, client in siege.inside(name, tokens):
            names = sorted({*QUERY, *parameters_of(client, path)})
            join = "&" if "?" in path else "?"
            for turn in range(3):  # all are NUL, then each is something else, given twice
                odd = [
                    hostile[turn and (place + turn + n) % len(hostile)] for n in range(len(names))
                ]
                pairs = "&".join(
                    f"{quote(one)}={value}&{quote(one)}={value}"
                    for one, value in zip(names, odd, strict=True)
                )
                siege.ask(client, f"{name} by {actor}: {turn}", "GET", f"{path}{join}{pairs}")
    assert siege.broken == {}


def parameters_of(client: Client, path: str) -> set[str]:
    """The parameters of the page's own forms by GET and of its links."""
    with client.http.get(path) as response:
        if response.status_code != 200 or "html" not in response.headers["Content-Type"]:
            return set()
        page = html.fromstring(response.text)
    named = {name for form in page.forms if form.method == "GET" for name in form.fields}
    for link in page.iter("a"):
        named |= set(parse_qs(urlsplit(link.get("href") or "").query, keep_blank_values=True))
    return named


BEYOND = ("9223372036854775808", "9" * 40)
ARGUMENTS = {
    "KeyConverter": (*BEYOND, "9223372036854775807", "007", "%00"),
    "WordConverter": ("%00", "a%00b", BEYOND[1], "..%2F..%2Fetc%2Fpasswd", "%FF", "x" * 3_000),
}


@pytest.mark.nightly
def test_no_address_breaks_a_page(siege: Siege) -> None:
    """Numbers beyond the database's, texts that are none: there is no such page (404)."""
    _world, tokens = siege.stand()
    clients = {actor: enter(siege.app, tokens, actor) for actor in ATTACKERS}
    data = {actor: {"csrf_token": form_token(client)} for actor, client in clients.items()}
    beyond: dict[str, int] = {}
    for name, door, path in siege.lines():
        for forged, value, number in forgeries(door, path):
            for actor, _client in siege.inside(name, tokens):
                sent = data[actor] if door.method == "POST" else None
                what = f"{name} by {actor}: {forged[:80]}"
                status = siege.ask(clients[actor], what, door.method, forged, data=sent)
                if number and value in BEYOND and status != 404:
                    beyond[what] = status
    assert siege.broken == {}
    assert beyond == {}


def forgeries(door: Door, path: str) -> Iterator[tuple[str, str, bool]]:
    """The address with each argument replaced by what is none; by what; whether it is a number."""
    bare, mark, query = path.partition("?")
    values = bare.removeprefix("/en").split("/")
    for place, part in enumerate(door.rule.rule.split("/")):
        found = re.fullmatch(r"<(?:[^>]*:)?(\w+)>", part)
        if found is not None:
            kind = type(door.rule._converters[found[1]]).__name__
            for value in ARGUMENTS.get(kind, ARGUMENTS["WordConverter"]):
                forged = "/".join([*values[:place], value, *values[place + 1 :]])
                yield f"/en{forged}{mark}{query}", value, kind == "KeyConverter"


@pytest.mark.nightly
def test_no_method_breaks_a_page_or_does_what_a_post_does(siege: Siege) -> None:
    world, tokens = siege.stand()
    before = rows_of(world)
    override = {"headers": {"X-HTTP-Method-Override": "POST"}, "data": {"_method": "POST"}}
    for name, door, path in siege.lines():
        for actor, client in siege.inside(name, tokens):
            for method in ("GET", "HEAD") if door.method == "GET" else ("PUT", "OPTIONS"):
                siege.ask(client, f"{name} by {actor}: {method}", method, path, **override)
    assert siege.broken == {}
    assert rows_of(world) == before


def rows_of(world: World) -> dict[str, str]:
    """A fingerprint of every table that a page may write, but for the trail of refusals."""
    tables = world.db.execute(
        text(
            "SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
            " WHERE nspname = 'public' AND relkind = 'r' AND has_table_privilege(pg_class.oid,"
            " 'UPDATE') AND relname NOT LIKE 'procrastinate%'"
        )
    ).scalars()
    found = {
        name: world.db.execute(
            text(f'SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{name}" AS t')
        ).scalar_one()
        for name in tables
    }
    world.db.rollback()
    return found
