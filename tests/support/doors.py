"""Every door of the portal, and what it answers to every kind of person who knocks."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask
from flask import session as kept
from flask_wtf.csrf import generate_csrf
from sqlalchemy import insert
from werkzeug.routing import Rule

from app.identity import cookie, sessions
from app.identity.models import SignInSession
from app.web.locale import is_unprefixed
from tests.support.client import Client, without_language
from tests.support.peopled import ELSEWHERE, ROLES, STAFF, Places
from tests.support.world import World

HALF_WAY = ("visitor", "password only", "code, no terms", "ended session")
ACTORS = (*HALF_WAY, "stranger", *ROLES, "other owner", *STAFF, ELSEWHERE)
"""Who knocks. The first four have no complete session; the stranger has no role anywhere."""

_STEPS = {"/sign-in/code", "/sign-in/terms"}
_METHODS = ("GET", "POST")
_FORM_TOKEN = "csrf_token"


@dataclass(frozen=True)
class Door:
    """One method of one endpoint."""

    method: str
    endpoint: str
    rule: Rule

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}"


def doors(app: Flask) -> Iterator[Door]:
    """Every method of every endpoint; an endpoint with two addresses counts once."""
    seen = set()
    for rule in app.url_map.iter_rules():
        for method in _METHODS:
            key = (method, rule.endpoint)
            if method in (rule.methods or ()) and key not in seen:
                seen.add(key)
                yield Door(*key, rule)


def address(app: Flask, door: Door, places: Places, given: Mapping[str, str]) -> str:
    """The address of a door, its arguments filled with keys of rows that are there.

    `given` says more: an argument's own value, or the name of a key; what is no argument goes
    into the query.
    """
    view = door.endpoint.partition(".")[0]
    needed = {name: places.keys.get(view if name == "pk" else name) for name in door.rule.arguments}
    values = needed | {name: places.keys.get(value, value) for name, value in given.items()}
    missing = [name for name, value in values.items() if value is None]
    assert not missing, f"{door} needs {missing}: name a row with `at`"
    path = app.url_map.bind("localhost").build(door.endpoint, values)
    return f"/en{path}" if not is_unprefixed(path) else path


def give_everybody_a_session(world: World, places: Places) -> dict[str, str]:
    """A session for each actor, in the state that the actor's name says; their tokens."""
    tokens, rows, now = {}, [], world.now()
    for actor in ACTORS[1:]:
        stage = {"password only": "credential", "code, no terms": "code"}.get(actor, "full")
        person = places.people.get(actor, places.people["owner"])
        tokens[actor] = secrets.token_urlsafe(32)
        over = actor == "ended session"
        rows.append(
            {
                "token_hash": sessions.hash_of(tokens[actor]),
                "person_id": person,
                "stage": stage,
                "purpose": "sign_in",
                "started_at": now,
                "last_seen_at": now,
                "code_verified_at": None if stage == "credential" else now,
                "full_at": now if stage == "full" else None,
                "ended_at": now if over else None,
                "end_reason": "idle" if over else None,
            }
        )
    world.db.execute(insert(SignInSession), rows)
    world.db.commit()
    return tokens


def enter(app: Flask, tokens: dict[str, str], actor: str) -> Client:
    """The browser of an actor."""
    client = Client(app)
    if actor in tokens:
        client.http.set_cookie(cookie.name(), tokens[actor], domain="localhost")
    return client


def knock(client: Client, door: Door, path: str) -> str:
    """What the door answers: a status, or where an incomplete session is led.

    A POST carries the right form token and nothing else, so that whoever is let in is told what
    is missing (or, where nothing is, has done it).
    """
    if door.method == "GET":
        response = client.http.get(path)
    else:
        response = client.http.post(path, data={"csrf_token": form_token(client)})
    response.close()  # of a file
    if response.status_code in {301, 302, 303}:
        to = without_language(urlsplit(response.headers["Location"]).path)
        if to == "/sign-in":
            return "sign in"
        if to in _STEPS:
            return "own step"
        if to == "/":
            return "home"
        if to == "/step-up":
            return "step up"
    return str(response.status_code)


def form_token(client: Client) -> str:
    """The form token of this browser: what a page would show, made without asking for one.

    Thousands of tests need one; that pages show it is what the journeys and the tests of the
    gate try.
    """
    token = client.cookie(cookie.name())
    with client.app.test_request_context():
        kept[_FORM_TOKEN] = cookie.form_token_of(token) if token else secrets.token_hex(20)
        shown: str = generate_csrf()
        value = kept[_FORM_TOKEN]
    with client.http.session_transaction() as sent:
        sent[_FORM_TOKEN] = value
    return shown
