"""The pages of one row of a staff screen: its facts, its forms, its deeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.audit.targets import describe
from app.base.errors import NotFound, Refused
from app.web.admin import scope
from app.web.admin.bulk import Bulk
from app.web.admin.deeds import Deed
from app.web.admin.routes import route
from app.web.forms import GuichetForm


class SafeModelView(Bulk):
    """A screen over one model: list, filters, order, export, one row, deeds.

    Read-only unless it says otherwise. Nothing is generated from the table: what is shown,
    searched, sorted and exported is listed, in both languages, or the screen refuses to start.
    """

    @route("/show/<pk>")
    def show(self, pk: str) -> str:
        """One row: its facts, what may be done to it, what belongs to it."""
        row = self._found(pk)
        open_deeds = [d for d in self.deeds if d.when(row) and scope.may(d.action, row)]
        return str(
            self.render_template(
                self.show_template,
                view=self,
                row=row,
                pk=pk,
                name=self.row_title(row),
                facts=[(self.label_columns[c], self.shown(row, c)) for c in self.show_columns],
                deeds=open_deeds,
                doors=self._doors_of(row, pk),
                related=self._related_links(row),
                can_edit=self.edit_form is not None and scope.may(self.edit_action, row),
                extra=self.more_of(row),
            )
        )

    def _doors_of(self, row: Any, pk: str) -> Sequence[tuple[Any, str]]:
        """The deeds with pages of their own on this row."""
        there = [d for d in self.doors if d.key and d.when(row) and scope.may(d.action, row)]
        keys: list[dict[str, Any]] = [{door.key: pk} for door in there]
        return [
            (door.label, url_for(door.endpoint, **key))
            for door, key in zip(there, keys, strict=True)
        ]

    def _related_links(self, row: Any) -> Sequence[tuple[Any, str, str]]:
        found = []
        for related in self.related:
            view = next(
                (v for v in self.appbuilder.baseviews if type(v).__name__ == related.view), None
            )
            if not isinstance(view, SafeModelView) or not view.allowed("list"):
                continue
            there = view._asked(  # noqa: SLF001 (another screen of this class)
                MultiDict({f"_flt_0_{related.column}": str(self.datamodel.get_pk_value(row))})
            )
            query = view._narrowed(view._bare(there))  # noqa: SLF001
            count = self.count_words(view.datamodel.capped_count(query))
            found.append((related.label, there.address(), count))
        return found

    # ---- forms ---------------------------------------------------------------------------

    @route("/add", ["GET", "POST"])
    def add(self) -> str | Response:
        """A new row: the form, then the service's deed."""
        if self.add_form is None:
            abort(404)
        form = self.add_form()
        back = url_for(f"{self.endpoint}.list")
        if form.validate_on_submit() and self._done(form, lambda: self.deed_add(form)):
            flash(gettext("Your changes are saved."), "done")
            return redirect(back)
        return self._form_page(form, self.add_title, back)

    @route("/edit/<pk>", ["GET", "POST"])
    def edit(self, pk: str) -> str | Response:
        """Another state of a row: the form, then the service's deed."""
        row = self._found(pk)
        if self.edit_form is None:
            abort(404)
        if not scope.may(self.edit_action, row):
            raise Refused(self.edit_action, target=describe(row))
        form = self.edit_form(obj=row)
        back = url_for(f"{self.endpoint}.show", pk=pk)
        if form.validate_on_submit() and self._done(form, lambda: self.deed_edit(row, form)):
            flash(gettext("Your changes are saved."), "done")
            return redirect(back)
        return self._form_page(form, self.edit_title, back, self.row_title(row))

    def _form_page(self, form: GuichetForm, title: Any, back: str, name: str = "") -> str:
        page = self.render_template(
            self.edit_template, view=self, form=form, heading=title, back=back, name=name
        )
        return str(page)

    def deed_add(self, form: GuichetForm) -> None:
        """Call the service that makes the row. A screen with ``add_form`` says how."""
        raise NotImplementedError

    def deed_edit(self, row: Any, form: GuichetForm) -> None:
        """Call the service that changes the row. A screen with ``edit_form`` says how."""
        raise NotImplementedError

    # ---- deeds ---------------------------------------------------------------------------

    @route("/deed/<name>/<pk>", ["GET", "POST"], permission="show")
    def deed(self, name: str, pk: str) -> str | Response:
        """Ask once more for a deed on one row, then do it. GET only asks."""
        row, one = self._found(pk), self._deed(name)
        if not scope.may(one.action, row):
            raise Refused(one.action, target=describe(row))
        back = url_for(f"{self.endpoint}.show", pk=pk)
        form = one.form()
        if form.validate_on_submit():
            rows = [row] if one.together else row
            outcome = self._done(form, lambda: one.run(rows, form))
            if isinstance(outcome, Response):
                return outcome
            if outcome:
                flash(str(one.done or gettext("Your changes are saved.")), "done")
                return redirect(back)
        return str(
            self.render_template(
                self.deed_template,
                view=self,
                deed=one,
                form=form,
                name=self.row_title(row),
                back=back,
            )
        )

    def _deed(self, name: str) -> Deed:
        found = next((d for d in self.deeds if d.name == name), None)
        if found is None:
            raise NotFound(f"deed {name}")
        return found
