"""The kinds of work that wait for staff: which rows, since when, whose they are, and which list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, func, null, select
from sqlalchemy.orm import aliased

from app.cases.models import ClientCase
from app.enrolment.models import ActivationCode, Letter, Registration
from app.identity.models import Factor
from app.parties.models import Person


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
        {"_flt_0_state": "due", "_oc_LetterView": "due_at", "_od_LetterView": "asc"},
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
    *(
        _with_officer(why)
        for why in ("address", "not_in_registry", "answers", "no_facts", "already_active")
    ),
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
    Work(
        "cases",
        ClientCase,
        ClientCase.moved_at,
        lambda _: ClientCase.with_staff.is_(True),
        "staff.cases.examine",
        "staff.cases.read",
        "CaseView",
        {"_flt_0_with_staff": "1", "_oc_CaseView": "due_at", "_od_CaseView": "asc"},
        late=lambda at: ClientCase.due_at <= at.now,
    ),
    Work(
        "cases_unreadable",
        ClientCase,
        ClientCase.unreadable_since,
        lambda _: and_(ClientCase.with_staff.is_(True), ClientCase.unreadable_since.is_not(None)),
        "staff.cases.examine",
        "staff.cases.read",
        "CaseView",
        {"_flt_0_with_staff": "1", "_flt_0_unreadable_since": "2000-01-01"},
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
