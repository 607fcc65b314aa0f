"""Which saved views a person finds at a list."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session, joinedload, scoped_session

from app.authority.queries import visible
from app.base.prepared import PREPARED
from app.desk.models import SavedView
from app.desk.scopes import READ

Db = Session | scoped_session[Session]


def views_of(db: Db, person_id: int, screen: str) -> Sequence[SavedView]:
    """The views of one list that the person finds: the teams' first, then their own, by name.

    With them, without a name, the columns that the person has chosen: one statement for a page.
    """
    found = visible(person_id, READ, SavedView).where(SavedView.screen == screen)
    order = (SavedView.program_id.nulls_last(), SavedView.name_folded)
    wanted = found.options(joinedload(SavedView.program)).order_by(*order)
    return db.scalars(wanted, execution_options=PREPARED).all()
