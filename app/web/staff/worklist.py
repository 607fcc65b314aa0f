"""What waits for the staff, and since when: counted in one statement, under each one's own eyes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased, scoped_session

from app.authority.models import StaffAssignment
from app.authority.predicate import within
from app.authority.queries import visible
from app.authority.staff import STAFF_ROLES
from app.base.days import end_of_day, local_day
from app.base.db import now
from app.enrolment.models import ActivationCode, Letter, Registration
from app.identity.models import Factor
from app.parties.models import Person
from app.programs.library import codes, definition
from app.programs.models import Program
from app.web.staff.rules import late_up_to, shown_as

Db = Session | scoped_session[Session]

MOST_COUNTED: Final = 1_000
LAPSING: Final = timedelta(days=10)
"""How long before a code's end from which it is said to lapse soon."""


@dataclass(frozen=True, slots=True)
class Moments:
    """The instants a program's work is compared with."""

    now: datetime
    letters_late: datetime
    codes_lapse: datetime


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work: which rows wait, since when, who does it, and where the list is.

    ``doing`` is the staff action that takes the work away; ``reading`` lets the list be read.
    ``list_of`` is the screen and ``query`` the parameters of its filters, in which *today*,
    *yesterday* and *lapsing* stand for days. ``ahead``: ``since`` lies in the future, what is
    told is how long there is left.
    """

    key: str
    model: type[Any]
    since: Any
    waits: Callable[[Moments], ColumnElement[bool]]
    doing: str
    reading: str
    list_of: str
    query: Mapping[str, str]
    late: Callable[[Moments], ColumnElement[bool]] | None = None
    ahead: bool = False


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


def _newer_letter() -> ColumnElement[bool]:
    newer = aliased(Letter)
    return exists(
        select(1)
        .where(newer.registration_id == Letter.registration_id, newer.id > Letter.id)
        .correlate_except(newer)
    )


def _still_waits(registration_id: Any) -> ColumnElement[bool]:
    row = aliased(Registration)
    return exists(
        select(1).where(row.id == registration_id, row.state == "letter").correlate_except(row)
    )


def _letters(state: str) -> Callable[[Moments], ColumnElement[bool]]:
    return lambda _: Letter.state == state


def _with_officer(reason: str) -> Work:
    return Work(
        f"officer_{reason}",
        Registration,
        func.coalesce(Registration.sent_at, Registration.made_at),
        lambda _: and_(Registration.state == "officer", Registration.officer_reason == reason),
        "staff.registrations.decide",
        "staff.registrations.read",
        "RegistrationView",
        {"_flt_0_state": "officer", "_flt_0_officer_reason": reason},
    )


WORK: Final[Sequence[Work]] = (
    Work(
        "letters_due",
        Letter,
        Letter.due_at,
        _letters("due"),
        "staff.letters.make",
        "staff.letters.read",
        "LetterView",
        {"_flt_0_state": "due"},
        late=lambda at: Letter.due_at <= at.letters_late,
    ),
    Work(
        "letters_prepared",
        Letter,
        func.coalesce(Letter.made_at, Letter.due_at),
        _letters("prepared"),
        "staff.letters.move",
        "staff.letters.read",
        "LetterView",
        {"_flt_0_state": "prepared"},
    ),
    Work(
        "letters_printed",
        Letter,
        func.coalesce(Letter.printed_at, Letter.due_at),
        _letters("printed"),
        "staff.letters.move",
        "staff.letters.read",
        "LetterView",
        {"_flt_0_state": "printed"},
    ),
    *(_with_officer(why) for why in ("address", "not_in_registry", "answers", "already_active")),
    Work(
        "letters_returned",
        Letter,
        func.coalesce(Letter.returned_at, Letter.due_at),
        lambda _: and_(
            Letter.state == "returned", ~_newer_letter(), _still_waits(Letter.registration_id)
        ),
        "staff.registrations.decide",
        "staff.letters.read",
        "LetterView",
        {"_flt_0_state": "returned", "_flt_0_registration.state": "letter"},
    ),
    Work(
        "codes_lapsing",
        ActivationCode,
        ActivationCode.expires_at,
        lambda at: and_(
            ActivationCode.state == "valid",
            ActivationCode.expires_at > at.now,
            ActivationCode.expires_at <= at.codes_lapse,
        ),
        "staff.letters.make",
        "staff.codes.read",
        "ActivationCodeView",
        {"_flt_0_state": "valid", "_flt_0_expires_at": "today", "_flt_1_expires_at": "lapsing"},
        ahead=True,
    ),
    Work(
        "codes_expired",
        ActivationCode,
        ActivationCode.expires_at,
        lambda at: and_(
            ActivationCode.state == "valid",
            ActivationCode.expires_at <= at.now,
            _still_waits(ActivationCode.registration_id),
        ),
        "staff.letters.make",
        "staff.codes.read",
        "ActivationCodeView",
        {
            "_flt_0_state": "valid",
            "_flt_1_expires_at": "yesterday",
            "_flt_0_registration.state": "letter",
        },
    ),
)


def _blocked(person_id: Any, block: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(1).where(Factor.person_id == person_id, block).correlate_except(Factor))


PEOPLE: Final[Sequence[Work]] = (
    Work(
        "people_locked",
        Person,
        null(),
        lambda at: _blocked(Person.id, Factor.locked_until > at.now),
        "staff.persons.unlock",
        "staff.persons.read",
        "LockView",
        {"_flt_0_locked_until": "today"},
    ),
    Work(
        "codes_disabled",
        Person,
        select(func.min(Factor.disabled_at))
        .where(Factor.person_id == Person.id)
        .correlate(Person)
        .scalar_subquery(),
        lambda _: _blocked(Person.id, Factor.disabled_at.is_not(None)),
        "staff.persons.unlock",
        "staff.persons.read",
        "LockView",
        {"_flt_0_disabled_at": "2000-01-01"},
    ),
    Work(
        "people_disabled",
        Person,
        null(),
        lambda _: Person.state == "disabled",
        "staff.persons.disable",
        "staff.persons.read",
        "PersonView",
        {"_flt_0_state": "disabled"},
    ),
)
"""Work that concerns people, whatever the program: shown once to whoever has it in any."""


def desks(db: Db, person_id: int) -> list[Desk]:
    """The programs that the person works for, with the kinds they are there, and no work yet."""
    posts = (
        select(Program, StaffAssignment.staff_role)
        .join(StaffAssignment, StaffAssignment.program_id == Program.id)
        .where(
            StaffAssignment.person_id == person_id,
            within(StaffAssignment.starts_at, StaffAssignment.ends_at),
        )
        .order_by(Program.id, StaffAssignment.id)
    )
    found: dict[int, Desk] = {}
    for program, kind in db.execute(posts):
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
    mailed = one.enrolment.mailed_code
    lapse = end_of_day(local_day(moment, one.zone) + LAPSING, one.zone)
    return Moments(moment, late_up_to(moment, mailed.late_after, one.zone), lapse)


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
