"""What the person at the keyboard keeps of a list, and what their programs ship for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.base.db import session
from app.desk import rules
from app.desk.models import SavedView
from app.desk.queries import views_of
from app.web.access import current_person
from app.web.admin.arranging import Arrangement, KeptView, name_of, possible
from app.web.admin.base import Screen
from app.web.locale import language
from app.web.staff.posts import definition_here, desks_here


class DeskArranger:
    """Asks the tables for views of the team and one's own, and the definitions for theirs."""

    def __call__(self, screen: Screen) -> Arrangement:
        """Shipped views first, then the teams', then one's own; and one's columns."""
        kept = views_of(session, current_person().id, name_of(screen))
        columns = next((one.columns for one in kept if one.name is None), None)
        views = [*shipped(screen), *(as_view(one) for one in kept if one.name is not None)]
        return Arrangement(views, tuple(columns or ()))

    def shown(self, kept: Sequence[str], screen: Screen) -> Sequence[str]:
        """The kept columns that the screen still has; its usual ones when there are none."""
        return rules.shown(kept, possible(screen), screen.list_columns)


def as_view(one: SavedView) -> KeptView:
    """A row as a list shows it."""
    order = (one.order_column, one.order_direction) if one.order_column else None
    return KeptView(
        key=str(one.id),
        label=one.name or "",
        whose="own" if one.program_id is None else "team",
        filters=dict(one.filters),
        order=(order[0] or "", order[1] or "") if order else None,
        columns=tuple(one.columns or ()),
        program_id=one.program_id,
    )


def shipped(screen: Screen) -> Iterator[KeptView]:
    """The views that the definitions of one's programs bring for this list.

    On a list over several programs such a view shows the rows of its own program alone.
    """
    by_program = any(one.column == "program" for one in screen._search)  # noqa: SLF001
    for desk in desks_here():
        definition = definition_here(desk.program.id)
        if definition is None:
            continue
        for view in definition.staff_views.values():
            if view.screen == name_of(screen):
                filters = {f"_flt_0_{column}": value for column, value in view.where.items()}
                if by_program:
                    filters["_flt_0_program"] = str(desk.program.id)
                yield KeptView(
                    key=f"{definition.code}.{view.code}",
                    label=view.label.say(language()),
                    whose="program",
                    filters=filters,
                    order=view.order,
                    columns=view.columns,
                    program_id=desk.program.id,
                )
