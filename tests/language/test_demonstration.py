"""The demonstration, with something in every state, read link by link in the pseudo-language."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import ExitStack
from html import unescape
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from app.base import settings
from app.base.db import User
from app.ops import demo
from app.ops.demo import people
from app.parties.models import Person
from tests.language.conftest import published
from tests.language.walk import is_page
from tests.support.client import Client, without_language
from tests.support.database import Databases
from tests.support.peopled import world_in
from tests.support.plain import Plain, typed_into
from tests.support.signing import give_session
from tests.support.world import World

pytestmark = pytest.mark.nightly

AT_MOST = 6
"""Pages of one kind that one person opens."""
SEVERAL = 10
"""Pages that somebody finds at least."""
WHO = {
    "owner": people.ROLE_HOLDERS[0],
    "administrator of users": people.ROLE_HOLDERS[3],
    "consultant": people.CONSULTANT,
    "waiting": people.WAITING,
    "newcomer": people.NEWCOMER,
    **people.STAFF,
}


@pytest.fixture(scope="module")
def shown(databases: Databases, portal: Flask, spoken: None) -> Iterator[tuple[World, Plain]]:
    """The demonstration, made while the pseudo-language is spoken."""
    with ExitStack() as stack:
        world = world_in(databases, stack.enter_context(published(databases)), stack)
        values = {"demo_password": "grand-duc-4417", "env": "development"}
        with portal.app_context():
            demo.load(settings.get().model_copy(update=values))
        with world.as_owner() as owner:
            plain = Plain(typed_into(owner))
        yield world, plain


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("who", WHO)
def test_every_page_of_the_demonstration_is_written_in_the_pseudo_language(
    portal: Flask, shown: tuple[World, Plain], who: str, lang: str
) -> None:
    world, plain = shown
    asked = select(Person).join(User, User.id == Person.user_id)
    person = world.db.scalars(asked.where(User.username == WHO[who].sign_in_name)).one()
    client = Client(portal, lang)
    give_session(world, client, person)
    left: dict[str, str] = {}
    opened = 0
    for path, page in crawl(portal, client, lang):
        opened += 1
        left |= dict.fromkeys(plain.on(page), path)
    assert left == {}
    assert opened > SEVERAL


def crawl(portal: Flask, client: Client, lang: str) -> Iterator[tuple[str, str]]:
    """Every page that a link leads to, at most so many of a kind, and where it is."""
    addresses = portal.url_map.bind("localhost")
    waiting, met, often = deque([f"/{lang}/", f"/{lang}/staff/"]), set[str](), Counter[str]()
    while waiting:
        path = waiting.popleft()
        try:
            endpoint: str = addresses.match(without_language(urlsplit(path).path), "GET")[0]
        except (HTTPException, RequestRedirect):
            continue
        if path in met or often[endpoint] >= AT_MOST:
            continue
        met.add(path)
        often[endpoint] += 1
        response = client.http.get(path, buffered=True)
        assert response.status_code < 500, path
        waiting.extend(links_of(response, lang))
        if is_page(response):
            yield path, response.text


def links_of(response: TestResponse, lang: str) -> Iterator[str]:
    """Where the page leads, or where the browser is sent."""
    found = re.findall(r'<a\b[^>]*\bhref="([^"#]*)', response.text) if is_page(response) else []
    found += [response.headers["Location"]] if "Location" in response.headers else []
    yield from (one for one in map(unescape, found) if one.startswith(f"/{lang}/"))
