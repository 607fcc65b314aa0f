"""Saving what was answered, a topic at a time; saying that a topic does not apply."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.base.countries import COUNTRIES
from app.base.days import local_day
from app.base.db import deed, now
from app.base.errors import Conflict, Invalid
from app.cases.models import Answer, CasePart, TopicAside
from app.cases.rules import parts
from app.cases.rules.reading import Around, Raw, read
from app.cases.rules.saving import compare, fingerprint
from app.cases.rules.shown import Asked, Value, asked
from app.cases.service.common import Open, Place, lock_section, part_at, tell_of_part
from app.programs.schema.questions import Question, Topic

LONGEST_REASON = 2_000


@dataclass(frozen=True, slots=True)
class Page:
    """What a page of a topic sends."""

    typed: Mapping[str, Raw]
    """Question → its parts as they were typed."""
    shown: Mapping[str, str]
    """Question → fingerprint of the answer that the page was drawn with."""
    chosen: Mapping[str, str] = field(default_factory=dict)
    """Question → which of two answers the reader keeps, as ``compare`` takes it."""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of it."""

    changed: tuple[str, ...]
    between: tuple[str, ...]
    """Saved by somebody else since the page was drawn, and left so."""
    new: tuple[str, ...]
    """Questions of the topic that these answers call for, and that the page did not have."""


class Disputed(Conflict):
    """Somebody else changed the same answers since the page was drawn; nothing of it is kept."""

    def __init__(self, questions: tuple[str, ...]) -> None:
        super().__init__("disputed")
        self.questions = questions


@deed
def save_topic(
    db: Session, actor: int, account_id: int, place: Place, topic: str, page: Page
) -> Saved:
    """Keep the answers to the questions that the page showed; an empty one is an answer too.

    Raises NotFound for a section, part or topic that there is not; Refused; Invalid with
    ``question`` or ``question.part`` → what is wrong (nothing is kept then); Disputed; Conflict
    ``not_asked`` when the topic is hidden by now, ``set_aside``, ``not_begun``.
    """
    here = lock_section(db, actor, account_id, place)
    part = part_at(db, actor, here, place)
    before = _rows(db, part)
    there = _fitting(before)
    aside = _aside(db, part)
    shown = _asked_topic(here, place, topic, there, aside)
    typed = _read(db, here, shown, page)
    # What nobody ever answered cannot be written over, whatever a page says that it showed.
    nothing = dict.fromkeys(typed.keys() - before.keys(), fingerprint(None))
    found = compare({**page.shown, **nothing}, typed, there, page.chosen)
    if found.disputed:
        raise Disputed(found.disputed)
    _write(db, actor, part, before, found.changed)
    if found.changed:
        tell_of_part(
            db,
            Event.CASE_ANSWERED,
            actor,
            here,
            part,
            changes={"topic": topic, "questions": sorted(found.changed)},
            personal={
                "answers_given": (
                    {code: there.get(code) for code in found.changed},
                    dict(found.changed),
                )
            },
        )
    asked_before = _asked(here, place, there, aside)[topic].questions
    files = {one.code for one in asked_before if one.type == "document"}  # they are not typed
    now_shown = _asked(here, place, _fitting(_rows(db, part)), aside).get(topic)
    new = () if now_shown is None else _codes(here, now_shown)
    return Saved(
        tuple(found.changed),
        found.between,
        tuple(code for code in new if code not in typed.keys() | files),
    )


@deed
def set_aside(
    db: Session, actor: int, account_id: int, place: Place, topic: str, reason: str
) -> None:
    """Say that a topic does not apply, and why: "marked not applicable with a reason".

    What was answered of it is kept, and comes back with it. Raises as ``save_topic``; Conflict
    ``may_not`` for a topic that always applies; Invalid ``reason``: empty, too_long.
    """
    here = lock_section(db, actor, account_id, place)
    part = part_at(db, actor, here, place)
    answers, aside = _fitting(_rows(db, part)), _aside(db, part) - {topic}
    shown = _asked(here, place, answers, aside).get(topic)
    if shown is None:
        raise Conflict("not_asked")
    if not shown.topic.may_not_apply:
        raise Conflict("may_not")
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise Invalid({"reason": "too_long" if said else "empty"}, max=LONGEST_REASON)
    row = db.get(TopicAside, (part.id, topic))
    before = row.reason if row else None
    if before == said:
        return
    if row is None:
        db.add(TopicAside(part_id=part.id, topic=topic, reason=said, said_by=actor))
    else:
        row.reason, row.said_by, row.said_at = said, actor, now(db)
    tell_of_part(
        db,
        Event.TOPIC_SET_ASIDE,
        actor,
        here,
        part,
        changes={"topic": topic},
        personal={"reason_given": (before, said)},
    )


