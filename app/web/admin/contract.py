"""What a screen must say about itself before it may start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from app.web.admin.columns import is_column, relations
from app.web.admin.interface import SafeSQLAInterface

if TYPE_CHECKING:
    from app.web.admin.base import Screen

_EXPLICIT: Final = ("list_columns", "show_columns", "search_columns", "order_columns")
_TITLES: Final = ("list_title", "one_title", "empty")


class Incomplete(TypeError):
    """A screen leaves to chance what it shows, or shows it in one language."""


def check(view: Screen) -> None:
    """Raise Incomplete, naming the screen and what it lacks."""
    for problem in _problems(view):
        raise Incomplete(f"{type(view).__name__}: {problem}")


def _problems(view: Screen) -> Iterator[str]:
    yield from _of_frame(view)
    yield from _of_columns(view)
    for form in ("add", "edit"):
        if getattr(view, f"{form}_form") is not None:
            for wanted in (f"{form}_action", f"{form}_title"):
                if not getattr(view, wanted):
                    yield f"{form}_form needs {wanted}"


def _of_frame(view: Screen) -> Iterator[str]:
    datamodel: object = view.datamodel
    if not isinstance(datamodel, SafeSQLAInterface):
        yield "datamodel must be a SafeSQLAInterface"
    if not str(view.route_base).startswith("/staff/"):
        yield "route_base must begin with /staff/"
    for title in _TITLES:
        if not getattr(view, title):
            yield f"say {title}"
    for attribute in _EXPLICIT:
        if not any(attribute in vars(c) for c in type(view).__mro__ if _is_a_screen(c)):
            yield f"say {attribute}, () when there are none"
    if not view.list_columns:
        yield "a list needs a column"


def _of_columns(view: Screen) -> Iterator[str]:
    model = view.datamodel.obj
    shown = {*view.list_columns, *view.show_columns, *view.search_columns}
    if missing := sorted(shown - set(view.label_columns)):
        yield f"no label for {', '.join(missing)}"
    for path in sorted(shown):
        relations(model, path)
    if not view.base_order[0]:
        yield "say base_order, or the pages of the list overlap"
    for column in (*view.order_columns, view.base_order[0]):
        if not is_column(model, view.sort_as.get(column, column)):
            yield f"{column} is no column, the database cannot sort by it"


def routes_left_out(view: Screen) -> set[str]:
    """FAB's addresses that a screen does not have: read-only unless it says otherwise."""
    left_out = {"delete", "download", "action", "action_post"}
    if view.add_form is None:
        left_out.add("add")
    if view.edit_form is None:
        left_out.add("edit")
    if not view.can_export:
        left_out.add("export")
    if not view.deeds:
        left_out.add("deed")
    if all(one.many is None for one in view.deeds):
        left_out.add("bulk")
    return left_out


def _is_a_screen(klass: type) -> bool:
    """Whether a class is a screen's own, and neither FAB's nor the ground all screens share."""
    return not klass.__module__.startswith(("flask_appbuilder.", "app.web.admin."))
