"""When somebody opened an account last: noted to the hour, after the answer; shown to themself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.authority.models_use import AccountUse
from app.authority.pages import using
from app.authority.queries import visible
from app.authority.queries_parts import RECENT, recent
from app.authority.service.using import note_use
from app.base.db import session
from app.programs.actions import Action
from tests.support.importer import Importer


@pytest.fixture
def importer(app, world):
    return Importer(world, *(f"RM{n:04}" for n in range(1, 29)))


def uses(importer) -> dict[tuple[str, str | None], AccountUse]:
    """Person and program account → the use."""
    names = {part.id: number for number, part in importer.parts.items()}
    importer.world.db.expire_all()
    rows = importer.world.db.scalars(select(AccountUse))
    return {(one.person_id, names.get(one.program_account_id)): one for one in rows}


def test_a_page_that_was_shown_is_a_use_of_what_was_open(importer, client, sign_in):
    sign_in(importer.manager)
    client.get(importer.url("RM0002"))
    client.get(f"/a/{importer.account.id}/program-accounts")
    assert set(uses(importer)) == {
        (importer.manager.id, "RM0002"),
        (importer.manager.id, None),
    }


def test_a_refusal_a_redirect_and_what_is_not_there_are_no_use(importer, client, sign_in):
    reader = importer.on_part(3, "RM0003")
    sign_in(reader)
    client.get(f"/a/{importer.account.id}/", expect=302)  # straight to the only one
    client.get(importer.url("RM0001"), expect=404)
    client.get(f"/a/{importer.account.id}/activity", expect=403)
    assert uses(importer) == {}


def test_a_use_is_kept_to_the_hour(importer, clock):
    manager, account = importer.manager.id, importer.account.id
    note_use(manager, account)
    first = uses(importer)[manager, None].used_at
    clock.move(minutes=59)
    note_use(manager, account)
    assert uses(importer)[manager, None].used_at == first
    clock.move(minutes=2)
    note_use(manager, account)
    assert uses(importer)[manager, None].used_at - first > timedelta(hours=1)


def test_a_use_that_cannot_be_noted_costs_nobody_their_page(importer, client, sign_in, monkeypatch):
    def away(*_where: object) -> None:
        raise OperationalError("insert", {}, Exception("away"))

    monkeypatch.setattr(using, "note_use", away)
    sign_in(importer.manager)
    client.get(importer.url("RM0001"), expect=200)
    assert uses(importer) == {}


def test_ones_own_uses_are_ones_own_and_others_are_for_who_reads_the_register(importer):
    reader = importer.on_part(3, "RM0001")
    note_use(reader.id, importer.account.id, importer.parts["RM0001"].id)
    stranger = importer.on_part(3, "RM0002")
    own = {
        one: list(session.scalars(visible(one, "self.read", AccountUse)))
        for one in (reader.id, stranger.id)
    }
    assert [len(rows) for rows in own.values()] == [1, 0]
    register = Action.REGISTER_VIEW
    assert session.scalars(visible(importer.manager.id, register, AccountUse)).all()
    assert not session.scalars(visible(stranger.id, register, AccountUse)).all()


def test_what_was_opened_last_stands_first_and_only_what_one_may_still_open(importer, clock, world):
    reader = importer.on_part(3, "RM0001")
    held = {"RM0001": None}
    for number in ("RM0002", "RM0003"):
        held[number] = importer.on_part(3, number, reader)
    for number in ("RM0001", "RM0003", "RM0002"):
        note_use(reader.id, importer.account.id, importer.parts[number].id)
        clock.move(minutes=1)
    found = recent(session, reader.id, importer.account.id)
    assert [one.number for one in found] == ["RM0002", "RM0003", "RM0001"]
    world.end(reader, importer.account)
    assert recent(session, reader.id, importer.account.id) == []


def test_of_hundreds_only_the_last_few_are_shown(importer, clock):
    for part in importer.parts.values():
        note_use(importer.manager.id, importer.account.id, part.id)
        clock.move(minutes=1)
    found = recent(session, importer.manager.id, importer.account.id)
    assert [one.number for one in found] == [f"RM{n:04}" for n in range(28, 28 - RECENT, -1)]


@pytest.mark.parametrize(("lang", "words"), [("en", "Opened last"), ("fr", "Ouverts dernièrement")])
def test_the_page_of_many_program_accounts_shows_those_opened_last(
    importer, client, sign_in, lang, words
):
    sign_in(importer.manager)
    where = f"/a/{importer.account.id}/program-accounts"
    assert words not in client.get(where, lang=lang).main
    client.get(importer.url("RM0028"))
    told = client.get(where, lang=lang).main
    assert words in told
    assert f"{importer.bn}RM0028" in told  # on the second page of all
    assert words not in client.get(f"{where}?q=RM0028", lang=lang).main
