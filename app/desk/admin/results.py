"""What became of deeds on many rows: the list of one's own, each row by row, and as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p
from flask_babel import pgettext

from app.desk.admin.views import ScreenNames, all_lists
from app.desk.models import BulkLine, BulkRun
from app.desk.scopes import RESULTS
from app.web import formats
from app.web.admin import Deed, Door, SafeModelView, SafeSQLAInterface, Tag, export
from app.web.admin.arranging import name_of
from app.web.admin.bulk import Skip
from app.web.admin.routes import route
from app.web.staff.fragment import drawn
from app.web.staff.screens import Screens

STATES: Final = {
    "done": Tag("done", _p("chosen row", "Done")),
    "skipped": Tag("refused", _p("chosen row", "Skipped")),
    "waiting": Tag("draft", _p("chosen row", "Not reached")),
}


class BulkRunView(SafeModelView):
    """Deeds that the reader did on chosen rows, and what became of each row."""

    datamodel = SafeSQLAInterface(BulkRun, RESULTS)
    route_base = "/staff/results"
    list_title, one_title = _l("Results of actions"), _p("one", "Result")
    facts = _l("What you did to several rows at once. A result is kept for 30 days.")
    empty = _l("You have not acted on several rows yet. Select some in a list.")
    list_columns = ("deed", "screen", "begun_at", "done", "left")
    show_columns = (*list_columns, "ended_at")
    search_columns = ("screen", "begun_at")
    order_columns = ("screen", "begun_at")
    base_order = ("begun_at", "desc")
    moments = frozenset({"begun_at"})
    label_columns = {
        "deed": _p("column", "Action"),
        "screen": _p("column", "List"),
        "begun_at": _p("column", "Begun on"),
        "ended_at": _p("column", "Ended on"),
        "done": _p("chosen rows", "Done"),
        "left": _p("chosen rows", "Not done"),
    }
    choices = {"screen": ScreenNames()}
    can_export = False
    doors = (Door(_l("Download the result (CSV)"), "BulkRunView.file", RESULTS, key="pk"),)

    def cell(self, row: Any, column: str) -> Any:
        """The deed by the name that it has on many rows."""
        if column == "deed":
            return _deed_name(row)
        return super().cell(row, column)

    def row_title(self, row: Any) -> str:
        """What was done."""
        return _deed_name(row)

    def row_state(self, row: Any) -> str | None:
        """Late: something stopped it before every row was reached."""
        return None if row.ended_at is not None else "late"

    def more_of(self, row: Any) -> Any:
        """Row by row, and the way to try again what was not done."""
        screen = _screen(row)
        again = [one.row_key for one in row.lines if one.state != "done" and one.reason != "gone"]
        known = screen is not None and _deed(row) is not None
        return drawn(
            "desk/result.html",
            run=row,
            lines=[(one, STATES[one.state], _reason(row, one), _url(screen, one))
                   for one in row.lines],
            again=f"{url_for(f'{screen.endpoint}.bulk')}?{_query(row.deed, again)}"
            if known and screen is not None and again else None,
            list_url=url_for(f"{screen.endpoint}.list") if screen is not None else None,
        )  # fmt: skip

    @route("/file/<pk>", permission="show")
    def file(self, pk: str) -> Response:
        """The result as a CSV file: each row, what became of it, when, and why it was skipped."""
        run = self._found(pk)
        heads = [
            pgettext("column", "Number"),
            pgettext("column", "Name"),
            pgettext("column", "Outcome"),
            pgettext("column", "When"),
            pgettext("column", "Reason"),
        ]
        lines = (
            [
                one.row_key,
                one.row_name,
                str(STATES[one.state]),
                _when(one),
                _reason(run, one),
            ]
            for one in run.lines
        )
        return export.send("csv", _deed_name(run), heads, lines)


def _when(one: BulkLine) -> str:
    if one.settled_at is None:
        return ""
    return one.settled_at.astimezone(formats.ZONE).isoformat(sep=" ", timespec="seconds")


def _screen(run: BulkRun) -> SafeModelView | None:
    """The list that the rows were chosen in; none when a release took it away."""
    return next((one for one in all_lists() if name_of(one) == run.screen), None)


def _deed(run: BulkRun) -> Deed | None:
    screen = _screen(run)
    deeds: Sequence[Deed] = screen.deeds if screen is not None else ()
    return next((one for one in deeds if one.name == run.deed and one.many is not None), None)


def _deed_name(run: BulkRun) -> str:
    one = _deed(run)
    return str(one.many) if one is not None else run.deed


def _reason(run: BulkRun, one: BulkLine) -> str:
    screen = _screen(run)
    if one.reason is None or screen is None:
        return one.reason or ""
    return screen.reason(run.deed, Skip(one.reason, one.values))


def _url(screen: SafeModelView | None, one: BulkLine) -> str | None:
    if screen is None or one.reason == "gone":
        return None
    return url_for(f"{screen.endpoint}.show", pk=one.row_key)


def _query(deed: str, keys: Sequence[str]) -> str:
    return urlencode([("deed", deed), *(("row", key) for key in keys)])


SCREENS: Screens = ((BulkRunView, "results"),)
