"""The shell tied to the rest of the application: who looks, and which rows they may see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask, g, request
from sqlalchemy import and_, false
from sqlalchemy.orm import QueryableAttribute
from sqlalchemy.sql import ColumnElement

from app.audit.service import refused
from app.authority import hidden, queries
from app.authority.scopes import scope_of
from app.base import settings
from app.base.db import session
from app.correspondence.queries import unread_count
from app.identity.sessions import Seen
from app.programs.limits import limits
from app.web import context, shell
from app.web.access import person_or_none
from app.web.admin import set_asked, set_scope
from app.web.admin.menu import staff_menu
from app.web.errors import set_hidden, set_refused
from app.web.staff.posts import only_program


def install(app: Flask) -> None:
    """Install the shell, and tell it whom to ask."""
    shell.install(app, gallery=settings.get().env != "production")
    context.set_viewer(app, viewer)
    set_scope(app, scope=scope, may=may)
    set_asked(app, asked)
    set_refused(app, refused)
    set_hidden(app, hidden.look)
    app.jinja_env.globals.update(staff_menu=staff_menu)


def viewer() -> context.Viewer | None:
    """The signed-in person, as the header names them."""
    person = person_or_none()
    if person is None:
        return None
    ends, seconds = _session_end()
    return context.Viewer(
        name=person.full_name,
        language=person.language,
        # The staff header shows no notices: nothing is counted for it.
        unread=0 if request.path.startswith("/staff") else unread_count(session, person.id),
        session_ends=ends,
        idle_seconds=seconds,
    )


def _session_end() -> tuple[datetime | None, int | None]:
    """When the session ends if this is its last request, and in how many seconds."""
    seen: Seen | None = g.get("sign_in")
    if seen is None:
        return None, None
    limit = limits().session
    ends = min(seen.now + limit.idle, seen.row.started_at + limit.absolute)
    return ends, round((ends - seen.now).total_seconds())


def scope(model: type[Any], action: str) -> ColumnElement[bool]:
    """The rows of a staff screen: those ``visible`` lets the person see, and no others."""
    person = person_or_none()
    if person is None:
        return false()
    known: dict[tuple[type[Any], str], ColumnElement[bool]] = g.setdefault("scopes", {})
    if (model, action) not in known:  # a list asks for its page, its tabs, its count, its place
        found = queries.visible(person.id, action, model).whereclause
        known[model, action] = false() if found is None else _in_one_program(model, action, found)
    return known[model, action]


def _in_one_program(
    model: type[Any], action: str, seen: ColumnElement[bool]
) -> ColumnElement[bool]:
    """The same rows, with their program said once more where there is only one.

    What ``visible`` compares with, the planner learns too late: an index by program and day is of
    use to it for one program that it knows. Otherwise a list walks through the rows of all others.
    """
    tied, only = scope_of(model), only_program(action)
    if only is None or tied.staff is not None or not isinstance(tied.program, QueryableAttribute):
        return seen
    return and_(tied.program == only, seen)


def may(action: str, row: Any) -> bool:
    """Whether the person here may do the action on this row."""
    person = person_or_none()
    return person is not None and queries.may(session, person.id, action, row)


def asked(model: type[Any], action: str, key: Any) -> object:
    """The person here, as somebody who asked for this row."""
    person = person_or_none()
    return None if person is None else hidden.Asked(person.id, action, model, key)
