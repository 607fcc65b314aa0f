"""What waits for the staff, and since when: counted in one statement, under each one's own eyes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import DateTime, Select, bindparam, cast, func, literal, select, union_all
from sqlalchemy.orm import Session, scoped_session

from app.authority.models import StaffAssignment
from app.authority.predicate import within
from app.authority.queries import visible
from app.authority.staff import STAFF_ROLES
from app.base.days import end_of_day, local_day
from app.base.db import now
from app.base.prepared import PREPARED
from app.programs.library import codes, definition
from app.programs.models import Program
from app.web.staff.rules import late_up_to, shown_as
from app.web.staff.work import PEOPLE, WORK, Moments, Work

Db = Session | scoped_session[Session]

MOST_COUNTED: Final = 1_000
LAPSING: Final = timedelta(days=10)
"""How long before a code's end from which it is said to lapse soon."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Some work that waits: how much (``MOST_COUNTED`` and more are not told apart), since when."""

    work: Work
    program_id: int | None
    count: int
    late: int
    oldest: datetime | None
    turn: bool


@dataclass(slots=True)
class Desk:
    """One program's part of the work list, and the kinds of staff that the person is there."""

    program: Program
    kinds: list[str]
    held: frozenset[str]
    waiting: list[Waiting] = field(default_factory=list)


_POSTS = (
    select(Program, StaffAssignment.staff_role)
    .join(StaffAssignment, StaffAssignment.program_id == Program.id)
    .where(
        StaffAssignment.person_id == bindparam("person_id"),
        within(StaffAssignment.starts_at, StaffAssignment.ends_at),
    )
    .order_by(Program.id, StaffAssignment.id)
    .execution_options(**PREPARED)
)


def desks(db: Db, person_id: int) -> list[Desk]:
    """The programs that the person works for, with the kinds they are there, and no work yet."""
    found: dict[int, Desk] = {}
    for program, kind in db.execute(_POSTS, {"person_id": person_id}):
        desk = found.setdefault(program.id, Desk(program, [], frozenset()))
        desk.kinds.append(kind)
        desk.held |= STAFF_ROLES.get(kind, frozenset())
    return list(found.values())


def fill(db: Db, person_id: int, at: Sequence[Desk]) -> list[Waiting]:
    """Count the work of every desk into it, and give back what concerns people.

    One statement for all. Each part is ``visible`` to the person under the action that does the
    work (or, for a reader, that reads it), so that the list can count nothing they may not see.
    """
    moment = now(db)
    asked = list(_asked(at))
    if not asked:
        return []
    parts = [
        _part(number, one, person_id, _moments(one.desk, moment))
        for number, one in enumerate(asked)
    ]
    people: list[Waiting] = []
    for number, count, late, oldest in db.execute(union_all(*parts)):
        one = asked[number]
        if count:
            program_id = one.desk.program.id if one.of_program else None
            waiting = Waiting(one.work, program_id, count, late, oldest, one.turn)
            (one.desk.waiting if one.of_program else people).append(waiting)
    return people


@dataclass(frozen=True, slots=True)
class _Asked:
    """One count that is asked for: of which work, at which desk, as turn or only to read."""

    work: Work
    desk: Desk
    turn: bool
    of_program: bool = True

    @property
    def action(self) -> str:
        return self.work.doing if self.turn else self.work.reading


def _asked(at: Sequence[Desk]) -> Iterator[_Asked]:
    for desk in at:
        for work in WORK:
            how = shown_as(desk.held, doing=work.doing, reading=work.reading)
            if how is not None:
                yield _Asked(work, desk, how == "turn")
    for work in PEOPLE:
        ways = [(shown_as(desk.held, doing=work.doing, reading=work.reading), desk) for desk in at]
        best = next((way for kind in ("turn", "read") for way in ways if way[0] == kind), None)
        if best is not None:
            yield _Asked(work, best[1], best[0] == "turn", of_program=False)


def _moments(desk: Desk, moment: datetime) -> Moments:
    """With the program's numbers of days; one whose file is gone has no late letters."""
    if desk.program.code not in codes():
        return Moments(moment, datetime.min.replace(tzinfo=moment.tzinfo), moment + LAPSING)
    one = definition(desk.program.code)
    late_after = one.enrolment.first.late_after
    lapse = end_of_day(local_day(moment, one.zone) + LAPSING, one.zone)
    return Moments(moment, late_up_to(moment, late_after, one.zone), lapse)


def _part(number: int, one: _Asked, person_id: int, at: Moments) -> Select[int, int, int, Any]:
    """Count at most ``MOST_COUNTED`` rows, the oldest first: a backlog costs no more than that."""
    work = one.work
    late = work.late(at) if work.late is not None else literal(False)
    rows = visible(person_id, one.action, work.model).where(work.waits(at))
    if one.of_program:
        rows = rows.where(work.model.program_id == one.desk.program.id)
    since = cast(work.since, DateTime(timezone=True))
    some = (
        rows.with_only_columns(since.label("since"), late.label("late"))
        .order_by(since)
        .limit(MOST_COUNTED)
        .subquery()
    )
    return select(
        literal(number),
        func.count(),
        func.count().filter(some.c.late),
        func.min(some.c.since),
    ).select_from(some)
