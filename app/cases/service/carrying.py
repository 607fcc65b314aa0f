"""A draft goes on under the newest version of its program: a deed a case, and the worker's own.

Nobody is asked for it, and nobody's words change: answers that the new version would not take are
kept aside, and come back with a version that takes them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.locks import lock_account
from app.authority.people import people_who
from app.authority.telling import tell
from app.base.countries import COUNTRIES
from app.base.days import local_day
from app.base.db import deed, now
from app.base.queue import enqueue
from app.cases import queries_versions
from app.cases.models import Answer, CasePart, ClientCase, Document, TopicAside
from app.cases.queries_versions import (
    asked_before,
    questions_in,
    section_in,
    versions_between,
)
from app.cases.rules import parts as rules
from app.cases.rules.files import answers
from app.cases.rules.progress import Filled, missing
from app.cases.rules.reading import Around
from app.cases.rules.shown import Value
from app.cases.rules.versions import Given, carry, edited, obstacles
from app.parties.models import Account
from app.programs.models import Program
from app.programs.published import published
from app.programs.schema.cases import CaseSection
from app.programs.schema.definition import Definition
from app.programs.service import sync_steps


@dataclass(slots=True)
class _Part:
    """A part of the case on its way from version to version."""

    section: str
    key: str
    id: int
    aside: frozenset[str]
    documents: dict[str, int] = field(default_factory=dict)
    given: dict[str, Given] = field(default_factory=dict)
    before: dict[str, int | None] = field(default_factory=dict)
    """Question → since when its answer was kept aside."""


@deed
def carry_case(db: Session, case_id: int) -> bool:
    """Carry one case to the version in force, and tell the trail; and its users, where need be.

    False where nothing was done: it follows already, is not edited, or something stands in its
    way. A job that runs twice, or beside another, finds it done: the account is locked.
    """
    case = db.get_one(ClientCase, case_id)
    account = lock_account(db, case.account_id)
    db.refresh(case)
    path = _path(db, case)
    if len(path) == 1 or case.closed_at is not None:
        return False
    old, new = path[0], path[-1]
    kind = old.cases[case.case_type]
    found = _parts(db, case, old)
    begun: dict[str, list[str]] = {}
    for part in found:
        begun.setdefault(part.section, []).append(part.key)
    if case.state not in edited(kind) or any(
        obstacles(kind, new.cases.get(case.case_type), new.lines, case.state, begun)
    ):
        return False
    before = [_missing(old, case, part) for part in found]
    _carry(path, case, found, today=local_day(now(db), new.zone))
    fallen = {
        part.section
        for part, missed in zip(found, before, strict=True)
        if not missed and _missing(new, case, part)
    }
    if not any(before):
        fallen |= set(_new_sections(old, new, case))
    _keep(db, case, old, new, found)
    if fallen:
        _tell(db, account, fallen)
    return True


def catch_up(db: Session, case: ClientCase) -> None:
    """Have a case carried that is edited again, inside the deed that brought it there.

    While it was looked at it stood under the version that it was submitted under.
    """
    if case.definition_version < db.get_one(Program, case.program_id).version:
        enqueue(db, "cases.carry", program_id=case.program_id, after=case.id - 1)


@deed
def begin_carrying(db: Session) -> None:
    """Have the drafts of every program carried that is ahead of one of its cases."""
    start(db)


def start(db: Session) -> int:
    """The same inside a deed, such as that of `sync`; no row of a definition is written."""
    for program in queries_versions.behind(db):
        next_batch(db, program.id, 0)
    return 0


def next_batch(db: Session, program_id: int, after: int) -> None:
    """Have the next cases of a program carried; one batch of it at a time."""
    enqueue(db, "cases.carry", lock=f"carry:{program_id}", program_id=program_id, after=after)


@deed
def carry_next(db: Session, program_id: int, after: int) -> None:
    """The same, as a deed of its own."""
    next_batch(db, program_id, after)


def _path(db: Session, case: ClientCase) -> list[Definition]:
    """The definitions from the case's own version to the one in force, each that was published.

    Step by step, so that what is kept aside names the version that would not take it.
    """
    program = db.get_one(Program, case.program_id)
    versions = versions_between(db, program, case.definition_version, program.version)
    return [published(db, program, version) for version in versions]


def _parts(db: Session, case: ClientCase, old: Definition) -> list[_Part]:
    wanted = select(CasePart).where(CasePart.case_id == case.id, CasePart.removed_at.is_(None))
    rows = list(db.scalars(wanted.order_by(CasePart.id)))
    ids = [row.id for row in rows]
    found = {row.id: _Part(row.section, row.key, row.id, frozenset()) for row in rows}
    here = {row.section: questions_in(old, case, row.section) for row in rows}
    # Values and no rows of the ORM: most answers stay as they are, in every one of the drafts.
    given = select(Answer.part_id, Answer.question, Answer.value, Answer.unfit_since)
    given = given.where(Answer.part_id.in_(ids), Answer.value.is_not(None))
    for part_id, code, value, since in db.execute(given.order_by(Answer.part_id, Answer.question)):
        part = found[part_id]
        asked = asked_before(db, case, part.section, code, since, here[part.section])
        part.given[code] = Given(cast("Value", value), asked, since)
        part.before[code] = since
    for one in db.scalars(select(TopicAside).where(TopicAside.part_id.in_(ids))):
        found[one.part_id].aside |= {one.topic}
    files = select(Document).where(Document.part_id.in_(ids), Document.removed_at.is_(None))
    for file in db.scalars(files):
        if answers(file.scan):
            found[file.part_id].documents[file.question] = 1
    return list(found.values())


def _carry(path: Sequence[Definition], case: ClientCase, found: list[_Part], today: date) -> None:
    for one in path[1:]:
        around = Around(today, "en", COUNTRIES, {"lines": one.lines, "bases": one.bases})
        for part in found:
            section = section_in(one, case, part.section)
            part.given = carry(part.given, section, one.version, around)


def _missing(definition: Definition, case: ClientCase, part: _Part) -> bool:
    """Whether anything that the part asks is not answered."""
    section = section_in(definition, case, part.section)
    return section is not None and _lacks(section, part)


def _lacks(section: CaseSection, part: _Part) -> bool:
    good = {code: one.value for code, one in part.given.items() if one.unfit_since is None}
    known = rules.answered(section, part.key, good)
    return any(missing(section, Filled(known, part.documents, part.aside)))


def _new_sections(old: Definition, new: Definition, case: ClientCase) -> Iterator[str]:
    """The sections that are new, and ask for something."""
    for code, section in new.cases[case.case_type].sections.items():
        if section.kind == "questions" and section.repeated is None:
            empty = _Part(code, "", 0, frozenset())
            if section_in(old, case, code) is None and _lacks(section, empty):
                yield code


def _keep(
    db: Session, case: ClientCase, old: Definition, new: Definition, found: list[_Part]
) -> None:
    """Write what became of the answers, and tell the trail which went aside or came back."""
    aside: set[str] = set()
    back: set[str] = set()
    for part in found:
        for code, one in part.given.items():
            since = part.before[code]
            if (since is None) != (one.unfit_since is None):
                (back if one.unfit_since is None else aside).add(code)
            if since != one.unfit_since:
                this = Answer.part_id == part.id, Answer.question == code
                db.execute(update(Answer).where(*this).values(unfit_since=one.unfit_since))
    case.definition_version = new.version
    changes: dict[str, object] = {"definition_version": (old.version, new.version)}
    changes |= {"questions_aside": sorted(aside)} if aside else {}
    changes |= {"questions_back": sorted(back)} if back else {}
    record(db, Event.CASE_CARRIED, target=case, changes=changes)


def _tell(db: Session, account: Account, sections: Collection[str]) -> None:
    """Whoever may fill in what is incomplete again is told, once."""
    people = {one.id for code in sections for one in people_who(db, f"{code}.edit", account)}
    for person_id in sorted(people):
        tell(db, person_id, "application_asks_more", account, path=f"/a/{account.id}/")


if start not in sync_steps:
    sync_steps.append(start)
