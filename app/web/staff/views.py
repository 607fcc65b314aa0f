"""The staff's front page: what waits for them, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView
from flask_babel import gettext, ngettext, pgettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.authority.staff_names import STAFF_NAMES
from app.base.days import CalendarDays, days_elapsed, local_day
from app.base.db import session
from app.web import keys as shortcuts
from app.web.access import current_person
from app.web.admin.routes import route
from app.web.formats import ZONE, format_date_iso, format_number
from app.web.staff.charts import charts
from app.web.staff.clock import moment
from app.web.staff.posts import desks_here
from app.web.staff.worklist import MOST_COUNTED, Desk, Waiting, fill

TITLES: Final[Mapping[str, Any]] = {
    "letters_due": _l("Letters to send"),
    "letters_prepared": _l("Letters made, to confirm as printed"),
    "letters_printed": _l("Printed letters to mail"),
    "officer_address": _l("Registrations: address differs"),
    "officer_not_in_registry": _l("Registrations: not in the registry"),
    "officer_answers": _l("Registrations: answers to examine"),
    "officer_no_facts": _l("Registrations: no records to ask for"),
    "officer_already_active": _l("Registrations: business already active"),
    "letters_returned": _l("Returned letters"),
    "codes_lapsing": _l("Activation codes that expire soon"),
    "codes_expired": _l("Expired activation codes, not used"),
    "cases": _l("Applications to examine"),
    "cases_unreadable": _l("Applications with a document that cannot be opened"),
    "people_locked": _l("People locked for a while"),
    "codes_disabled": _l("People whose codes are disabled"),
    "people_disabled": _l("People who are disabled"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of work as it is drawn. ``state`` is *late*, *turn* or *read*."""

    title: Any
    url: str
    count: str
    late: str
    age: str
    since: str
    state: str


class WorkListView(BaseView):
    """What waits, how much, how old; each line leads to the list of it."""

    route_base = "/staff"
    default_view = "index"
    list_title = _l("Work list")
    actions: Mapping[str, str] = {"can_read": "staff.work.read"}

    @route("/", permission="read")
    def index(self) -> str:
        """The work of every program that the person works for, then what concerns people."""
        at = desks_here()
        me = current_person().id
        people = fill(session, me, at)
        late = sum(one.late for desk in at for one in desk.waiting)
        waiting = [one for desk in at for one in desk.waiting] + people
        page = self.render_template(
            "staff/worklist.html",
            desks=[(desk, kinds(desk), list(_lines(desk.waiting))) for desk in at],
            people=list(_lines(people)),
            total=format_number(sum(one.count for one in waiting)),
            late=late,
            counted=moment(),
            charts=[one for desk in at for one in charts(session, me, desk, moment())],
            view=self,
        )
        return str(page)

    @route("/keys", methods=("GET", "POST"), permission="read")
    def keys(self) -> str | Response:
        """The keyboard shortcuts of the lists, and the switch that turns them on and off."""
        if request.method == "POST":
            on = request.form.get("on") == "yes"
            said = gettext("The shortcuts are on.") if on else gettext("The shortcuts are off.")
            flash(said, "done")
            return shortcuts.turn(redirect(url_for(f"{self.endpoint}.keys"), code=303), on=on)
        page = self.render_template("staff/keys.html", keys=shortcuts.KEYS, view=self)
        return str(page)


def kinds(desk: Desk) -> str:
    """What the person is in the program, in words."""
    return ", ".join(str(STAFF_NAMES.get(kind, kind)) for kind in desk.kinds)


def _lines(waiting: Iterable[Waiting]) -> Iterable[Line]:
    for one in waiting:
        state = "late" if one.late else ("turn" if one.turn else "read")
        yield Line(
            title=TITLES[one.work.key],
            url=_list_of(one),
            count=_count(one.count),
            late=ngettext("%(num)s late", "%(num)s late", one.late) if one.late else "",
            age=_left(one.oldest) if one.work.ahead else _age(one.oldest),
            since=_since(one),
            state=state,
        )


def _count(number: int) -> str:
    """How many wait; counting stops, so that a long list costs no more than a short one."""
    if number >= MOST_COUNTED:
        return str(gettext("%(num)s or more", num=format_number(MOST_COUNTED)))
    return format_number(number)


def _age(oldest: datetime | None) -> str:
    """How old the oldest is, in calendar days of Eastern time."""
    if oldest is None:
        return ""
    days = days_elapsed(local_day(oldest, ZONE), local_day(moment(), ZONE), CalendarDays)
    if days == 0:
        return str(gettext("Today"))
    return str(ngettext("%(num)s day", "%(num)s days", days))


def _left(first: datetime | None) -> str:
    """How long until the first of them is over, in calendar days of Eastern time."""
    if first is None:
        return ""
    days = days_elapsed(local_day(moment(), ZONE), local_day(first, ZONE), CalendarDays)
    return str(ngettext("%(num)s day left", "%(num)s days left", days))


def _since(one: Waiting) -> str:
    """The day of the oldest, or of the first that will be over."""
    if one.oldest is None:
        return ""
    day = format_date_iso(one.oldest)
    if one.work.ahead:
        return str(pgettext("first of several", "first: %(date)s", date=day))
    return str(pgettext("oldest of several", "oldest: %(date)s", date=day))


def _list_of(one: Waiting) -> str:
    """The address of the list that holds exactly these rows."""
    today = local_day(moment(), ZONE)
    days = {"today": 0, "yesterday": -1, "lapsing": 10}
    query = {
        name: (today + timedelta(days=days[value])).isoformat() if value in days else value
        for name, value in one.work.query.items()
    }
    if one.program_id is not None:
        query["_flt_0_program"] = str(one.program_id)
    return f"{url_for(f'{one.work.list_of}.list')}?{urlencode(query)}"
