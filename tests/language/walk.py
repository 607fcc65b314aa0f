"""A walk through every door: as it opens, with nothing found, and with each form refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import urljoin

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.endpoints import TABLE
from tests.language.conftest import Peopled
from tests.support.client import Answer, Client, Form
from tests.support.doors import ACTORS, Door, address, doors, enter, give_everybody_a_session
from tests.support.plain import texts_of
from tests.web.checker import Page

_REDIRECTS = (301, 302, 303)
_REFUSED = ("sign in", "own step", "home", "403", "404")
_LEAVES = ("/sign-out", "/session/extend")
NONSENSE = "?"
_UPLOADS = "multipart/form-data"


class Walk:
    """One walk, in one language. `left` tells each text in plain letters, and where it stands."""

    def __init__(self, app: Flask, peopled: Peopled, lang: str, *, thorough: bool = True) -> None:
        self.app = app
        self.lang = lang
        self._thorough = thorough
        self.left: dict[str, set[str]] = defaultdict(set)
        self.pages = 0
        self._peopled = peopled
        self._doors = {str(door): door for door in doors(app)}
        self._read: set[str] = set()
        self._sent: set[tuple[str, ...]] = set()
        self._start_anew()

    def _start_anew(self) -> None:
        world = self._peopled.worlds()
        self._tokens = give_everybody_a_session(world, self._peopled.places)

    def through(self, name: str, actor: str) -> None:
        """Knock at a door, look at what comes, then at what its forms say of wrong answers."""
        line, door = TABLE[name], self._doors[name.partition(" [")[0]]
        path = address(self.app, door, self._peopled.places, line.given)
        path = path.replace("/en/", f"/{self.lang}/", 1)
        where = f"{name} ({actor})"
        client = enter(self.app, self._tokens, actor)
        if door.method == "POST":
            self._post(client, where, path, MultiDict())
            return
        answer = self._get(client, where, path)
        if answer is None:
            return
        for form in _forms(answer):
            # By day no search is sent, and no form that asks nothing but a button.
            if not self._thorough and (form.method == "GET" or not form.visible):
                continue
            key = (door.endpoint, str(line.given), form.action, *sorted(form.names), actor)
            if key not in self._sent:
                self._sent.add(key)
                self._ask_wrongly(client, where, form)

    def _ask_wrongly(self, client: Client, where: str, form: Form) -> None:
        wrong = MultiDict(form.values)
        for name in form.visible - {"_switch_language"}:
            wrong.setlist(name, [NONSENSE])
        if form.method == "GET":
            found = client.http.get(form.action, query_string=wrong)
            self._look(f"{where}, nothing found", found)
        else:
            self._post(client, f"{where}, wrong", form.action, wrong)

    def _get(self, client: Client, where: str, path: str) -> Answer | None:
        response = client.http.get(path, buffered=True)
        self._look(where, response)
        if response.status_code != 200 or not is_page(response):
            return None
        return Answer(client, path, response, Page(response.text))

    def _post(self, client: Client, where: str, path: str, data: MultiDict[str, str]) -> None:
        with_token = MultiDict(data)
        if "csrf_token" not in with_token:
            with_token["csrf_token"] = self._token(client)
        response = client.http.post(path, data=with_token, buffered=True)
        self._look(where, response)
        if response.status_code in _REDIRECTS:
            target = urljoin(path, response.headers["Location"])
            self._look(f"{where}, then {target}", client.http.get(target, buffered=True))
            self._start_anew()

    def _token(self, client: Client) -> str:
        for path in ("contact", "sign-in/code", "sign-in/terms", "sign-in"):
            response = client.http.get(f"/{self.lang}/{path}")
            if 'name="csrf_token" ' in response.text:
                return str(
                    response.text.split('name="csrf_token" ')[1].split('value="')[1].split('"')[0]
                )
        raise AssertionError(f"no form token for {client}")

    def _look(self, where: str, response: TestResponse) -> None:
        assert response.status_code < 500, f"{where} answered {response.status_code}"
        if not is_page(response):
            return
        self.pages += 1
        for one in texts_of(response.text):
            if one not in self._read:
                self._read.add(one)
                if self._peopled.plain.left(one):
                    self.left[one].add(where)

    def report(self) -> str:
        """What was found, one line each."""
        return "\n".join(f"{text!r} at {min(places)}" for text, places in sorted(self.left.items()))


def is_page(response: TestResponse) -> bool:
    """Whether somebody reads it: a browser follows a redirect without showing its text."""
    if response.status_code in _REDIRECTS:
        return False
    return str(response.headers.get("Content-Type", "")).startswith("text/html")


def _forms(answer: Answer) -> Iterator[Form]:
    """The forms of the page itself: what its header and its menu send stays what it is."""
    for form in answer.forms():
        if not form.action.endswith(_LEAVES):
            yield form


def inside(name: str) -> list[str]:
    """Whoever the door opens to, by the table, in the table's order."""
    return [actor for actor in ACTORS if TABLE[name].answers[actor] not in _REFUSED]


__all__ = ["Door", "Walk", "inside", "is_page"]
