"""What becomes of the drafts under a definition, as the database says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.countries import COUNTRIES
from app.base.days import local_day
from app.base.db import now
from app.cases.models import Answer, CasePart, ClientCase
from app.cases.queries_versions import (
    asked_before,
    drafts,
    followers,
    left_behind,
    questions_in,
    section_in,
    versions_between,
)
from app.cases.rules.reading import Around
from app.cases.rules.shown import Value
from app.cases.rules.versions import Given, Obstacle, carry
from app.ops.programs import published
from app.programs.loader import DefinitionError
from app.programs.models import Program
from app.programs.published import published as definition_of
from app.programs.schema.definition import Definition
from app.programs.schema.sources import Fault, Path

Question = tuple[str, str]
"""A section, and a question of it."""


@dataclass(frozen=True, slots=True)
class Touched:
    """The drafts of a program, before they go on under a definition."""

    carried: int
    left: int
    """Those that cannot: the definition has no place for them."""
    aside: Mapping[Question, int]
    """Question → drafts whose answer to it is kept aside."""


def touched(new: Definition, changed: Collection[Question]) -> Touched | None:
    """What the job will do with the drafts; None where no database answers.

    `changed` are the questions that are not as they were.
    """
    return published.ask(lambda session: _touched(session, new, changed))


def faults(new: Definition) -> Iterator[Fault]:
    """What the definition must still have, since drafts stand there."""
    found = published.ask(lambda session: _left(session, new)) or {}
    for (case_type, obstacle), number in found.items():
        yield _PATHS[obstacle.what](case_type), _sentence(obstacle, number)


_PATHS: Final[Mapping[str, Callable[[str], Path]]] = {
    "kind": lambda _case: ("cases",),
    "state": lambda case: ("cases", case, "states"),
    "section": lambda case: ("cases", case, "sections"),
    "line": lambda _case: ("lines",),
}
_SENTENCES: Final[Mapping[str, str]] = {
    "kind": "expected {code} to stay",
    "state": "expected the state {code} to stay, and not to be final",
    "section": "expected the section {code} to stay, repeated as it was",
    "line": "expected {code} to stay",
}


def _sentence(obstacle: Obstacle, number: int) -> str:
    words = _SENTENCES[obstacle.what].format(code=obstacle.code)
    return f"{words}: {'one draft needs' if number == 1 else f'{number} drafts need'} it"


def _program(db: Session, new: Definition) -> Program | None:
    return db.scalars(select(Program).where(Program.code == new.code)).one_or_none()


def _before(program: Program, new: Definition) -> int:
    """Every draft of an earlier version; all of them while the new one has no number of its own."""
    return new.version if new.version > program.version else program.version + 1


def _left(db: Session, new: Definition) -> dict[tuple[str, Obstacle], int]:
    program = _program(db, new)
    try:
        return left_behind(db, program, new, _before(program, new)) if program else {}
    except DefinitionError:
        return {}  # a version of long ago, which is no longer read, says nothing of this one


def _touched(db: Session, new: Definition, changed: Collection[Question]) -> Touched:
    program = _program(db, new)
    if program is None:
        return Touched(0, 0, {})
    before = _before(program, new)
    cases = followers(db, program, new, before)
    carried = db.scalar(select(func.count()).select_from(cases.subquery())) or 0
    aside: dict[Question, set[int]] = {one: set() for one in changed}
    wanted = (
        select(Answer, CasePart.section, ClientCase)
        .join(CasePart, Answer.part_id == CasePart.id)
        .join(ClientCase, CasePart.case_id == ClientCase.id)
        .where(
            ClientCase.id.in_(cases),
            CasePart.removed_at.is_(None),
            Answer.question.in_({code for _section, code in changed}),
            Answer.value.is_not(None),
            Answer.unfit_since.is_(None),
        )
        .execution_options(yield_per=1_000)
    )
    today = local_day(now(db), new.zone)
    for answer, section, case in db.execute(wanted):
        at = section, answer.question
        if at in aside and not _goes_on(db, program, case, section, answer, new, today):
            aside[at].add(case.id)
    left = sum(drafts(db, program, before).values()) - carried
    return Touched(carried, left, {at: len(found) for at, found in aside.items()})


def _goes_on(
    db: Session,
    program: Program,
    case: ClientCase,
    section: str,
    answer: Answer,
    new: Definition,
    today: date,
) -> bool:
    """Whether an answer goes on, through the versions that its draft has missed and the new one."""
    code = answer.question
    here = definition_of(db, program, case.definition_version)
    asked = questions_in(here, case, section)
    then = asked_before(db, case, section, code, answer.unfit_since, asked)
    given = Given(cast("Value", answer.value), then)
    missed = versions_between(db, program, case.definition_version + 1, new.version - 1)
    for one in [*(definition_of(db, program, version) for version in missed), new]:
        around = Around(today, "en", COUNTRIES, {"lines": one.lines, "bases": one.bases})
        given = carry({code: given}, section_in(one, case, section), one.version, around)[code]
    return given.unfit_since is None
