"""Which open cases stand under an earlier version of their program, and where each stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select, tuple_
from sqlalchemy.orm import Session, scoped_session

from app.cases.models import CasePart, ClientCase
from app.cases.rules.versions import Obstacle, edited, obstacles, questions
from app.programs.loader import DefinitionError
from app.programs.models import Program, ProgramVersion
from app.programs.published import published
from app.programs.schema.cases import CaseSection
from app.programs.schema.definition import Definition
from app.programs.schema.questions import Question

Db = Session | scoped_session[Session]

_GROUP = (ClientCase.definition_version, ClientCase.case_type, ClientCase.state)
_line = case((CasePart.label.is_(None), CasePart.key), else_="")
"""The line of business of a part; nothing of the names that clients gave."""


@dataclass(frozen=True, slots=True)
class Group:
    """Open cases of one kind, under one version, in one state."""

    version: int
    case_type: str
    state: str


def behind(db: Db) -> list[Program]:
    """The programs with open cases under an earlier version, whatever state those are in."""
    wanted = (
        select(Program)
        .where(
            select(1)
            .where(
                ClientCase.program_id == Program.id,
                ClientCase.definition_version < Program.version,
                ClientCase.closed_at.is_(None),
            )
            .exists()
        )
        .order_by(Program.id)
    )
    return list(db.scalars(wanted))


def drafts(db: Db, program: Program, before: int) -> dict[Group, int]:
    """How many cases that are still edited stand under versions below `before`, group by group."""
    wanted = select(*_GROUP, func.count()).where(*_open(program, before)).group_by(*_GROUP)
    rows = db.execute(wanted)
    found = {Group(version, kind, state): number for version, kind, state, number in rows}
    return {
        group: number
        for group, number in found.items()
        if group.state in _edited(db, program, group)
    }


def to_carry(db: Db, program: Program, after: int, most: int) -> list[int]:
    """The next cases that may go on under the version in force, by their numbers."""
    new = published(db, program, program.version)
    wanted = followers(db, program, new, program.version).where(ClientCase.id > after)
    return list(db.scalars(wanted.order_by(ClientCase.id).limit(most)))


def followers(db: Db, program: Program, new: Definition, before: int) -> Select[int]:
    """The cases of versions below `before` that can go on under a definition, by their numbers."""
    groups = list(drafts(db, program, before))
    good = [one for one in groups if not any(obstacles_of(db, program, one, new, {}))]
    wanted = select(ClientCase.id).where(*_open(program, before), _among(good))
    for group, section, key, _number in _begun(db, program, before, good):
        if any(obstacles_of(db, program, group, new, {section: (key,)})):
            wanted = wanted.where(~_has(group, section, key))
    return wanted


def left_behind(
    db: Db, program: Program, new: Definition, before: int
) -> dict[tuple[str, Obstacle], int]:
    """What keeps drafts from going on: kind of case and obstacle → how many drafts it keeps."""
    found: dict[tuple[str, Obstacle], int] = {}
    groups = drafts(db, program, before)

    def add(group: Group, one: Obstacle, number: int) -> None:
        found[group.case_type, one] = found.get((group.case_type, one), 0) + number

    for group, number in groups.items():
        for one in obstacles_of(db, program, group, new, {}):
            add(group, one, number)
    for group, section, key, number in _begun(db, program, before, list(groups)):
        for one in obstacles_of(db, program, group, new, {section: (key,)}):
            if one.what in {"section", "line"}:
                add(group, one, number)
    return found


def obstacles_of(
    db: Db,
    program: Program,
    group: Group,
    new: Definition,
    begun: Mapping[str, tuple[str, ...]],
) -> Iterator[Obstacle]:
    """What stands in the way of the cases of a group that began these sections."""
    old = published(db, program, group.version).cases[group.case_type]
    return obstacles(old, new.cases.get(group.case_type), new.lines, group.state, begun)


def versions_between(db: Db, program: Program, first: int, last: int) -> list[int]:
    """The versions that were published of a program, from one to another, both included."""
    wanted = select(ProgramVersion.version).where(
        ProgramVersion.program_id == program.id, ProgramVersion.version.between(first, last)
    )
    return list(db.scalars(wanted.order_by(ProgramVersion.version)))


def earlier_versions(db: Db, program: Program) -> Iterator[Definition]:
    """The versions before the one in force, the newest first, as far back as they can be read."""
    for version in reversed(versions_between(db, program, 1, program.version - 1)):
        try:
            yield published(db, program, version)
        except DefinitionError:  # of long ago: today's schema reads it no more
            return


def section_in(definition: Definition, case: ClientCase, code: str) -> CaseSection | None:
    """A section of the case as a definition has it; None where it does not."""
    kind = definition.cases.get(case.case_type)
    return kind.sections.get(code) if kind else None


def questions_in(definition: Definition, case: ClientCase, code: str) -> dict[str, Question]:
    """Every question of a section of the case as a definition has it; none where it does not."""
    found = section_in(definition, case, code)
    return questions(found) if found else {}


def asked_before(
    db: Db,
    case: ClientCase,
    section: str,
    code: str,
    unfit_since: int | None,
    here: Mapping[str, Question],
) -> Question | None:
    """The question that an answer was given to, `here` or, kept aside, in the version before.

    `here` are the questions of the section under the case’s own version. None where it cannot be
    known any more.
    """
    if unfit_since is None:
        return here.get(code)
    asked = asked_last(db, case, section, code, unfit_since)
    return asked[1] if asked else None


def asked_last(
    db: Db, case: ClientCase, section: str, code: str, before: int
) -> tuple[Definition, Question] | None:
    """The last version before this one that asked a question, and the question as it asked it."""
    for version in reversed(versions_between(db, case.program, 1, before - 1)):
        try:
            definition = published(db, case.program, version)
        except DefinitionError:  # of long ago: today's schema reads it no more
            return None
        found = section_in(definition, case, section)
        if found is not None and code in questions(found):
            return definition, questions(found)[code]
    return None


def _edited(db: Db, program: Program, group: Group) -> set[str]:
    return set(edited(published(db, program, group.version).cases[group.case_type]))


def _open(program: Program, before: int) -> tuple[ColumnElement[bool], ...]:
    return (
        ClientCase.program_id == program.id,
        ClientCase.definition_version < before,
        ClientCase.closed_at.is_(None),
    )


def _among(groups: list[Group]) -> ColumnElement[bool]:
    return tuple_(*_GROUP).in_([(one.version, one.case_type, one.state) for one in groups])


def _has(group: Group, section: str, key: str) -> ColumnElement[bool]:
    """Whether a case of the group began this section."""
    return and_(
        _among([group]),
        exists().where(
            CasePart.case_id == ClientCase.id,
            CasePart.section == section,
            _line == key,
            CasePart.removed_at.is_(None),
        ),
    )


def _begun(
    db: Db, program: Program, before: int, groups: list[Group]
) -> Iterator[tuple[Group, str, str, int]]:
    """Sections that were begun, by lines of business one by one: how many cases have each."""
    columns = (*_GROUP, CasePart.section, _line)
    wanted = (
        select(*columns, func.count(ClientCase.id.distinct()))
        .join(CasePart, CasePart.case_id == ClientCase.id)
        .where(*_open(program, before), CasePart.removed_at.is_(None), _among(groups))
        .group_by(*columns)
    )
    for version, case_type, state, section, line, number in db.execute(wanted):
        yield Group(version, case_type, state), section, line, number
