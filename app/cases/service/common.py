"""What the deeds on a case share: the case that is open, its definition, the part in hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.locks import lock_account
from app.authority.queries import authorise
from app.base.errors import Conflict, NotFound
from app.cases.models import CasePart, ClientCase
from app.cases.rules import moves
from app.parties.models import Account
from app.programs.published import published
from app.programs.schema.cases import CaseSection, CaseType
from app.programs.schema.definition import Definition
from app.programs.service import definition


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a case: which kind of case, which section of it, and which of its parts by key."""

    case_type: str
    section: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    """A section of an account's case, locked for a deed."""

    account: Account
    program: Definition
    kind: CaseType
    section: CaseSection
    case: ClientCase | None
    """None while nobody has saved anything of it."""


def open_case(db: Session, account_id: int, case_type: str) -> ClientCase | None:
    """The account's open case of this kind; None where nobody has begun one."""
    return db.scalars(
        select(ClientCase)
        .where(
            ClientCase.account_id == account_id,
            ClientCase.case_type == case_type,
            ClientCase.closed_at.is_(None),
        )
        .order_by(ClientCase.id.desc())
        .limit(1)
    ).one_or_none()


def lock_section(db: Session, actor: int, account_id: int, place: Place) -> Open:
    """Lock the account, and let whoever may edit the section go on.

    Raises NotFound for a kind of case, or a section of questions, that the definition does not
    have; Refused.
    """
    account = lock_account(db, account_id)
    case = open_case(db, account_id, place.case_type)
    program = program_of(db, account, case)
    kind = program.cases.get(place.case_type)
    section = kind.sections.get(place.section) if kind else None
    if kind is None or section is None or section.kind != "questions":
        raise NotFound(f"{place.case_type} {place.section}")
    authorise(db, actor, f"{place.section}.edit", account)
    return Open(account, program, kind, section, case)


def program_of(db: Session, account: Account, case: ClientCase | None) -> Definition:
    """The definition under which a case goes on; the one in force where none is begun."""
    if case is None:
        return definition(account.program.code)
    return published(db, account.program, case.definition_version)


def begin(
    db: Session,
    actor: int,
    account: Account,
    kind: CaseType,
    *,
    came_with_account: bool = False,
    lines: Collection[str] = (),
) -> ClientCase:
    """Begin a case inside the caller's deed, with a part for each of the account's lines."""
    program = definition(account.program.code)
    case = ClientCase(
        account_id=account.id,
        program_id=account.program_id,
        case_type=kind.code,
        definition_version=program.version,
        state=moves.initial(kind),
        only_one=kind.opened == "with_account",
        opened_by=None if came_with_account else actor,
    )
    db.add(case)
    db.flush()
    told = {
        "case_type": case.case_type,
        "case_state": case.state,
        "definition_version": case.definition_version,
    }
    record(db, Event.CASE_OPENED, actor=actor, target=case, changes=told | {"lines": list(lines)})
    for section in kind.sections.values():
        if section.repeated is not None and section.repeated.by == "lines":
            known = [code for code in program.lines if code in lines]
            db.add_all(CasePart(case_id=case.id, section=section.code, key=code) for code in known)
    db.flush()
    return case


def part_at(db: Session, actor: int, here: Open, place: Place) -> CasePart:
    """The part that is filled in, made where its section is not repeated and nobody saved yet.

    Raises NotFound for a part that there is not (any more).
    """
    case = here.case or (None if here.section.repeated else _begun(db, actor, here))
    found = None if case is None else _part(db, case, place)
    if found is None and case is not None and here.section.repeated is None and not place.key:
        found = CasePart(case_id=case.id, section=place.section, key="", made_by=actor)
        db.add(found)
        db.flush()
    if found is None:
        raise NotFound(f"{place.section} {place.key}")
    return found


def _begun(db: Session, actor: int, here: Open) -> ClientCase:
    """A case that comes with the account begins with the first answer, where none was begun yet."""
    if here.kind.opened != "with_account":
        raise Conflict("not_begun")
    return begin(db, actor, here.account, here.kind)


def _part(db: Session, case: ClientCase, place: Place) -> CasePart | None:
    return db.scalars(
        select(CasePart).where(
            CasePart.case_id == case.id,
            CasePart.section == place.section,
            CasePart.key == place.key,
            CasePart.removed_at.is_(None),
        )
    ).one_or_none()


def tell_of_part(
    db: Session,
    event: Event,
    actor: int,
    here: Open,
    part: CasePart,
    *,
    changes: Mapping[str, object] | None = None,
    personal: Mapping[str, object] | None = None,
) -> None:
    """Write what was done to a part into the trail, under its account, with its section."""
    record(
        db,
        event,
        actor=actor,
        target=part,
        account_id=here.account.id,
        program_id=here.account.program_id,
        changes={"section": part.section, **(changes or {})},
        personal=personal,
    )
