"""Reading cases: what an account's case holds of the sections that somebody may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, scoped_session

from app.authority.queries import visible, visible_for
from app.base.errors import NotFound
from app.cases.models import Answer, CasePart, ClientCase, Document, TopicAside
from app.cases.rules import parts as rules
from app.cases.rules.files import answers
from app.cases.rules.progress import Filled, Progress, of_topic
from app.cases.rules.shown import Asked, Value, asked
from app.parties.models import Account
from app.programs.published import published
from app.programs.schema.cases import CaseSection, CaseType
from app.programs.schema.definition import Definition
from app.programs.service import definition

Db = Session | scoped_session[Session]


@dataclass(frozen=True, slots=True)
class Said:
    """Who changed an answer last, and when."""

    person_id: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unfit:
    """An answer that a version would not take any more."""

    value: Value
    since: int


@dataclass(frozen=True, slots=True)
class Part:
    """A section as it is filled in once: whole, for a line of business, or under a name."""

    section: CaseSection
    key: str
    label: str | None
    row: CasePart | None
    answers: Mapping[str, Value]
    unfit: Mapping[str, Unfit]
    """Kept aside: since a newer version the question is gone, or takes other answers."""
    aside: Mapping[str, str]
    """Topic → why it does not apply."""
    said: Mapping[str, Said]
    files: Mapping[str, tuple[Document, ...]] = field(default_factory=dict)
    """Question → the documents that answer it; not those that were removed."""

    @property
    def known(self) -> Mapping[str, Value]:
        """The answers, with the one that the line of business gives."""
        return rules.answered(self.section, self.key, self.answers)

    @property
    def documents(self) -> Mapping[str, int]:
        """How many documents answer each question: one with a virus answers none."""
        return {
            question: sum(answers(one.scan) for one in there)
            for question, there in self.files.items()
        }

    @property
    def filled(self) -> Filled:
        """What the wheels count."""
        return Filled(self.known, self.documents, self.aside)

    @property
    def asked(self) -> list[Asked]:
        """The topics and questions that these answers call for."""
        own = rules.given_by_the_line(self.section)
        found = (
            replace(one, questions=tuple(q for q in one.questions if q.code != own))
            for one in asked(self.section, self.known, self.aside)
        )
        return [one for one in found if one.questions or not one.applies]

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return sum((of_topic(one, self.filled) for one in self.asked), Progress())


@dataclass(frozen=True, slots=True)
class Folder:
    """A case as one person sees it: the sections they may view, with their parts."""

    program: Definition
    kind: CaseType
    case: ClientCase | None
    parts: Mapping[str, tuple[Part, ...]]
    """Section of questions → its parts; a section that the person may not view is missing."""

    def part(self, section: str, key: str) -> Part:
        """One part. Raises NotFound."""
        for one in self.parts.get(section, ()):
            if one.key == key:
                return one
        raise NotFound(f"{section} {key}")


def folder(
    db: Db, person_id: int, account: Account, case_type: str, allowed: Collection[str]
) -> Folder:
    """The account's case of this kind, as the person sees it.

    ``allowed`` are the actions that the person may do on the account; each part is asked again.
    Raises NotFound for a kind of case that the program does not have.
    """
    case = _open_case(db, person_id, account, case_type)
    program = (
        definition(account.program.code)
        if case is None
        else published(db, account.program, case.definition_version)
    )
    kind = program.cases.get(case_type)
    if kind is None:
        raise NotFound(case_type)
    seen = [
        section
        for section in kind.sections.values()
        if section.kind == "questions" and f"{section.code}.view" in allowed
    ]
    rows = [] if case is None else _parts(db, person_id, case, [one.code for one in seen])
    return Folder(program, kind, case, by_section(db, program, seen, rows))


def whole(
    db: Db, program: Definition, kind: CaseType, case: ClientCase | None
) -> dict[str, tuple[Part, ...]]:
    """Every section of questions of a case with its parts, for a deed on all of it.

    Nobody's eyes: what is shown of a case comes from ``folder``.
    """
    seen = [section for section in kind.sections.values() if section.kind == "questions"]
    wanted = select(CasePart).where(CasePart.removed_at.is_(None)).order_by(CasePart.id)
    rows = [] if case is None else list(db.scalars(wanted.where(CasePart.case_id == case.id)))
    return by_section(db, program, seen, rows)


def by_section(
    db: Db, program: Definition, seen: list[CaseSection], rows: list[CasePart]
) -> dict[str, tuple[Part, ...]]:
    """The parts of the sections that are seen, with all that is filled in, in their order."""
    answers, aside, files = _answers(db, rows), _aside(db, rows), _files(db, rows)
    return {
        section.code: tuple(
            _part(
                section,
                row,
                answers.get(row.id, []),
                aside.get(row.id, {}),
                files.get(row.id, {}),
            )
            for row in _in_order(section, program, rows)
        )
        or _not_begun(section)
        for section in seen
    }


def _open_case(db: Db, person_id: int, account: Account, case_type: str) -> ClientCase | None:
    wanted = (
        visible(person_id, "account.view", ClientCase)
        .where(
            ClientCase.account_id == account.id,
            ClientCase.case_type == case_type,
            ClientCase.closed_at.is_(None),
        )
        .order_by(ClientCase.id.desc())
        .limit(1)
    )
    return db.scalars(wanted).one_or_none()


def _parts(db: Db, person_id: int, case: ClientCase, sections: list[str]) -> list[CasePart]:
    wanted = visible_for(person_id, [f"{code}.view" for code in sections], CasePart).where(
        CasePart.case_id == case.id, CasePart.removed_at.is_(None)
    )
    return list(db.scalars(wanted.order_by(CasePart.id)))


def _answers(db: Db, rows: list[CasePart]) -> dict[int, list[Answer]]:
    found: dict[int, list[Answer]] = {}
    wanted = select(Answer).where(Answer.part_id.in_([row.id for row in rows]))
    for answer in db.scalars(wanted.options(joinedload(Answer.person))):
        found.setdefault(answer.part_id, []).append(answer)
    return found


def _aside(db: Db, rows: list[CasePart]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for one in db.scalars(select(TopicAside).where(TopicAside.part_id.in_([r.id for r in rows]))):
        found.setdefault(one.part_id, {})[one.topic] = one.reason
    return found


def _files(db: Db, rows: list[CasePart]) -> dict[int, dict[str, tuple[Document, ...]]]:
    found: dict[int, dict[str, tuple[Document, ...]]] = {}
    wanted = select(Document).where(
        Document.part_id.in_([row.id for row in rows]), Document.removed_at.is_(None)
    )
    for one in db.scalars(wanted.order_by(Document.id)):
        of_part = found.setdefault(one.part_id, {})
        of_part[one.question] = (*of_part.get(one.question, ()), one)
    return found


def _in_order(section: CaseSection, program: Definition, rows: list[CasePart]) -> list[CasePart]:
    """Lines of business as the definition lists them; names as they were added."""
    mine = [row for row in rows if row.section == section.code]
    if section.repeated is None or section.repeated.by == "name":
        return mine
    order = list(program.lines)
    return sorted(mine, key=lambda row: order.index(row.key) if row.key in order else len(order))


def _part(
    section: CaseSection,
    row: CasePart,
    answers: list[Answer],
    aside: Mapping[str, str],
    files: Mapping[str, tuple[Document, ...]],
) -> Part:
    return Part(
        section=section,
        key=row.key,
        label=row.label,
        row=row,
        answers={a.question: a.value for a in answers if a.value is not None and not a.unfit_since},
        unfit={
            a.question: Unfit(a.value, a.unfit_since)
            for a in answers
            if a.value is not None and a.unfit_since
        },
        aside=aside,
        said={a.question: Said(a.changed_by, a.person.full_name, a.changed_at) for a in answers},
        files=files,
    )


def _not_begun(section: CaseSection) -> tuple[Part, ...]:
    """What is asked of a section in which nothing is saved yet; nothing where it is repeated."""
    if section.repeated is not None:
        return ()
    return (Part(section, "", None, None, {}, {}, {}, {}),)
