"""The steps of a registration, for tests: answers that fit the definition, letters, codes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import select

from app.base.context import Origin, origin, set_origin
from app.base.days import local_day
from app.base.db import session
from app.base.identifiers import UNAMBIGUOUS
from app.enrolment.models import ActivationCode, Letter, Registration
from app.enrolment.service import activation, letters, registering, sending
from app.parties.models import ClientNumber, Person, RegistryEntry
from app.programs.rules.eligibility import base_of, choices, evaluate
from app.programs.rules.identifiers import identifier_for
from app.programs.schema.definition import Definition
from app.programs.service import definition
from tests.support.world import World


def program_definition(world: World) -> Definition:
    return definition(world.program().code)


def today(world: World) -> date:
    return local_day(world.now(), program_definition(world).zone)


def answers_that(
    kind: str, program: Definition, today: date, base: str = "CA", **given: Any
) -> dict[str, Any]:
    """Answers, question by question, for which the definition's verdict is `kind`.

    Tried out rather than written down, so that renaming a code in the definition changes nothing.
    """
    wanted = "ok" if kind not in {"fail", "route", "refer"} else kind
    answers: dict[str, Any] = dict(given)
    while (verdict := evaluate(program, answers, today)).kind == "unfinished":
        question = verdict.next
        assert question is not None
        options = [_answer(question, code) for code in _options(program, question, answers, today)]
        if base == "US" and question.choices_from == "bases":
            options = options[1:] + options[:1]
        if base == "US" and question.choices_from == "lines":
            options = [one for one in options if _by_carrier_code(program, answers, one)]
        scored = {
            evaluate(program, {**answers, question.code: one}, today).kind
            + ("+" if _refers(program, answers, question, one, today) else ""): one
            for one in reversed(options)
        }
        order = ["unfinished", "ok", "refer"] if wanted == "ok" else [wanted, f"{wanted}+"]
        if wanted == "refer":
            order = ["unfinished+", "refer+", "refer", "unfinished", "ok"]
        elif wanted != "ok":
            order += ["unfinished", "ok"]
        answers[question.code] = next(scored[one] for one in order if one in scored)
    assert verdict.kind == wanted, (verdict.kind, wanted)
    return answers


def _by_carrier_code(program: Definition, answers: Mapping[str, Any], lines: Any) -> bool:
    found = identifier_for(program, base_of(program, answers) or "", lines)
    return found is not None and not registering.is_business_number(found)


def _refers(
    program: Definition, answers: Mapping[str, Any], question: Any, answer: Any, today: date
) -> bool:
    before = evaluate(program, answers, today).findings
    after = evaluate(program, {**answers, question.code: answer}, today).findings
    return len(after) > len(before)


def _options(program: Definition, question: Any, answers: Any, today: date) -> list[str]:
    if question.type == "date":
        return [today.isoformat()]
    if question.type == "yes_no":
        return ["yes", "no"]
    return [code for code, _ in choices(program, question, answers)]


def _answer(question: Any, code: str) -> Any:
    return [code] if question.type == "several_of" else code


@contextmanager
def as_person(person: Person, session_id: int | None = None) -> Any:
    """What follows is done by this person, in a session of theirs."""
    before = origin()
    set_origin(Origin(person_id=person.id, session_id=session_id, request_id="test"))
    try:
        yield
    finally:
        set_origin(before)


def address_of(entry: RegistryEntry) -> dict[str, str]:
    return dict(entry.address)


def draft(world: World, person: Person, entry: RegistryEntry, kind: str = "ok") -> int:
    """A registration with every question answered, its number typed and its address given."""
    program = program_definition(world)
    number = registering.begin(person.id, world.program().id)
    base = entry.base if entry.bn is None else "CA"
    for question, answer in answers_that(kind, program, today(world), base).items():
        registering.answer_question(person.id, number, question, answer)
    if kind in {"fail", "route"}:
        return number
    row = session.get_one(Registration, number)
    identifier = identifier_for(program, row.base or "", row.lines)
    assert identifier is not None
    first, *others = identifier.fields
    typed = {first: entry.bn or entry.carrier_code or ""}
    typed |= dict.fromkeys(others, entry.postal_code[:5])
    registering.identify(person.id, number, typed, entry.legal_name)
    registering.give_address(person.id, number, address_of(entry))
    return number


def register(world: World, person: Person, entry: RegistryEntry, kind: str = "ok") -> Registration:
    """A registration that was sent."""
    number = draft(world, person, entry, kind)
    sending.send(person.id, number)
    return read(Registration, number)


def read(model: Any, key: Any) -> Any:
    """A row as it is in the database now."""
    session.rollback()
    return session.get_one(model, key, populate_existing=True)


def last_letter(registration: Registration) -> Letter:
    session.rollback()
    wanted = select(Letter).where(Letter.registration_id == registration.id)
    return session.scalars(wanted.order_by(Letter.id.desc()).limit(1)).one()


def codes_of(registration: Registration) -> list[ActivationCode]:
    session.rollback()
    wanted = select(ActivationCode).where(ActivationCode.registration_id == registration.id)
    return list(session.scalars(wanted.order_by(ActivationCode.id)))


def make(officer: Person, registration: Registration) -> str:
    """Make the letter that is due, as an officer; return the code that stands on it."""
    file = letters.make(officer.id, [last_letter(registration).id])
    return code_in(file.content)


def code_in(pdf: bytes) -> str:
    """The activation code as somebody copies it from the paper."""
    return codes_in(pdf)[0]


def codes_in(pdf: bytes) -> list[str]:
    """Every activation code of a file, in order."""
    group = f"[{UNAMBIGUOUS}]{{4}}"
    return re.findall(rf"\b\d{{4}} \d{{4}} ({group} {group} {group})\b", text_in(pdf))


def text_in(pdf: bytes) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return re.sub(r"[ \u00a0\n\f]+", " ", done.stdout.decode())


def client_number(registration: Registration) -> str:
    session.rollback()
    number = session.get_one(ClientNumber, (registration.party_id, registration.program_id)).number
    assert number is not None
    return number


def prove(person: Person, registration: Registration, code: str, **changes: Any) -> str:
    typed = activation.Typed(changes.get("client_number") or client_number(registration), code)
    return activation.prove(
        person.id, registration.id, typed, attested=changes.get("attested", True)
    )


def activate(person: Person, registration: Registration, code: str, world: World) -> int:
    """Both steps of an activation; return the account's number."""
    token = prove(person, registration, code)
    return activation.activate(person.id, token, program_definition(world).terms.version)


Raced = Callable[[], object]
