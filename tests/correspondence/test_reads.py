"""Notices are read, counted and marked by whom they were sent to."""

from __future__ import annotations

import pytest

import app.correspondence.scopes  # noqa: F401 (registers the scopes)
from app.base.errors import NotFound
from app.correspondence import queries
from app.correspondence.models import Notice
from app.correspondence.service import mark_all_read, mark_read


@pytest.fixture
def sent(world):
    """Two people, each with a notice that they have not read."""
    people = world.person(), world.person()
    rows = [Notice(person_id=one.id, template="password_changed", facts={}) for one in people]
    world.db.add_all(rows)
    world.db.commit()
    return people, rows


def test_another_persons_notices_are_neither_listed_nor_counted_nor_marked(world, db, sent):
    (person, _), (mine, theirs) = sent
    assert queries.unread_count(db, person.id) == 1
    db.rollback()
    with pytest.raises(NotFound):
        mark_read(person.id, theirs.id)
    mark_all_read(person.id)
    assert queries.unread_count(db, person.id) == 0
    assert world.fresh(mine).read_at is not None
    assert world.fresh(theirs).read_at is None
