"""Telling people things: a notice in the portal, and an e-mail when it is worth one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.authority.queries import authorise, find, visible
from app.base.db import deed, now
from app.base.queue import enqueue
from app.correspondence.models import Notice
from app.correspondence.templates import Kind, Template, find_template


def notify(
    db: Session,
    person_id: int,
    template: str,
    facts: Mapping[str, Any],
    *,
    account_id: int | None = None,
    program_id: int | None = None,
    path: str | None = None,
    mail: bool = True,
    mail_to: str | None = None,
) -> Notice:
    """Tell one person one thing, inside the caller's deed: a rollback tells nothing.

    ``facts`` are exactly those that the template declares: dates and instants as such, roles by
    their code (``program_id`` is then needed). ``path`` is where in the portal it leads, without
    language. ``mail_to`` replaces the person's own mailbox. Raises LookupError for an unknown
    template and ValueError for other facts or a path that is not ours.
    """
    notice = draft(
        person_id, template, facts, account_id=account_id, program_id=program_id, path=path
    )
    notice.mail_state = "queued" if mail else "none"
    notice.mail_to = mail_to
    db.add(notice)
    db.flush()  # the job carries the notice's number
    if mail:
        # One at a time a notice: a second run waits for the first, then finds it sent.
        enqueue(db, "correspondence.send_notice", notice_id=notice.id, lock=f"notice:{notice.id}")
    return notice


def draft(
    person_id: int,
    template: str,
    facts: Mapping[str, Any],
    *,
    account_id: int | None = None,
    program_id: int | None = None,
    path: str | None = None,
) -> Notice:
    """The notice as `notify` keeps it, told to nobody yet. Raises what `notify` raises."""
    declared = find_template(template)
    if path is not None and (not path.startswith("/") or path.startswith("//")):
        raise ValueError(f"{path!r} is no path of the portal")
    return Notice(
        person_id=person_id,
        account_id=account_id,
        program_id=program_id,
        template=template,
        facts=_checked(declared, facts, program_id),
        path=path,
    )


def _checked(
    template: Template, facts: Mapping[str, Any], program_id: int | None
) -> dict[str, Any]:
    if facts.keys() != template.facts.keys():
        odd = ", ".join(sorted(facts.keys() ^ template.facts.keys()))
        raise ValueError(f"the notice {template.name} has other facts; check {odd}")
    if Kind.ROLE in template.facts.values() and program_id is None:
        raise ValueError(f"the notice {template.name} names a role: tell its program")
    return {name: _plain(template.facts[name], value) for name, value in facts.items()}


def _plain(kind: Kind, value: Any) -> str | dict[str, str]:
    """The fact as JSON keeps it. Raises ValueError when a date is not one."""
    match kind, value:
        case Kind.SAID, {"en": str(), "fr": str(), **others} if not others:
            return dict(value)
        case Kind.MOMENT, datetime() if value.tzinfo is not None:
            return value.isoformat()
        case Kind.DAY, datetime():
            raise ValueError("tell the day, on the calendar of the program, not an instant")
        case Kind.DAY, date():
            return value.isoformat()
        case ((Kind.TEXT | Kind.ROLE), str()):
            return value
        case _:
            raise ValueError(f"{value!r} is no fact of the kind {kind.value}")


@deed
def mark_read(db: Session, actor: int, notice_id: int) -> Notice:
    """Mark one of the actor's own notices as read; harmless when it is. Raises NotFound."""
    notice = find(db, actor, "self.read", Notice, notice_id)
    authorise(db, actor, "self.update", notice)
    if notice.read_at is None:
        notice.read_at = now(db)
    return notice


@deed
def mark_all_read(db: Session, actor: int) -> None:
    """Mark every notice of the actor as read."""
    mine = visible(actor, "self.update", Notice).with_only_columns(Notice.id)
    db.execute(
        update(Notice)
        .where(Notice.id.in_(mine), Notice.read_at.is_(None))
        .values(read_at=now(db))
        .execution_options(synchronize_session=False)
    )
