"""What waits for a person in all their businesses, in one list: drafts, and what was sent back."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from app.base.db import deed
from app.cases.queries_turns import turns_of
from app.cases.service.opening import open_with_account
from tests.cases.submitting import Submitting

THIRTY = 30


@deed
def _open(db, actor, account):
    open_with_account(db, actor, account)


@pytest.fixture
def opened(world):
    """`opened(person)`: one more business of theirs, its application begun."""

    def make(person, role=None):
        account = world.account()
        owner = world.owner(account)
        _open(owner.id, account)
        if role is not None:
            world.member(account, role, person)
        return account

    return make


@pytest.fixture
def submitting(world, account, owner, acting):
    found = Submitting(world, account).complete(owner)
    acting(owner)
    return found


def waiting(world, person):
    found = turns_of(world.db, person.id)
    world.db.rollback()
    return found


def test_a_draft_waits_for_whoever_may_fill_it_in(opened, world):
    consultant = world.person()
    account = opened(consultant, 1)
    (one,) = waiting(world, consultant)
    assert (one.case.account_id, one.came_back) == (account.id, None)


def test_a_draft_waits_for_nobody_who_may_only_see_that_it_is_there(opened, world):
    administrator = world.person()
    opened(administrator, 3)
    assert waiting(world, administrator) == []


def test_what_is_with_the_agency_waits_for_nobody(submitting, owner, world):
    assert len(waiting(world, owner)) == 1
    submitting.client_moves(owner)
    assert waiting(world, owner) == []


def test_what_was_sent_back_comes_first_and_says_why(submitting, owner, world, opened):
    submitting.client_moves(owner)
    submitting.bring(world.staff("program_officer"), submitting.returns)
    opened(owner, 1)
    first, second = waiting(world, owner)
    assert (first.case.account_id, first.came_back) == (submitting.account.id, "Because.")
    assert second.came_back is None


def test_what_was_decided_waits_for_nobody(submitting, owner, world):
    submitting.client_moves(owner)
    submitting.bring(world.staff("program_officer"), submitting.approves)
    assert waiting(world, owner) == []


def test_a_consultant_finds_what_waits_in_thirty_businesses_by_the_statements_of_one(
    opened, world, engine
):
    consultant, told = world.person(), []

    def count():
        told.clear()
        found = waiting(world, consultant)
        return len(found), len(told)

    event.listen(engine, "before_cursor_execute", lambda *args: told.append(args[2]))
    opened(consultant, 1)
    one = count()
    for _ in range(THIRTY - 1):
        opened(consultant, 1)
    assert count() == (THIRTY, one[1])


@pytest.mark.parametrize(
    ("role", "lang", "words"),
    [
        (0, "en", "Fill in and submit:"),
        (0, "fr", "Remplir et soumettre"),
        (1, "en", "Fill in:"),
        (1, "fr", "Remplir\u00a0:"),
    ],
)
def test_the_list_of_businesses_leads_to_each_and_says_what_this_person_may_do(
    world, client, sign_in, role, lang, words
):
    account = world.account()
    person = owner = world.owner(account)
    _open(owner.id, account)
    if role > 0:
        person = world.person()
        world.member(account, role, person)
    sign_in(person)
    page = client.get("/businesses", lang=lang)
    assert words in page.main
    assert f'href="/{lang}/a/{account.id}/"' in page.html
