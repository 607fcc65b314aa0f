"""What the demonstration's businesses submitted: one application in review, one sent back.

What was filled in long ago is written as rows, without its trail; submitting it, beginning the
review and sending it back are the services' own deeds.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Final

from sqlalchemy import select

from app.cases.models import Answer, CasePart, ClientCase, Document
from app.cases.rules import moves
from app.cases.rules.parts import answered, key_of_name
from app.cases.rules.shown import asked
from app.cases.rules.snapshot import as_json, digest
from app.cases.service import moving
from app.cases.service.filed import Standing
from app.cases.service.moving import Sent
from app.cases.service.submitting import seen_of
from app.documents.kinds import Kind
from app.documents.names import safe_name
from app.documents.scanning import ScanState
from app.documents.store import store
from app.ops.demo import papers, people
from app.ops.demo.cases import OPEN
from app.ops.demo.filing import Writer, somebody
from app.ops.demo.stage import Stage
from app.programs.schema.cases import CaseSection, CaseType, Move
from app.programs.schema.questions import Question

IN_REVIEW: Final = OPEN[8]
SENT_BACK: Final = OPEN[2]
REASON: Final = {
    "en": "The evacuation plan of the main site is missing. Send it, then submit again.",
    "fr": "Il manque le plan d’évacuation du site principal. Téléversez-le, puis soumettez de"
    " nouveau.",
}
_SITE: Final = {"en": "Main site", "fr": "Site principal"}
_FILLED: Final = 40
_SUBMITTED: Final = "program_officer"


def submit(stage: Stage) -> None:
    """Submit two applications; an officer begins the review of both and sends one back."""
    for kind in stage.definition.cases.values():
        if kind.opened == "with_account":
            for one in (IN_REVIEW, SENT_BACK):
                way = _way(kind, back=one is SENT_BACK)
                _file(stage, kind, one.business, somebody(one.owner), way)


def _way(kind: CaseType, *, back: bool) -> list[Move]:
    """The submission, the staff's first move on it, and the one that sends it back."""
    first = next(m for m in moves.open_moves(kind, moves.initial(kind), "client") if m.submits)
    found = [first, next(moves.open_moves(kind, first.goes_to, "staff"))]
    if back:
        here = found[-1].goes_to
        found.append(
            next(
                move
                for move in moves.open_moves(kind, here, "staff")
                if move.asks_reason and moves.may_submit(kind, move.goes_to)
            )
        )
    return found


def _file(
    stage: Stage, kind: CaseType, business: str, person: people.Someone, way: list[Move]
) -> None:
    account, entry = stage.account(business), stage.entries[business]
    wanted = select(ClientCase).filter_by(account_id=account.id, case_type=kind.code)
    case = stage.db.scalars(wanted).one()
    writer = Writer(stage, account, person, entry)
    for section in kind.sections.values():
        if section.kind == "questions":
            for part in _parts(stage, case, section, person):
                _fill(stage, writer, section, part)
    stage.db.flush()
    for made, move in enumerate(way):
        by_client = move.by == "client"
        officer = people.STAFF[_SUBMITTED].sign_in_name
        with stage.acting(person.sign_in_name if by_client else officer) as actor:
            if by_client:
                filed = Standing(stage.db, account, stage.definition, kind).read(case)
                seen = seen_of(case, made, digest(as_json(filed.snapshot())))
                sent = Sent(seen, declared=True, language=person.language)
                moving.move_by_client(actor, account.id, kind.code, move.code, sent)
            else:
                reason = REASON[entry.language] if move.asks_reason else ""
                moving.move_by_staff(
                    actor, case.id, move.code, Sent(seen_of(case, made), reason=reason)
                )


def _parts(
    stage: Stage, case: ClientCase, section: CaseSection, person: people.Someone
) -> Iterator[CasePart]:
    """The parts of a section: those that are there, or the first that somebody added."""
    wanted = select(CasePart).filter_by(case_id=case.id, section=section.code)
    there = list(stage.db.scalars(wanted.order_by(CasePart.id)))
    if not there:
        named = section.repeated is not None and section.repeated.by == "name"
        label = _SITE[person.language] if named else None
        part = CasePart(
            case_id=case.id,
            section=section.code,
            key=key_of_name(label, ()) if label else "",
            label=label,
            made_by=stage.people[person.sign_in_name],
            made_at=stage.ago(_FILLED),
        )
        stage.db.add(part)
        stage.db.flush()
        there = [part]
    yield from there


def _fill(stage: Stage, writer: Writer, section: CaseSection, part: CasePart) -> None:
    """Answer all that is asked of a part, and all that those answers ask."""
    who, when = stage.people[writer.person.sign_in_name], stage.ago(_FILLED)
    known, sent = dict(answered(section, part.key, {})), set[str]()
    octets = papers.page(section.label.say(writer.person.language), writer.entry.legal_name)
    while left := [
        question
        for one in asked(section, known)
        for question in one.questions
        if question.code not in known and question.code not in sent
    ]:
        for question in left:
            if question.type == "document":
                sent.add(question.code)
                if question.required:
                    stage.db.add(_document(part, question, octets, writer, who))
                continue
            answer = writer.answer(question)
            if answer is None:
                raise LookupError(f"nobody knows an answer to {question.code}")
            known[question.code] = answer
            stage.db.add(
                Answer(
                    part_id=part.id,
                    question=question.code,
                    value=answer,
                    changed_by=who,
                    changed_at=when,
                )
            )


def _document(
    part: CasePart, question: Question, octets: bytes, writer: Writer, who: int
) -> Document:
    """A page of a procedure, in the store; no scanner looked at it, and it says so."""
    name = papers.name_of(question.text.say(writer.person.language), "pdf")
    key = f"documents/{secrets.token_hex(16)}"
    kept = store().put(key, [octets])
    when = writer.stage.ago(_FILLED)
    return Document(
        part_id=part.id,
        question=question.code,
        key=key,
        name=safe_name(name, Kind.PDF),
        kind=Kind.PDF,
        size=kept.size,
        sha256=kept.sha256,
        pages=1,
        scan=ScanState.NOT_SCANNED,
        scanned_at=when,
        sent_by=who,
        sent_at=when,
    )
