"""Saved views: the screen of one's own and one's teams', and the pages that keep them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from flask import abort, current_app, flash, g, redirect, request, url_for
from flask_appbuilder.models.sqla.filters import FilterGreater
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p
from werkzeug.wrappers import Response

from app.base.errors import Conflict, Invalid
from app.desk import rules
from app.desk.admin.arranger import as_view
from app.desk.admin.forms import ColumnsForm, KeepForm
from app.desk.models import SavedView
from app.desk.scopes import READ
from app.desk.service import views
from app.web.access import current_person
from app.web.admin import Deed, Door, SafeModelView, SafeSQLAInterface
from app.web.admin.arranging import name_of, possible
from app.web.admin.filters import Control
from app.web.admin.routes import route
from app.web.forms import GuichetForm
from app.web.staff.screens import Screens

_TYPED: Final = {"words", "text", "number"}
"""Kinds of filter into which people type freely: what stands there may name somebody."""


class ScreenNames(Mapping[str, Any]):
    """The lists of the portal, by what they are called where something is kept of them."""

    def _all(self) -> dict[str, Any]:
        return {name_of(one): one.list_title for one in all_lists()}

    def __getitem__(self, name: str) -> Any:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


def all_lists() -> Sequence[SafeModelView]:
    """Every generated screen."""
    views_there = current_app.extensions["appbuilder"].baseviews
    return [one for one in views_there if isinstance(one, SafeModelView)]


def screen_named(name: str) -> SafeModelView:
    """The screen of that name, for those who have its list; to others it is not there."""
    found = next((one for one in all_lists() if name_of(one) == name), None)
    if found is None or not found.allowed("list"):
        abort(404)
    return found


def _remove(row: SavedView, _form: GuichetForm) -> None:
    views.remove(current_person().id, row.id)


class SavedViewView(SafeModelView):
    """Views that the reader finds at lists: their own and those of their teams."""

    datamodel = SafeSQLAInterface(SavedView, READ)
    base_filters = [["name", FilterGreater, ""]]
    route_base = "/staff/views"
    list_title, one_title = _l("Saved views"), _p("one", "Saved view")
    facts = _l("Yours and those of your programs. A view is saved at its list.")
    empty = _l("No view has been saved yet. Filter a list, then save the view there.")
    list_columns = ("name", "screen", "program", "person", "made_at")
    show_columns = (*list_columns, "changed_at")
    search_columns = ("name", "screen", "program")
    order_columns = ("name", "screen", "made_at")
    sort_as = {"name": "name_folded"}
    base_order = ("name", "asc")
    label_columns = {
        "name": _p("column", "Name"),
        "screen": _p("column", "List"),
        "program": _p("column", "Who finds it"),
        "person": _p("column", "Saved by"),
        "made_at": _p("column", "Saved on"),
        "changed_at": _p("column", "Changed on"),
    }
    choices = {"screen": ScreenNames()}
    can_export = False
    doors = (Door(_l("Open the list"), "SavedViewView.open", READ, key="pk"),)
    deeds = tuple(
        Deed(
            name,
            _l("Remove the view"),
            _l("The view disappears; the rows that it showed stay as they are."),
            _remove,
            action,
            when=when,
            done=_l("The view is removed."),
            danger=True,
        )
        for name, action, when in (
            ("remove", views.OWN, lambda row: row.program_id is None),
            ("remove-team", views.SHARE, lambda row: row.program_id is not None),
        )
    )
    words = {
        "empty": _l("Enter a name for the view."),
        "long": _l("Enter at most %(max)s characters."),
        "taken": _l("Another view of this list has this name."),
        "too_many_views": _l("No more views fit at this list. Remove one first."),
        "many": _l("Select fewer columns: at most %(num)s fit, with the first."),
        "unknown": _l("Select columns of this list."),
    }

    def cell(self, row: Any, column: str) -> Any:
        """Who finds it: the team of a program, or the person alone."""
        if column == "program":
            return row.program.title if row.program is not None else gettext("Only me")
        return super().cell(row, column)

    def row_title(self, row: Any) -> str:
        """The view's name."""
        return str(row.name)

    @route("/open/<pk>", permission="show")
    def open(self, pk: str) -> Response:
        """Go to the list, as the view shows it."""
        row = self._found(pk)
        return redirect(screen_named(row.screen).address_of(as_view(row)))

    @route("/keep/<screen>", ["GET", "POST"], permission="list")
    def keep(self, screen: str) -> str | Response:
        """Save the list as the address shows it: name it, and say who finds it."""
        there = screen_named(screen)
        opened = there.open_view()
        asked = there._asked(request.args)  # noqa: SLF001 (a screen of this class)
        applied = _applied(there, asked)
        form = KeepForm(opened)
        if form.validate_on_submit():
            content = _content(there, asked, applied, with_columns=form.with_columns.data)
            actor, name = current_person().id, form.name.data

            def work() -> int:
                if opened is not None and form.replaces:
                    return views.change(actor, int(opened.key), name, content)
                return views.keep(actor, screen, name, content, form.program_id)

            saved = self._saved(form, work)
            if saved:
                flash(gettext("The view is saved."), "done")
                return redirect(url_for("SavedViewView.open", pk=saved))
        return self._drawn(
            "keep.html",
            screen=there,
            form=form,
            applied=applied,
            order=asked.order,
            columns=[there.label_columns[name] for name in there.columns_here()],
            back=asked.address(),
        )

    @route("/columns/<screen>", ["GET", "POST"], permission="list")
    def columns(self, screen: str) -> str | Response:
        """Choose the columns that a list shows to the reader, or take the usual ones again."""
        there = screen_named(screen)
        back = there._asked(request.args).address()  # noqa: SLF001 (a screen of this class)
        form = ColumnsForm(there, there.columns_here())
        if form.validate_on_submit():
            actor, usual = current_person().id, "usual" in request.form
            chosen = None if usual else form.columns.data
            if self._saved(form, lambda: _choose(actor, there, chosen)):
                flash(gettext("The columns are saved."), "done")
                return redirect(back)
        opened = there.open_view()
        return self._drawn(
            "columns.html",
            screen=there,
            form=form,
            first=there.label_columns[form.first],
            opened=opened if opened and opened.columns else None,
            back=back,
        )

    def _saved(self, form: GuichetForm, work: Callable[[], Any]) -> Any:
        """Do the deed; what stands against it is told at the form. Lists are asked anew after."""

        def kept() -> Any:
            try:
                return work()
            except Conflict as conflict:
                if conflict.reason not in self.words:
                    raise
                raise Invalid({"": conflict.reason}) from conflict

        done = self._done(form, kept)
        g.pop("arrangements", None)
        return done

    def _drawn(self, template: str, **values: Any) -> str:
        return str(self.render_template(f"desk/{template}", view=self, **values))


def _applied(there: SafeModelView, asked: Any) -> Sequence[Control]:
    """The filters that narrow the list; one that cannot be read is not kept."""
    drawn = there._controls(asked)  # noqa: SLF001 (a screen of this class)
    there._narrowed(drawn)  # noqa: SLF001 (it tells which cannot be read)
    return [one for one in drawn if one.value and not one.error]


def _content(
    there: SafeModelView, asked: Any, applied: Sequence[Control], *, with_columns: bool
) -> views.Content:
    typed = {one.filter.name: one.value for one in applied if one.filter.kind in _TYPED}
    chosen = {one.filter.name: one.value for one in applied if one.filter.kind not in _TYPED}
    order = (asked.order.column, asked.order.direction) if asked.order else None
    columns = list(there.columns_here()) if with_columns else None
    return views.Content(typed, chosen, order, columns)


def _choose(actor: int, there: SafeModelView, chosen: Sequence[str] | None) -> None:
    columns = None if chosen is None else rules.columns_of(chosen, possible(there))
    views.choose_columns(actor, name_of(there), columns)


SCREENS: Screens = ((SavedViewView, "saved-views"),)
