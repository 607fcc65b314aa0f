"""The officer's side of a letter: made, printed, posted, delivered or returned.

The code exists on paper alone. The order is: draw the code, render the file, commit its keyed
hash, and only then hand the file over; nothing of the code is stored, logged or queued.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.queries import authorise
from app.base.days import local_day
from app.base.db import deed, now
from app.base.errors import Conflict, Invalid, NotFound
from app.base.identifiers import parse_registered_mail
from app.enrolment.letter import LetterContent, Paper, render_many
from app.enrolment.models import ActivationCode, Letter, letter_numbers
from app.enrolment.notice import NoticeFacts, compose_notice
from app.enrolment.rules.states import UNCONFIRMED, LetterKind, LetterState, State, move_letter
from app.enrolment.service.codes import with_code
from app.enrolment.service.common import (
    add_letter,
    lock_letters,
    program_of,
    refuse_own,
    tell,
)
from app.programs.schema.definition import Definition

MAKE = "staff.letters.make"
MOVE = "staff.letters.move"
MOST_IN_ONE_FILE = 50


@dataclass(frozen=True, slots=True, repr=False)
class LetterFile:
    """The file to be sent as an attachment; it is kept nowhere."""

    content: bytes
    name: str
    count: int


class _Made(NamedTuple):
    letter: Letter
    content: LetterContent


@deed
def make(
    db: Session, actor: int, letter_ids: Sequence[int], paper: Paper = "us-letter"
) -> LetterFile:
    """Make letters that are due, all of them in one file or none.

    Of two officers who make one letter at the same instant, the second gets Conflict
    ``letter_not_due``: there is one valid code. Raises Refused on one's own registration;
    Invalid ``letters`` ``empty`` or ``too_many``; NotFound.
    """
    letters = _locked(db, actor, letter_ids)
    if any(letter.state != LetterState.DUE for letter in letters):
        raise Conflict("letter_not_due")
    return _file(db, actor, letters, paper)


@deed
def make_anew(
    db: Session, actor: int, letter_ids: Sequence[int], paper: Paper = "us-letter"
) -> LetterFile:
    """Make again letters that were never confirmed to have left the house.

    The file was lost, or the sheet was spoilt: the old letter is replaced by a new one with a
    new code, and the old code ends. Raises Conflict ``letter_confirmed`` for any other letter.
    """
    letters = _locked(db, actor, letter_ids)
    if any(LetterState(letter.state) not in UNCONFIRMED for letter in letters):
        raise Conflict("letter_confirmed")
    fresh = []
    for old in letters:
        before = old.state
        old.state = move_letter(before, LetterState.REPLACED)
        record(
            db,
            Event.LETTER_REPLACED,
            actor=actor,
            target=old,
            changes={"state": (before, old.state), "number": old.number, "reason": "made_anew"},
        )
        db.flush()
        fresh.append(add_letter(db, actor, old.registration, reason="made_anew", replaces=old))
    return _file(db, actor, fresh, paper)


@deed
def confirm_printed(db: Session, actor: int, letter_ids: Sequence[int]) -> None:
    """Say that letters are on paper. Raises Conflict when one is not *prepared*."""
    for letter in _locked(db, actor, letter_ids, MOVE):
        _move(db, actor, letter, LetterState.PRINTED, Event.LETTER_PRINTED)


@deed
def post(db: Session, actor: int, letter_id: int, mail_number: str) -> None:
    """Say that a letter left the house by registered mail, under this number.

    The number is a UPU S10 one, check digit included (facts E). The registrant is told, unless it
    is a notice, which is the business's. Raises Conflict when it is not *printed*, whatever the
    number; Invalid ``mail_number`` ``format``, or ``taken`` by another letter.
    """
    letter = _locked(db, actor, [letter_id], MOVE)[0]
    # A form that is sent twice is told that the letter has left, not that its number is in use.
    move_letter(letter.state, LetterState.POSTED)
    number = parse_registered_mail(mail_number)
    if number is None:
        raise Invalid({"mail_number": "format"})
    # Two letters at once under one number: the second waits here and is told, instead of failing.
    db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(number, 0))))
    others = select(Letter.id).where(Letter.mail_number == number, Letter.id != letter.id)
    if db.scalar(others) is not None:
        raise Invalid({"mail_number": "taken"})
    letter.mail_number = number
    _move(db, actor, letter, LetterState.POSTED, Event.LETTER_POSTED)
    if letter.kind == LetterKind.NOTICE:
        return
    zone = program_of(letter).zone
    expires_at = db.scalars(
        select(ActivationCode.expires_at).where(ActivationCode.letter_id == letter.id)
    ).one()
    moment = letter.posted_at or now(db)
    tell(
        db,
        letter.registration,
        "letter_posted",
        posted=local_day(moment, zone),
        expires=local_day(expires_at, zone),
    )


@deed
def deliver(db: Session, actor: int, letter_id: int) -> None:
    """Say that the post handed the letter over. Raises Conflict when it was not posted."""
    letter = _locked(db, actor, [letter_id], MOVE)[0]
    _move(db, actor, letter, LetterState.DELIVERED, Event.LETTER_DELIVERED)


@deed
def take_back(db: Session, actor: int, letter_id: int) -> None:
    """Say that the letter came back undelivered; of one with a code the registrant is told.

    Its code stays what it was: nobody has seen it, and a new letter ends it.
    """
    letter = _locked(db, actor, [letter_id], MOVE)[0]
    _move(db, actor, letter, LetterState.RETURNED, Event.LETTER_RETURNED)
    if letter.kind == LetterKind.CODE:
        tell(db, letter.registration, "letter_returned")


def _locked(db: Session, actor: int, letter_ids: Sequence[int], action: str = MAKE) -> list[Letter]:
    """The letters, locked and allowed; every one that was asked for, or none."""
    wanted = set(letter_ids)
    if not wanted:
        raise Invalid({"letters": "empty"})
    if len(wanted) > MOST_IN_ONE_FILE:
        raise Invalid({"letters": "too_many"}, num=MOST_IN_ONE_FILE)
    letters = lock_letters(db, wanted)
    if len(letters) != len(wanted):
        raise NotFound(f"letters {sorted(wanted - {letter.id for letter in letters})}")
    for letter in letters:
        authorise(db, actor, action, letter)
        if action == MAKE:
            refuse_own(MAKE, actor, letter.registration)
    return letters


def _file(db: Session, actor: int, letters: Sequence[Letter], paper: Paper) -> LetterFile:
    moment = now(db)
    made = [_make_one(db, actor, letter, moment) for letter in letters]
    first, last = made[0].letter, made[-1].letter
    name = f"{first.number}.pdf" if first is last else f"{first.number}-{last.number}.pdf"
    return LetterFile(render_many([one.content for one in made], paper), name, len(made))


def _make_one(db: Session, actor: int, letter: Letter, moment: datetime) -> _Made:
    """Give the letter its number and its words; the code too, where it brings one."""
    registration = letter.registration
    entry = registration.registry_entry
    wanted = State.ACTIVATED if letter.kind == LetterKind.NOTICE else State.LETTER
    if registration.state != wanted or registration.party_id is None or entry is None:
        raise Conflict("registration_moved_on")
    program = program_of(letter)
    before = letter.state
    year = local_day(moment, program.zone).year
    letter.number = f"L-{year}-{db.scalar(letter_numbers):06}"
    letter.address = {"name": entry.legal_name, **entry.address}
    letter.language = entry.language
    letter.made_by, letter.made_at = actor, moment
    letter.state = move_letter(before, LetterState.PREPARED)
    db.flush()
    changes = {
        "state": (before, letter.state),
        "number": letter.number,
        "language": letter.language,
        "registration_id": letter.registration_id,
    }
    if letter.kind == LetterKind.NOTICE:
        content = _notice(letter, program, moment)
    else:
        content, told = with_code(db, actor, letter, program, moment)
        changes |= told
    record(db, Event.LETTER_MADE, actor=actor, target=letter, changes=changes)
    return _Made(letter, content)


def _notice(letter: Letter, program: Definition, moment: datetime) -> LetterContent:
    registration = letter.registration
    facts = NoticeFacts(
        language=letter.language,
        number=letter.number or "",
        address=letter.address,
        person=registration.person.full_name,
        registered_at=registration.activated_at or moment,
        made_at=moment,
    )
    return compose_notice(program, facts)


def _move(db: Session, actor: int, letter: Letter, to: LetterState, event: Event) -> None:
    """Write the letter's next state with its instant, and say so in the trail."""
    before = letter.state
    letter.state = move_letter(before, to)
    setattr(letter, f"{to}_at", now(db))
    db.flush()
    changes = {"state": (before, letter.state), "number": letter.number}
    if "mail_number" in event.plain:
        changes["mail_number"] = letter.mail_number
    record(db, event, actor=actor, target=letter, changes=changes)
