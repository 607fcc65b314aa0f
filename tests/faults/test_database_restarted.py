"""PostgreSQL restarts, or dies, while people work: a page says so, and nothing is half done."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter

import pytest

from app.audit.verify import verify
from tests.faults.post import until
from tests.support.database import plain_engine

NOTHING = "Nothing was saved."
UNSURE = "The connection broke while we were saving."


class Visitor(threading.Thread):
    """Changes their given name again and again, and remembers what the portal told them."""

    def __init__(self, browser, person, stop):
        super().__init__(daemon=True)
        self._browser, self._stop_asked = browser, stop
        self.person = person
        self.statuses = Counter()
        self.saved, self.not_saved, self.unsure, self.surprises = [], [], [], []

    def run(self):
        number = 0
        while not self._stop_asked.is_set():
            number += 1
            try:
                self._change(f"Name {number}")
            except Exception as error:  # noqa: BLE001 (looked at by the test)
                self.surprises.append(repr(error))
                time.sleep(0.2)

    def _change(self, name):
        page = self._ask("GET", "/en/me")
        if page.status != 200:
            time.sleep(0.1)
            return
        form = page.form("given_name")
        values = form.values
        values["given_name"] = name
        answer = self._ask("POST", "/en/me", values)
        if answer.status in {302, 303}:
            self.saved.append(name)
        elif UNSURE in answer.html:
            self.unsure.append(name)
        elif NOTHING in answer.html:
            self.not_saved.append(name)
        else:
            self.surprises.append(answer.text)

    def _ask(self, method, path, values=None):
        http = self._browser.http
        response = http.get(path) if method == "GET" else http.post(path, values)
        self.statuses[response.status_code] += 1
        # Every answer is a whole page in its language, the one of the fault too.
        return self._browser._answer(path, response, response.status_code, None)


def restart(house):
    house.server.stop()
    time.sleep(0.7)
    house.server.start()


def crash(house):
    os.kill(house.server.pid, signal.SIGKILL)
    house.server.stop()
    time.sleep(0.7)
    house.server.start()


def load(house, world, sign_in, fault, seconds):
    """Four people work; the fault comes after a while; they go on working as long again."""
    stop = threading.Event()
    people = [world.person() for _ in range(4)]
    visitors = [Visitor(sign_in(person), person, stop) for person in people]
    for visitor in visitors:
        visitor.start()
    try:
        time.sleep(seconds)
        fault(house)
        until(lambda: house.answers("/readyz") == 200, 15, house.said)
        time.sleep(seconds)
    finally:
        stop.set()
        for visitor in visitors:
            visitor.join(30)
    return visitors


def trail_of(house, person):
    return [
        name
        for (name,) in house.ask(
            "SELECT p.values -> 'given_name' ->> 1 FROM audit.entry AS e"
            " JOIN audit.personal AS p USING (seq)"
            " WHERE e.event = 'person.details_changed' AND e.actor_id = %s ORDER BY seq",
            person.id,
        )
    ]


def prove(house, visitors):
    for visitor in visitors:
        assert visitor.surprises == []
        assert set(visitor.statuses) <= {200, 302, 303, 503}, house.said()
        kept = trail_of(house, visitor.person)
        assert len(kept) == len(set(kept)), "nothing was done twice"
        assert set(visitor.saved) <= set(kept), "what was confirmed is there"
        assert not set(visitor.not_saved) & set(kept), "what was told as not saved is not there"
        assert set(kept) <= set(visitor.saved) | set(visitor.unsure)
        [(now,)] = house.ask("SELECT given_name FROM person WHERE id = %s", visitor.person.id)
        assert now == kept[-1], "the row and the trail say the same: no half deed"
    with plain_engine(house.app_url) as engine:
        assert verify(engine, []).whole


@pytest.mark.parametrize("fault", [restart, crash])
def test_a_restart_of_the_database_under_load_loses_nothing(house, world, sign_in, fault):
    before = [process.pid for process in house.below(house.serving)]
    visitors = load(house, world, sign_in, fault, 1.5)
    prove(house, visitors)
    told = sum((visitor.statuses for visitor in visitors), Counter())
    assert told[503] > 0, "nobody met the fault"
    assert told[303] + told[302] > 8
    assert [process.pid for process in house.below(house.serving)] == before, "web stayed up"


@pytest.mark.nightly
@pytest.mark.parametrize("fault", [restart, crash])
def test_ten_restarts_under_load_lose_nothing(house, world, sign_in, working, fault):
    def again_and_again(house):
        for _ in range(10):
            fault(house)
            until(lambda: house.answers("/readyz") == 200, 15, house.said)
            time.sleep(1)

    visitors = load(house, world, sign_in, again_and_again, 3)
    prove(house, visitors)
    assert working.poll() is None, "the worker stayed up"


def test_a_database_made_read_only_gives_the_same_page(house, world, sign_in):
    person = world.person()
    browser = sign_in(person)
    form = browser.get("/me").form("given_name")
    house.as_superuser("ALTER DATABASE house SET default_transaction_read_only = on")
    house.break_connections()
    try:
        page = form.submit({"given_name": "Ines"}, expect=503)
    finally:
        house.as_superuser("ALTER DATABASE house RESET default_transaction_read_only")
        house.break_connections()
    assert NOTHING in page.text
    form.submit({"given_name": "Ines"}, expect=303)
    assert trail_of(house, person) == ["Ines"]
