"""A program in which nothing changes hands and nobody is added: no such pages, no such deeds."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.authority.service.members import add_user
from app.authority.service.transfer import offer_transfer
from app.base.errors import NotFound
from app.programs.models import Program
from tests.authority.conftest import data_of
from tests.support.definitions import delegating


@pytest.fixture
def begun(world):
    """An account of such a program."""
    definition = delegating()
    assert definition.transfer is None
    assert definition.users is None
    program = world.db.scalars(select(Program).filter_by(code=definition.code)).one()
    world.db.rollback()
    return world.account(program=program)


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("page", ["transfer", "users/add"])
def test_whoever_holds_the_required_role_finds_no_such_page(
    world, client, sign_in, begun, page, lang
):
    sign_in(world.owner(begun))
    client.get(f"/a/{begun.id}/{page}", lang=lang, expect=404)


def test_nothing_is_offered_and_nobody_is_named(world, acting, begun):
    owner, other = world.owner(begun), world.person()
    acting(owner)
    role = delegating().required_role.code
    with pytest.raises(NotFound):
        offer_transfer(owner.id, begun.id, data_of(other), None)
    with pytest.raises(NotFound):
        add_user(owner.id, begun.id, data_of(other), role)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_front_page_of_the_account_speaks_of_no_transfer(world, client, sign_in, begun, lang):
    sign_in(world.owner(begun))
    page = client.get(f"/a/{begun.id}/", lang=lang)
    label = delegating().required_role.label.say(lang)
    assert label in page.main
    for words in ("Transfer account", "Transférer la propriété"):
        assert words not in page.main


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_last_manager_reads_why_they_stay(world, client, sign_in, membership, begun, lang):
    owner = world.owner(begun)
    sign_in(owner)
    row = membership(begun, owner)
    page = client.get(f"/a/{begun.id}/users/{row.id}", lang=lang)
    said = {"en": "The last person with this role cannot leave", "fr": "La dernière personne"}
    assert said[lang] in page.main
    world.member(begun, row.role_code)
    page = client.get(f"/a/{begun.id}/users/{row.id}", lang=lang)
    assert said[lang] not in page.main
