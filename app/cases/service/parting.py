"""A section that is filled in several times: adding one, naming it, copying it, removing it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.base.db import deed, now
from app.base.errors import Conflict, Invalid, NotFound
from app.base.text import showable
from app.cases.models import Answer, CasePart, ClientCase, TopicAside
from app.cases.rules import parts
from app.cases.service.common import Open, Place, begin, lock_section, tell_of_part
from app.parties.models import Business


@deed
def add_line(db: Session, actor: int, account_id: int, place: Place) -> int:
    """Add the profile of a line of business (``place.key``); return the part's number.

    "One application profile per mode / line of business that operates independently under the
    same legal entity" (facts A6). Raises NotFound, Refused; Invalid ``line``: empty, unknown;
    Conflict ``there_already``, ``not_begun``.
    """
    here = lock_section(db, actor, account_id, place)
    _require_repeated(here, "lines")
    if not place.key:
        raise Invalid({"line": "empty"})
    present = {part.key for part in _there(db, here)}
    if place.key in present:
        raise Conflict("there_already")
    business = db.get(Business, here.account.party_id)
    country = business.base if business else None
    if place.key not in parts.lines_left(here.program, country, present):
        raise Invalid({"line": "unknown"})
    part = CasePart(
        case_id=_case(db, actor, here).id, section=place.section, key=place.key, made_by=actor
    )
    return _added(db, actor, here, part)


@deed
def add_named(
    db: Session,
    actor: int,
    account_id: int,
    place: Place,
    label: str,
    copied_from: int | None = None,
) -> int:
    """Add a part under a name, empty or as a copy of another; return the part's number.

    "One security profile per division of the company" (the seed). A copy takes the answers and
    the topics set aside, and from then on stands alone. Raises NotFound, Refused; Invalid
    ``label`` as ``key_of_name``; Conflict ``too_many_parts``, ``not_copied``, ``not_begun``.
    """
    here = lock_section(db, actor, account_id, place)
    _require_repeated(here, "name")
    there = _there(db, here)
    present = {part.key for part in there}
    parts.require_room(present)
    key = parts.key_of_name(label, present)
    source = _source(here, there, copied_from)
    part = CasePart(
        case_id=_case(db, actor, here).id,
        section=place.section,
        key=key,
        label=showable(label).strip(),
        copied_from_id=source.id if source else None,
        made_by=actor,
    )
    number = _added(db, actor, here, part)
    if source is not None:
        _copy(db, actor, source, part)
    return number


@deed
def rename(db: Session, actor: int, account_id: int, place: Place, label: str) -> str:
    """Give a part another name; return the key that it is known by from then on.

    Raises as ``add_named``.
    """
    here = lock_section(db, actor, account_id, place)
    _require_repeated(here, "name")
    part, there = _one(db, here, place), _there(db, here)
    key = parts.key_of_name(label, {one.key for one in there} - {part.key})
    before, part.label, part.key = part.label, showable(label).strip(), key
    db.flush()
    if before != part.label:
        tell_of_part(
            db, Event.CASE_PART_RENAMED, actor, here, part, personal={"label": (before, part.label)}
        )
    return key


@deed
def remove(db: Session, actor: int, account_id: int, place: Place) -> None:
    """Take a part out of the case. What was answered is kept, and is not submitted.

    Raises NotFound, Refused.
    """
    here = lock_section(db, actor, account_id, place)
    if here.section.repeated is None:
        raise NotFound(place.section)
    part = _one(db, here, place)
    part.removed_by, part.removed_at = actor, now(db)
    db.flush()
    changes = {} if part.label else {"line": part.key}
    personal = {"label": (part.label, None)} if part.label else None
    tell_of_part(db, Event.CASE_PART_REMOVED, actor, here, part, changes=changes, personal=personal)


def _require_repeated(here: Open, by: str) -> None:
    if here.section.repeated is None or here.section.repeated.by != by:
        raise NotFound(here.section.code)


def _case(db: Session, actor: int, here: Open) -> ClientCase:
    if here.case is not None:
        return here.case
    if here.kind.opened != "with_account":
        raise Conflict("not_begun")
    return begin(db, actor, here.account, here.kind)


def _there(db: Session, here: Open) -> list[CasePart]:
    """The parts of the section that are not removed."""
    if here.case is None:
        return []
    wanted = select(CasePart).where(
        CasePart.case_id == here.case.id,
        CasePart.section == here.section.code,
        CasePart.removed_at.is_(None),
    )
    return list(db.scalars(wanted))


def _one(db: Session, here: Open, place: Place) -> CasePart:
    found = next((part for part in _there(db, here) if part.key == place.key), None)
    if found is None:
        raise NotFound(f"{place.section} {place.key}")
    return found


def _source(here: Open, there: list[CasePart], number: int | None) -> CasePart | None:
    """The part of the same section that is copied. Raises Conflict ``not_copied``."""
    if number is None:
        return None
    found = next((part for part in there if part.id == number), None)
    if found is None or here.section.repeated is None or not here.section.repeated.may_be_copied:
        raise Conflict("not_copied")
    return found


def _added(db: Session, actor: int, here: Open, part: CasePart) -> int:
    db.add(part)
    db.flush()
    changes = {"line": part.key} if part.label is None else {"copied_from_id": part.copied_from_id}
    personal = None if part.label is None else {"label": part.label}
    tell_of_part(db, Event.CASE_PART_ADDED, actor, here, part, changes=changes, personal=personal)
    return part.id


def _copy(db: Session, actor: int, source: CasePart, part: CasePart) -> None:
    """Answers and topics set aside, said anew by whoever copies them."""
    for row in db.scalars(select(Answer).filter_by(part_id=source.id, unfit_since=None)):
        if row.value is not None:
            db.add(
                Answer(part_id=part.id, question=row.question, value=row.value, changed_by=actor)
            )
    for one in db.scalars(select(TopicAside).filter_by(part_id=source.id)):
        db.add(TopicAside(part_id=part.id, topic=one.topic, reason=one.reason, said_by=actor))
    db.flush()
