"""Making the demonstration's registrations, letters and codes, in every state they can have."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.base import keys
from app.base.days import last_moment
from app.enrolment.models import ActivationCode, Letter, Registration, letter_numbers
from app.enrolment.service.common import mailed
from app.ops.demo.cases import CASES, NOT_REGISTERED, OPEN, Case, Open
from app.ops.demo.stage import Stage
from app.parties.models import RegistryEntry
from app.programs.rules.eligibility import NONE, YES_NO, evaluate, shown_questions
from app.programs.schema.definition import Definition
from app.programs.schema.eligibility import Question

_UNMADE = ("due", "withheld", "cancelled")
_SENT = ("posted", "delivered", "returned")


def register(stage: Stage, officer: str) -> None:
    """Make the registrations that led to the accounts, then those that have not (yet)."""
    for one in OPEN:
        _activated(stage, one, stage.people[officer])
    for case in CASES:
        _unfinished(stage, case, stage.people[officer])
    stage.db.flush()


def _activated(stage: Stage, one: Open, officer: int) -> None:
    entry, opened = stage.entries[one.business], stage.ago(one.days)
    row = _registration(stage, entry, one.owner, opened - timedelta(days=12))
    row.state, row.activated_at, row.attested_at = "activated", opened, opened
    stage.db.flush()
    letter = _letter(stage, row, officer, "delivered", opened - timedelta(days=2))
    _code(stage, row, letter, "used", opened)


def _unfinished(stage: Stage, case: Case, officer: int) -> None:
    entry = stage.entries.get(case.business)
    row = _registration(stage, entry, case.person, stage.ago(case.days), case)
    if case.state == "refused":
        row.officer_id, row.decided_at = officer, stage.ago(case.days - 6)
        row.officer_reason, row.paper_reference = "answers", f"R-{stage.today.year}-0417"
        row.officer_note = "Called the business on the telephone; no answer in five days."
        row.refusal_reason = (
            "La dette envers la Couronne n’est pas réglée."
            if entry and entry.language == "fr"
            else "The debt to the Crown is not resolved."
        )
    row.state = case.state
    stage.db.flush()
    if case.letter is None:
        return
    if case.replaced:
        old = _letter(stage, row, officer, "replaced", stage.ago(case.days - 1))
        _code(stage, row, old, "replaced", None)
    letter = _letter(stage, row, officer, case.letter, stage.ago(case.letter_days))
    if case.letter not in _UNMADE:
        _code(stage, row, letter, case.code, None)


def _registration(
    stage: Stage,
    entry: RegistryEntry | None,
    person: str,
    sent: datetime,
    case: Case | None = None,
) -> Registration:
    reason = case.reason if case else None
    unsent = case is not None and case.state in {"draft", "ineligible", "routed"}
    lines = stage.lines(entry) if entry else list(stage.definition.lines)[:1]
    base = stage.base(entry) if entry else next(iter(stage.definition.bases))
    known = entry is not None and not unsent
    row = Registration(
        program_id=stage.program.id,
        person_id=stage.people[person],
        answers=_answers(stage.definition, base, lines, sent.date(), reason == "answers"),
        definition_version=stage.definition.version,
        base=base,
        lines=lines,
        bn=entry.bn if entry else NOT_REGISTERED[0],
        carrier_code=entry.carrier_code if entry else None,
        zip_code=entry.postal_code if entry and entry.carrier_code else None,
        legal_name=entry.legal_name if entry else NOT_REGISTERED[1],
        address=_typed_address(entry, reason),
        registry_entry_id=entry.id if known and entry else None,
        party_id=stage.party(entry.legal_name) if known and entry else None,
        officer_reason=reason,
        made_at=sent - timedelta(minutes=20),
        sent_at=None if unsent else sent,
    )
    stage.db.add(row)
    return row


def _typed_address(entry: RegistryEntry | None, reason: str | None) -> dict[str, str]:
    if entry is None:
        return {
            "street": "15, rue de la Navette",
            "city": "Chibougamau",
            "region": "QC",
            "postal_code": "G8P 1A4",
            "country": "CA",
        }
    if reason == "address":
        return {**entry.address, "street": "214 New Siding Road"}
    return entry.address


def _answers(
    definition: Definition, base: str, lines: list[str], today: date, refer: bool
) -> dict[str, Any]:
    """Answers that let the business register, one by one as the portal asks them.

    With ``refer`` the first question that an officer may have to look at is answered so.
    """
    answers: dict[str, Any] = {}
    while (question := evaluate(definition, answers, today).next) is not None:
        if question.code in answers:
            break
        good, odd = _choices(question, base, lines, today)
        answers[question.code] = odd if refer and odd is not None else good
        refer = refer and odd is None
    shown = {question.code for question in shown_questions(definition, answers)}
    return {code: answer for code, answer in answers.items() if code in shown}


def _choices(question: Question, base: str, lines: list[str], today: date) -> tuple[Any, Any]:
    """An answer without consequence, and one that an officer looks at (none when there is none)."""
    if question.choices_from is not None:
        return (base if question.choices_from == "bases" else lines), None
    if question.type == "date":
        return (today - timedelta(days=12)).isoformat(), None
    possible = YES_NO if question.type == "yes_no" else tuple(question.choices or {})
    leads: Mapping[str, str] = {
        answer: one.leads_to for one in question.consequences for answer in one.answers
    }
    good = next((answer for answer in possible if answer not in leads), NONE)
    odd = next((answer for answer in possible if leads.get(answer) == "refer"), None)
    return good, odd


def _letter(stage: Stage, row: Registration, officer: int, state: str, reached: datetime) -> Letter:
    """A letter that reached ``state`` at ``reached``, after the steps that lead there."""
    entry = stage.db.get_one(RegistryEntry, row.registry_entry_id)
    due = min(row.sent_at or reached, reached)
    letter = Letter(
        registration_id=row.id,
        program_id=stage.program.id,
        language=entry.language,
        address=entry.address,
        state=state,
        due_at=due,
    )
    before = {"posted": 1, "delivered": 3, "returned": 3}.get(state, 0)
    if state not in _UNMADE:
        letter.made_by = officer
        letter.made_at = max(due, reached - timedelta(days=before))
        letter.number = _number(stage, letter.made_at)
    if state in ("printed", *_SENT):
        letter.printed_at = letter.made_at
    if state in _SENT:
        letter.posted_at = reached if state == "posted" else reached - timedelta(days=2)
        letter.mail_number = _mail_number()
    letter.delivered_at = reached if state == "delivered" else None
    letter.returned_at = reached if state == "returned" else None
    stage.db.add(letter)
    stage.db.flush()
    return letter


def _number(stage: Stage, made: datetime) -> str:
    drawn = stage.db.scalar(select(letter_numbers.next_value()))
    return f"L-{made.year}-{drawn:06}"


def _mail_number() -> str:
    """A registered-mail number with its check digit (UPU S10), drawn at random."""
    digits = f"{secrets.randbelow(10**8):08}"
    total = sum(int(d) * w for d, w in zip(digits, (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    check = {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)
    return f"RN{digits}{check}CA"


def _code(
    stage: Stage, row: Registration, letter: Letter, state: str, used: datetime | None
) -> None:
    """A code that nobody knows: only its random digest exists."""
    made = letter.made_at or letter.due_at
    valid = mailed(stage.definition).valid
    stage.db.add(
        ActivationCode(
            registration_id=row.id,
            letter_id=letter.id,
            program_id=stage.program.id,
            key_id=keys.current().id,
            digest=secrets.token_bytes(32),
            state=state,
            tries=5 if state == "locked" else 0,
            made_at=made,
            expires_at=last_moment(made, valid, stage.definition.zone),
            used_at=used,
        )
    )
