"""A walk through every door of the endpoint table, to every state of what it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.access.window import Window
from tests.endpoints import TABLE, Line
from tests.support.client import Answer, Form
from tests.support.doors import ACTORS, Door, address, doors, enter, give_everybody_a_session
from tests.support.peopled import Fresh, Places
from tests.web.checker import Page

NOTHING = "zzzz"
"""What no row holds."""
_KEYS = {"row", "pk", "membership_id", "registration_id", "deed"}
"""Arguments that lines of the table fill with the name of a row."""
_LEAVES = ("/sign-out", "/session/extend")


class Walk:
    """One walk in one language and width. `coverage` tells how many doors and states it saw."""

    def __init__(self, app: Flask, fresh: Fresh, places: Places, lang: str, window: Window) -> None:
        self._app, self._fresh, self._places = app, fresh, places
        self._lang, self._window = lang, window
        self._doors = {str(door): door for door in doors(app)}
        self._sent: set[tuple[str, ...]] = set()
        self.coverage: Counter[str] = Counter()
        self.seen: set[str] = set()
        self._start_anew()

    def _start_anew(self) -> None:
        self._tokens = give_everybody_a_session(self._fresh(), self._places)

    def can_reach(self, name: str) -> bool:
        """Whether there is a row for each key that the door's address needs."""
        door, line = self._doors[name.partition(" [")[0]], TABLE[name]
        named = {one for one in line.given if one in _KEYS}
        return not named and door.rule.arguments - set(line.given) <= set(self._places.keys)

    def at(self, path: str, actor: str) -> bool:
        """Look at an address as somebody; whether a page answered."""
        path = f"/{self._lang}{path}"
        client = enter(self._app, self._tokens, actor)
        return self._look(client.http.get(path, buffered=True), path, "as it is")

    def through(self, name: str, actor: str, *, forms: bool = True) -> bool:
        """Open a door and look; then look at what its forms say of nothing, and of no answer."""
        line, door = TABLE[name], self._doors[name.partition(" [")[0]]
        path = address(self._app, door, self._places, line.given)
        path = path.replace("/en/", f"/{self._lang}/", 1)
        client = enter(self._app, self._tokens, actor)
        response = client.http.get(path, buffered=True)
        if not self._look(response, path, "as it is"):
            return False
        self.seen.add(name)
        if forms:
            self._fill_in(door, line, Answer(client, path, response, Page(response.text)))
        return True

    def _fill_in(self, door: Door, line: Line, answer: Answer) -> None:
        for form in _forms(answer):
            # A screen's list has the same search for everybody, a form the same fields.
            key = (door.endpoint, str(line.given), form.method, form.action)
            if key not in self._sent:
                self._sent.add(key)
                self._send(answer, form)

    def _send(self, answer: Answer, form: Form) -> None:
        client = answer.client
        if form.method == "GET":
            texts = {name: NOTHING for name in form.visible if "search" in name or name == "q"}
            found = client.http.get(form.action, query_string=texts, buffered=True)
            self._look(found, form.action, "nothing found")
            return
        blank: MultiDict[str, str] = MultiDict(form.values)
        for name in form.visible:
            blank.setlist(name, [""])
        refused = client.http.post(form.action, data=blank, buffered=True)
        self._look(refused, form.action, "refused")
        if refused.status_code in {301, 302, 303}:  # it took that for an answer
            self._start_anew()

    def _look(self, response: TestResponse, path: str, state: str) -> bool:
        kind = response.headers.get("Content-Type", "")
        if response.status_code in {301, 302, 303} or not kind.startswith("text/html"):
            return False
        assert response.status_code < 500, f"{path} ({state}) answered {response.status_code}"
        self._window.look(response, path.partition("?")[0])
        self.coverage[state] += 1
        return True


def pages() -> Iterator[tuple[str, str]]:
    """Each door that shows a page to somebody, and whoever sees most on it."""
    for name, line in TABLE.items():
        inside = [actor for actor in ACTORS if line.answers[actor] == "200"]
        if name.startswith("GET ") and inside:
            yield name, max(inside, key=_MOST.index)


def refused() -> Iterator[tuple[str, str]]:
    """One door for each page of a refusal."""
    for answer in ("403", "404"):
        name = next(n for n, line in TABLE.items() if answer in line.answers.values())
        yield name, next(a for a in ACTORS if TABLE[name].answers[a] == answer)


# From whoever sees least to whoever sees most.
_MOST = [
    *("visitor", "ended session", "password only", "code, no terms", "staff elsewhere"),
    *("other owner", "stranger", "admin", "full", "proxy", "owner"),
    *("auditor", "technical_support", "program_officer", "administrator", "supervisor"),
]


def _forms(answer: Answer) -> Iterator[Form]:
    """The forms of the page itself: what its header and its menu send stays what it is."""
    for form in answer.forms():
        if not form.action.endswith(_LEAVES):
            yield form
