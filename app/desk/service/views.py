"""Keeping, changing and removing saved views, and choosing a list's columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.queries import authorise, find
from app.base.db import deed, now
from app.base.errors import Conflict, Invalid
from app.base.text import fold_words
from app.desk import rules
from app.desk.models import SavedView
from app.desk.scopes import READ
from app.parties.models import Person
from app.programs.models import Program

SHARE = "staff.views.share"
OWN = "self.update"


@dataclass(frozen=True, slots=True)
class Content:
    """What a view holds: ``typed`` are the filters that may name people, ``chosen`` the others.

    ``order`` is a column with *asc* or *desc*; ``columns`` None leaves them to the reader.
    """

    typed: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, str] | None = None
    columns: Sequence[str] | None = None


@deed
def keep(
    db: Session, actor: int, screen: str, name: str, content: Content, program_id: int | None
) -> int:
    """Keep a view of a list, for oneself or for the team of a program; return its number.

    Raises Refused where the person may not arrange that team's lists; Invalid ``name`` ``empty``,
    ``long`` or ``taken``; Conflict ``too_many_views``.
    """
    name = rules.name_of(name)
    _authorise_new(db, actor, program_id)
    _lock(db, screen, actor, program_id)
    theirs = _kept(screen, actor, program_id)
    rules.one_more(db.scalar(select(func.count()).select_from(theirs.subquery())) or 0)
    _is_free(db, theirs, name)
    view = SavedView(screen=screen, person_id=actor, program_id=program_id)
    _write(view, name, content)
    db.add(view)
    db.flush()
    _tell(db, Event.VIEW_KEPT, actor, view, content)
    return view.id


@deed
def change(db: Session, actor: int, view_id: int, name: str, content: Content) -> int:
    """Give a view another name, other filters, another order or other columns.

    A team's view is changed by whoever may arrange its lists. Returns its number. Raises as
    ``keep``; NotFound.
    """
    name = rules.name_of(name)
    view = _locked(db, actor, view_id)
    _is_free(db, _kept(view.screen, actor, view.program_id).where(SavedView.id != view.id), name)
    view.changed_at = now(db)
    if view.program_id is not None:
        view.person_id = actor
    _write(view, name, content)
    db.flush()
    _tell(db, Event.VIEW_CHANGED, actor, view, content)
    return view.id


@deed
def remove(db: Session, actor: int, view_id: int) -> None:
    """Remove a view; the rows it showed are where they were. Raises NotFound, Refused."""
    view = _locked(db, actor, view_id)
    _tell(db, Event.VIEW_REMOVED, actor, view)
    db.delete(view)
    db.flush()


@deed
def choose_columns(db: Session, actor: int, screen: str, columns: Sequence[str] | None) -> None:
    """Show these columns of a list to the person from now on; None gives back the usual ones."""
    _authorise_new(db, actor, None)
    _lock(db, screen, actor, None)
    mine = select(SavedView).where(
        SavedView.program_id.is_(None),
        SavedView.person_id == actor,
        SavedView.screen == screen,
        SavedView.name.is_(None),
    )
    kept = db.scalars(mine).one_or_none()
    if columns is None:
        if kept is not None:
            db.delete(kept)
    elif kept is None:
        db.add(SavedView(screen=screen, person_id=actor, columns=list(columns)))
    else:
        kept.columns, kept.changed_at = list(columns), now(db)
    db.flush()
    changes = {"screen": screen, "columns": list(columns) if columns is not None else None}
    record(db, Event.COLUMNS_CHOSEN, actor=actor, changes=changes)


def _authorise_new(db: Session, actor: int, program_id: int | None) -> None:
    """What is one's own is kept beside one's own person; a team's, in its program."""
    if program_id is None:
        authorise(db, actor, OWN, find(db, actor, "self.read", Person, actor))
    else:
        authorise(db, actor, SHARE, find(db, actor, READ, Program, program_id))


def _locked(db: Session, actor: int, view_id: int) -> SavedView:
    view = find(db, actor, READ, SavedView, view_id)
    if view.name is None:
        raise Conflict("no_view")
    _lock(db, view.screen, actor, view.program_id)
    db.refresh(view)
    authorise(db, actor, OWN if view.program_id is None else SHARE, view)
    return view


def _lock(db: Session, screen: str, actor: int, program_id: int | None) -> None:
    """Deeds on one person's, or one team's, views of a list wait for each other: they are counted.

    The number tells the two kinds apart by its sign.
    """
    owner = -actor if program_id is None else program_id
    key = func.hashtextextended(f"saved views of {screen}", owner)
    db.execute(select(func.pg_advisory_xact_lock(key)))


def _kept(screen: str, actor: int, program_id: int | None) -> Select[SavedView]:
    """The views that stand beside each other under one owner."""
    owner: ColumnElement[bool] = SavedView.program_id == program_id
    if program_id is None:
        owner = and_(SavedView.program_id.is_(None), SavedView.person_id == actor)
    return select(SavedView).where(SavedView.screen == screen, SavedView.name.is_not(None), owner)


def _is_free(db: Session, theirs: Select[SavedView], name: str) -> None:
    """Two views of one name could not be told apart, whatever their accents and capitals."""
    same = theirs.where(SavedView.name_folded == fold_words(name))
    if db.scalars(same).first() is not None:
        raise Invalid({"name": "taken"})


def _write(view: SavedView, name: str, content: Content) -> None:
    view.name, view.name_folded = name, fold_words(name)
    view.filters = {**content.chosen, **content.typed}
    view.order_column, view.order_direction = content.order or (None, None)
    view.columns = list(content.columns) if content.columns is not None else None


def _tell(
    db: Session, event: Event, actor: int, view: SavedView, content: Content | None = None
) -> None:
    """What a team reads is told with its program; a name, and what was typed, can be erased."""
    changes: dict[str, object] = {"screen": view.screen}
    personal: dict[str, object] = {"name": view.name}
    if content is not None:
        changes |= {"columns": content.columns, "filters": dict(content.chosen)}
        personal["search"] = dict(content.typed)
    record(db, event, actor=actor, target=view, changes=changes, personal=personal)
