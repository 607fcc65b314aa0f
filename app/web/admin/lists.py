"""The list of a staff screen, and the list as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import abort, redirect, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.base.errors import StepUpNeeded
from app.web.admin import columns, export, listing, scope, steps
from app.web.admin.base import Screen
from app.web.admin.cells import Drawing
from app.web.admin.deeds import Tab
from app.web.admin.filters import Control
from app.web.admin.interface import MOST_COUNTED
from app.web.admin.paging import Line, Page, Place
from app.web.admin.routes import route
from app.web.admin.words import Found, Words
from app.web.errors import step_up_for


@dataclass(frozen=True, slots=True)
class Counted:
    """What a list counts and looks up.

    Each tab with its address, its count in words, and whether it is the open one; the place of the
    row that the page begins beside; the numbers that a screen asks for besides.
    """

    total: int
    tabs: Sequence[tuple[Tab, str, str, bool]]
    place: Place | None
    more: Sequence[int]


APPLY: Final = "apply"
"""What the button of the filters sends."""


class Listed(Screen):
    """The addresses ``list/`` and ``export/…``."""

    @route("/list/")
    def list(self) -> str | Response:
        """The rows that the filters leave, a page of them.

        "Apply filters" leads to the address of what is asked, at its first page. Without it, as
        when the language changes, the page stays, and so do the rows that were selected.
        """
        asked = self._asked(request.args)
        if APPLY in request.args:
            return redirect(asked.address())
        drawn = self._controls(asked)
        control, words = listing.searched(drawn, self.datamodel) or (None, None)
        query = self._narrowed(drawn, control)
        found = words.look(query, MOST_COUNTED + 1) if words is not None else None
        if words is not None and found is not None and not found.everywhere:
            query, words = words.among(query, found.few), None
        counted = self._counted(query, asked, found)
        page = self._page(query, asked, counted, words)
        total = counted.total
        bulk = [d for d in self.deeds if d.many is not None and scope.holds(d.action)]
        drawing = Drawing(self, self.columns_here(), boxes=bool(bulk))
        return str(
            self.render_template(
                self.list_template,
                view=self,
                asked=asked,
                controls=drawn,
                heads=drawing.columns,
                rows=[drawing.row(row) for row in self.prepared(page.rows)],
                total=min(total, MOST_COUNTED),
                more=total > MOST_COUNTED,
                steps=steps.around(asked, page, total),
                tabs=counted.tabs,
                doors=self._doors(),
                bulk=bulk,
                sizes=listing.PAGE_SIZES,
                new_order=listing.Order,
                **self.more_of_list(asked, counted.more),
            )
        )

    def _doors(self) -> Sequence[tuple[Any, str]]:
        """The deeds with pages of their own that begin without a row."""
        there = [door for door in self.doors if not door.key and scope.holds(door.action)]
        return [(door.label, url_for(door.endpoint)) for door in there]

    def _asked(self, args: Any) -> listing.Asked:
        return listing.read(
            url_for(f"{self.endpoint}.list"),
            type(self).__name__,
            [one.name for one in self._search],
            self.order_columns,
            args,
        )

    def _controls(self, asked: listing.Asked) -> Sequence[Control]:
        return listing.controls(
            self.datamodel, self._search, dict(self.label_columns), dict(self.choices), asked
        )

    def _narrowed(self, drawn: Sequence[Control], but: Control | None = None) -> Any:
        return listing.narrow(self.datamodel.rows(self._base_filters), drawn, self.datamodel, but)

    def _line(self, query: Any, asked: listing.Asked, words: Words | None = None) -> Line:
        order = asked.order or listing.Order(*self.base_order)
        model = self.datamodel.obj
        load = columns.loaders(model, [*self.columns_here()])
        return listing.ordered(query, model, order, dict(self.sort_as), words=words, options=load)

    def _page(
        self, query: Any, asked: listing.Asked, counted: Counted, words: Words | None
    ) -> Page:
        line = self._line(query, asked, words)
        if asked.before == listing.LAST:
            return line.page(asked.size, last=steps.on_last(asked.size, counted.total))
        if asked.after:
            return line.page(asked.size, after=counted.place)
        return line.page(asked.size, before=counted.place)

    def _counted(self, query: Any, asked: listing.Asked, found: Found | None) -> Counted:
        """What is counted and looked up for a page, in one statement. Nothing is counted twice."""
        there = [self._asked(MultiDict(tab.query)) for tab in self.tabs]
        shut = [one for one in there if one.values != asked.values]
        behind = [self._narrowed(self._bare(one)) for one in shut]
        whole = [query] if found is None else []
        also, place = self.also_counted(), self._place(asked)
        numbers = self.datamodel.counted([*behind, *whole], *also, *place)
        value, key = numbers[-2:] if place else (None, None)
        own = len(behind) + len(whole)
        others, more = iter(numbers[: len(behind)]), numbers[own : own + len(also)]
        total = numbers[len(behind)] if found is None else found.rows
        tabs = []
        for tab, one in zip(self.tabs, there, strict=True):
            number = next(others) if one in shut else total
            tabs.append((tab, one.address(), self.count_words(number), one not in shut))
        return Counted(total, tabs, None if key is None else (value, key), more)

    def _place(self, asked: listing.Asked) -> Sequence[Any]:
        """Where the row stands that the page begins beside; nothing for the first and the last.

        A row that a deed has moved out of the filters still says where its neighbours are.
        """
        beside = asked.after or asked.before
        if not beside.isdigit():
            return ()
        return self._line(self.datamodel.rows(self._base_filters), asked).place(int(beside))

    def _bare(self, asked: listing.Asked) -> Sequence[Control]:
        """What was asked, for a query that nobody sees drawn: no drop-down is read for it."""
        return [
            Control(filter=one, label="", value=asked.values.get(one.name, ""))
            for one in self._search
        ]

    @staticmethod
    def count_words(number: int) -> str:
        """A number of rows in words that stay true when counting stopped."""
        if number > MOST_COUNTED:
            return str(gettext("more than %(num)s", num=columns.plain(MOST_COUNTED)))
        return str(columns.plain(number))

    @route("/export/<any(csv,xlsx):kind>", ["POST"])
    def export(self, kind: str) -> Response:
        """What the filters leave, as a file. By POST, because the trail is told of it."""
        asked = self._asked(request.args)
        query = self._narrowed(self._bare(asked))
        facts = {"kind": kind, "filters": asked.values, "rows": self.datamodel.capped_count(query)}
        try:
            if not scope.told(self.datamodel.obj, self.datamodel.action, facts):
                abort(404)
        except StepUpNeeded:
            return step_up_for(asked.address())
        loaded = query.options(*columns.loaders(self.datamodel.obj, [*self.columns_here()]))
        rows = self._line(loaded, asked).sorted().yield_per(500)
        told = self.prepared(rows)
        heads = [str(self.label_columns[column]) for column in self.columns_here()]
        lines = ([self.exported(row, column) for column in self.columns_here()] for row in told)
        return export.send(kind, str(self.list_title), heads, lines)

    def exported(self, row: Any, column: str) -> Any:
        """What a file says for a column: the word of a choice, ISO dates, plain numbers."""
        if column in self.choices:
            return str(self.cell(row, column))
        return columns.raw(columns.value_of(row, column))
