"""Two drawings on the work list: how long letters have waited, and how many were mailed a week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask_babel import gettext, ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app.authority.queries import visible
from app.base.days import BusinessDays, days_elapsed, end_of_day, local_day
from app.enrolment.models import Letter
from app.programs.library import codes, definition
from app.web.formats import format_date_iso, format_number
from app.web.staff.drawing import Bar, Drawing, band_of, draw, weeks_before
from app.web.staff.rules import late_up_to
from app.web.staff.worklist import Desk

Db = Session | scoped_session[Session]

READ: Final = "staff.letters.read"
MOST_READ: Final = 1_000
"""Letters whose age is looked at: the oldest ones, as the work list counts them."""
WEEKS: Final = 8


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with what it finds in words, and the heads of its table."""

    key: str
    title: str
    finding: str
    drawing: Drawing
    heads: tuple[str, str]


def charts(db: Db, person_id: int, desk: Desk, moment: datetime) -> Sequence[Chart]:
    """The charts of one program, of the letters that the person sees there; none without any."""
    if READ not in desk.held or desk.program.code not in codes():
        return []
    found = [_waiting(db, person_id, desk, moment), _mailed(db, person_id, desk, moment)]
    return [chart for chart in found if chart is not None]


def _seen(person_id: int, desk: Desk) -> Any:
    return visible(person_id, READ, Letter).where(Letter.program_id == desk.program.id)


def _waiting(db: Db, person_id: int, desk: Desk, moment: datetime) -> Chart | None:
    """Letters to send, by the business days since they were asked for."""
    one = definition(desk.program.code)
    late_up = late_up_to(moment, one.enrolment.first.late_after, one.zone)
    due = _seen(person_id, desk).where(Letter.state == "due").with_only_columns(Letter.due_at)
    moments = db.scalars(due.order_by(Letter.due_at).limit(MOST_READ)).all()
    if not moments:
        return None
    today = local_day(moment, one.zone)
    bars = [Bar(label, 0) for label in _bands()]
    for since in moments:
        place = band_of(int(days_elapsed(local_day(since, one.zone), today, BusinessDays)))
        bar = bars[place]
        bars[place] = Bar(bar.label, bar.value + 1, bar.late + (since <= late_up))
    late = sum(bar.late for bar in bars)
    finding = ngettext("%(num)s letter to send is late", "%(num)s letters to send are late", late)
    return Chart(
        key=f"waiting-{desk.program.id}",
        title=gettext("Letters to send, by business days waited"),
        finding=finding if late else gettext("No letter to send is late"),
        drawing=draw(bars),
        heads=(gettext("Business days waited"), gettext("Letters")),
    )


def _bands() -> Sequence[str]:
    """The words of the bands that ``band_of`` numbers."""
    return ("0", "1", "2", gettext("3 to 5"), gettext("6 to 10"), gettext("More than 10"))


def _mailed(db: Db, person_id: int, desk: Desk, moment: datetime) -> Chart | None:
    """Letters mailed in each of the last weeks, which begin on Monday, in the program's zone."""
    zone = definition(desk.program.code).zone
    weeks = weeks_before(local_day(moment, zone), WEEKS)
    begin = end_of_day(weeks[0] - timedelta(days=1), zone)
    week = func.date_trunc("week", func.timezone(zone.key, Letter.posted_at)).label("week")
    some = _seen(person_id, desk).where(Letter.posted_at > begin).with_only_columns(week).subquery()
    counted = select(some.c.week, func.count()).group_by(some.c.week)
    numbers: dict[date, int] = {at.date(): number for at, number in db.execute(counted)}
    if not numbers:
        return None
    values = [numbers.get(one, 0) for one in weeks]
    return Chart(
        key=f"mailed-{desk.program.id}",
        title=gettext("Letters mailed, by week"),
        finding=gettext(
            "%(now)s this week, %(before)s the week before",
            now=format_number(values[-1]),
            before=format_number(values[-2]),
        ),
        drawing=draw(
            [Bar(format_date_iso(one), value) for one, value in zip(weeks, values, strict=True)]
        ),
        heads=(gettext("Week of"), gettext("Letters")),
    )
