"""Every door × every kind of person, complete by construction; the answers: `endpoints.py`."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.endpoints import TABLE
from tests.support.doors import (
    ACTORS,
    Door,
    address,
    doors,
    enter,
    give_everybody_a_session,
    knock,
)
from tests.support.peopled import Fresh, Places

_REFUSALS = {"sign in", "own step", "403", "404"}


@pytest.fixture
def app(portal: Flask) -> Flask:
    """The portal; `fresh` connects it to a database."""
    return portal


def door_of(app: Flask, name: str) -> Door:
    """The door of a line; its word in brackets is only for us."""
    bare = name.partition(" [")[0]
    return next(door for door in doors(app) if str(door) == bare)


@pytest.mark.parametrize("name", TABLE)
def test_every_door_answers_everybody_as_the_table_says(
    app: Flask, fresh: Fresh, peopled: tuple[str, Places], name: str
) -> None:
    line, places = TABLE[name], peopled[1]
    door = door_of(app, name)
    path = address(app, door, places, line.given)
    world = fresh()
    tokens = give_everybody_a_session(world, places)
    answers, moved = {}, False
    # Whoever is refused knocks first; whoever may change something finds it unchanged.
    for actor in sorted(ACTORS, key=lambda one: line.answers[one] not in _REFUSALS):
        if moved:
            world = fresh()
            tokens = give_everybody_a_session(world, places)
        answers[actor] = knock(enter(app, tokens, actor), door, path)
        moved = door.method == "POST" and answers[actor] not in _REFUSALS
    wrong = {
        actor: f"{answers[actor]}, not {line.answers[actor]}"
        for actor in ACTORS
        if answers[actor] != line.answers[actor]
    }
    assert wrong == {}, f"{name} at {path}"


def test_no_door_is_without_a_line_and_no_line_without_a_door(app: Flask) -> None:
    there = {str(door) for door in doors(app)}
    listed = {name.partition(" [")[0] for name in TABLE}
    assert there - listed == set(), "doors without a line in tests/endpoints.py"
    assert listed - there == set(), "lines without a door"


def test_no_line_leaves_anybody_out() -> None:
    assert [name for name, line in TABLE.items() if set(line.answers) != set(ACTORS)] == []


def test_every_deed_of_a_screen_has_its_line(app: Flask) -> None:
    """A screen's deeds share one address: each has a line of its own, by who may do it."""
    lines = {name for name in TABLE if "[" in name}
    missing = {
        f"{method} {type(view).__name__}.{page} [{deed.name}]"
        for view in app.appbuilder.baseviews
        for deed in getattr(view, "deeds", ())
        for page in (("deed", "bulk") if deed.many is not None else ("deed",))
        for method in ("GET", "POST")
    } - lines
    assert missing == set()


def test_a_post_without_the_form_token_changes_nothing(
    app: Flask, fresh: Fresh, peopled: tuple[str, Places]
) -> None:
    """Each POST of the portal, by somebody who may do it, with everything but the token."""
    world, places = fresh(), peopled[1]
    tokens = give_everybody_a_session(world, places)
    passed = {}
    for name, line in TABLE.items():
        door = door_of(app, name)
        inside = [one for one in ACTORS if line.answers[one] not in {*_REFUSALS, "home"}]
        if door.method != "POST" or not inside:
            continue
        client = enter(app, tokens, inside[-1])
        response = client.http.post(address(app, door, places, line.given), data={})
        if response.status_code != 400:
            passed[name] = response.status_code
    assert passed == {}
