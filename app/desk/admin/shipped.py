"""The views that definitions ship, checked against the screens: an unknown name stops `sync`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from app.programs.library import definitions
from app.programs.loader import DefinitionError, Slip
from app.programs.schema.definition import Definition
from app.programs.schema.staff import StaffView
from app.programs.service import sync_steps
from app.web.admin import SafeModelView
from app.web.admin.arranging import name_of, possible
from app.web.admin.filters import filters_for
from app.web.staff.screens import all_screens


def check_shipped(_db: Session) -> int:
    """A step of ``sync`` that writes nothing: raise DefinitionError with every slip there is."""
    slips = [slip for one in definitions() for slip in slips_of(one)]
    if slips:
        raise DefinitionError(slips)
    return 0


def slips_of(definition: Definition) -> Iterator[Slip]:
    """What the screens do not know of the views of one definition."""
    for code, view in definition.staff_views.items():
        for key, expected in _faults(view):
            file = f"{definition.code}.yaml"
            yield Slip(file, 1, f"staff_views.{code}.{key}", f"expected {expected}")


def _faults(view: StaffView) -> Iterator[tuple[str, str]]:
    screens = {name_of(one): one for one, _ in all_screens() if issubclass(one, SafeModelView)}
    screen = screens.get(view.screen)
    if screen is None:
        yield "screen", f"one of {', '.join(sorted(screens))}"
        return
    for column, value in view.where.items():
        if expected := _wrong(screen, column, value):
            yield f"where.{column}", expected
    if view.order is not None and view.order[0] not in screen.order_columns:
        yield "order", f"one of {', '.join(screen.order_columns)}, with asc or desc"
    unknown = [name for name in view.columns if name not in possible(screen)]
    if unknown or (view.columns and view.columns[0] != screen.list_columns[0]):
        rest = ", ".join(possible(screen)[1:])
        yield "columns", f"{screen.list_columns[0]} first, then some of {rest}"


def _wrong(screen: type[SafeModelView], column: str, value: str) -> str:
    """What was expected of one condition; empty when it is one."""
    if column not in screen.search_columns or column in screen.linked_by:
        known = [name for name in screen.search_columns if name not in screen.linked_by]
        return f"one of {', '.join(known)}"
    choices: Any = screen.choices.get(column)
    kinds = {one.kind for one in filters_for(screen.datamodel.obj, column, choices)}
    if kinds == {"choice"} and value not in set(choices):
        return f"one of {', '.join(choices)}"
    if kinds == {"boolean"} and value not in {"0", "1"}:
        return "1 for yes or 0 for no"
    if not kinds <= {"choice", "boolean", "text"}:
        return "a column with a choice, yes and no, or text"
    return ""


if check_shipped not in sync_steps:
    sync_steps.append(check_shipped)
