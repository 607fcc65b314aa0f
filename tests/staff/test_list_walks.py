"""A list of one program is walked without the rows of the others, and shows all of its own."""

from __future__ import annotations

from typing import Any

import pytest
from flask import g
from sqlalchemy import event, inspect, select, text

from app.authority.queries import visible
from app.authority.staff import STAFF_ROLES
from app.web import desk
from tests.staff.conftest import screens
from tests.web.test_list_cost import plan_of, read

OTHERS = 5_000


def test_newer_rows_of_another_program_are_not_read(world, sign_in, client):
    """What is counted is what the database reads, since time would be of the day."""
    mine = world.account(name="Ours")
    other = world.account(name="Theirs", program=world.other_program())
    with world.as_owner() as owner:
        owner.execute(
            text(
                "WITH named AS (INSERT INTO party (kind, name, name_folded)"
                " SELECT 'business', 'Firm ' || i, 'firm ' || i FROM generate_series(1, :many) i"
                " RETURNING id), opened AS (INSERT INTO account (party_id, program_id,"
                " standing_code) SELECT named.id, program_id, standing_code FROM named, account"
                " WHERE account.id = :other RETURNING id) INSERT INTO membership (person_id,"
                " account_id, program_id, role_code, exclusive, required, status)"
                " SELECT person_id, opened.id, program_id, role_code, exclusive, required, status"
                " FROM opened, membership WHERE account_id = :other"
            ),
            {"many": OTHERS, "other": other.id},
        )
        owner.execute(text("ANALYZE membership"))
    sign_in(world.staff("program_officer"))
    heard: list[tuple[str, Any]] = []
    bound = world.db.get_bind()
    listen = lambda *args: heard.append((args[2], args[3]))  # noqa: E731
    event.listen(bound, "before_cursor_execute", listen)
    assert str(mine) in client.get("/staff/memberships/list/").main
    event.remove(bound, "before_cursor_execute", listen)
    (rows,) = [one for one in heard if "row_number()" in one[0]]
    walked = [n for n in plan_of(world, *rows) if n.get("Relation Name") == "membership"]
    assert max(read(node) for node in walked) < OTHERS / 10


@pytest.mark.parametrize("programs", [1, 2])
@pytest.mark.parametrize("kind", STAFF_ROLES)
def test_a_screen_shows_what_is_visible_and_no_row_less(kind, programs, filled, world, app, db):
    """Its condition says the program once more, where it is one alone."""
    person = world.staff(kind)
    if programs == 2:
        world.staff(kind, world.other_program(), person=person)
    world.account(name="Theirs", program=world.other_program())
    with app.test_request_context("/en/staff/"):
        g.person = person
        for view in screens():
            model, action = view.datamodel.obj, view.datamodel.action
            (key,) = inspect(model).primary_key
            shown = db.scalars(select(key).select_from(model).where(desk.scope(model, action)))
            seen = db.scalars(visible(person.id, action, model).with_only_columns(key))
            assert set(shown) == set(seen), view.__name__