@deed
def bring_back(db: Session, actor: int, account_id: int, place: Place, topic: str) -> None:
    """Say that a topic applies after all; what was answered before stands there again.

    Raises as ``save_topic``. Nothing happens where it was not set aside.
    """
    here = lock_section(db, actor, account_id, place)
    part = part_at(db, actor, here, place)
    row = db.get(TopicAside, (part.id, topic))
    if row is None:
        return
    before = row.reason
    db.execute(delete(TopicAside).where(TopicAside.part_id == part.id, TopicAside.topic == topic))
    tell_of_part(
        db,
        Event.TOPIC_BROUGHT_BACK,
        actor,
        here,
        part,
        changes={"topic": topic},
        personal={"reason_given": (before, None)},
    )


def asked_now(db: Session, here: Open, place: Place, part: CasePart) -> dict[str, Asked]:
    """The topics that the answers saved by now call for, by code."""
    return _asked(here, place, _fitting(_rows(db, part)), _aside(db, part))


def _rows(db: Session, part: CasePart) -> dict[str, Answer]:
    return {row.question: row for row in db.scalars(select(Answer).filter_by(part_id=part.id))}


def _fitting(rows: Mapping[str, Answer]) -> dict[str, Value]:
    """The answers that the version in force still asks for."""
    return {
        code: row.value
        for code, row in rows.items()
        if row.value is not None and row.unfit_since is None
    }


def _aside(db: Session, part: CasePart) -> set[str]:
    return set(db.scalars(select(TopicAside.topic).where(TopicAside.part_id == part.id)))


def _asked(
    here: Open, place: Place, answers: Mapping[str, Value], aside: Collection[str]
) -> dict[str, Asked]:
    known = parts.answered(here.section, place.key, answers)
    return {one.topic.code: one for one in asked(here.section, known, aside)}


def _asked_topic(
    here: Open, place: Place, topic: str, answers: Mapping[str, Value], aside: Collection[str]
) -> Topic:
    """The topic, when it is asked. Raises Conflict ``not_asked``, ``set_aside``."""
    shown = _asked(here, place, answers, aside).get(topic)
    if shown is None:
        raise Conflict("not_asked")
    if not shown.applies:
        raise Conflict("set_aside")
    return shown.topic


def _codes(here: Open, shown: Asked) -> tuple[str, ...]:
    own = parts.given_by_the_line(here.section)
    return tuple(one.code for one in shown.questions if one.code != own)


def _read(db: Session, here: Open, topic: Topic, page: Page) -> dict[str, Value | None]:
    """The answers that the page's fields give. Raises Invalid with all that is wrong."""
    around = Around(
        today=local_day(now(db), here.program.zone),
        language=page.language,
        countries=COUNTRIES,
        listed={"bases": here.program.bases, "lines": here.program.lines},
    )
    typed: dict[str, Value | None] = {}
    faults: dict[str, str] = {}
    own = parts.given_by_the_line(here.section)
    for code, raw in page.typed.items():
        question: Question | None = topic.questions.get(code)
        if question is None or code == own or question.type == "document":
            continue
        found = read(question, raw, around)
        typed[code] = found.value
        faults |= {f"{code}.{at}" if at else code: word for at, word in found.faults.items()}
    if faults:
        raise Invalid(faults)
    return typed


def _write(
    db: Session,
    actor: int,
    part: CasePart,
    before: Mapping[str, Answer],
    changed: Mapping[str, Value | None],
) -> None:
    moment = now(db)
    for code, value in changed.items():
        row = before.get(code)
        if row is None:
            row = Answer(part_id=part.id, question=code)
            db.add(row)
        row.value, row.unfit_since = value, None
        row.changed_by, row.changed_at = actor, moment
    db.flush()
