"""Telling people of a move, in the words of the definition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from sqlalchemy.orm import Session

from app.authority.people import holders, people_who, staff_who
from app.cases.models import ClientCase, Submission
from app.correspondence.service import notify
from app.parties.models import Account
from app.programs.actions import Action
from app.programs.schema.base import Text
from app.programs.schema.cases import Move, MoveNotice
from app.programs.schema.definition import Definition

EXAMINE: Final = "staff.cases.examine"
"""What an officer may do who is told of a move."""
_HOLE: Final = re.compile(r"%\((\w+)\)s")


def tell_of_move(
    db: Session,
    actor: int,
    account: Account,
    program: Definition,
    move: Move,
    case: ClientCase,
    submission: Submission | None,
    reason: str | None,
) -> None:
    """Tell everybody whom the definition names, each once, inside the caller's deed.

    Officers find it among their notices, and get no e-mail: their work list is where they look.
    """
    values = {
        "business": account.party.name,
        "number": submission.number if submission is not None else "",
        "reason": reason or "",
    }
    told: set[int] = set()
    for notice in move.notices:
        officers = notice.to == "officers"
        for person_id in _recipients(db, notice, actor, account, program):
            if person_id in told:
                continue
            told.add(person_id)
            notify(
                db,
                person_id,
                "case_moved",
                {"title": _said(notice.subject, values), "text": _said(notice.body, values)},
                account_id=None if officers else account.id,
                program_id=account.program_id,
                path=f"/staff/cases/show/{case.id}" if officers else f"/a/{account.id}/",
                mail=not officers,
            )


def _recipients(
    db: Session, notice: MoveNotice, actor: int, account: Account, program: Definition
) -> Iterator[int]:
    match notice.to:
        case "owner":
            yield from (
                one.person_id for one in holders(db, account.id, program.required_role.code)
            )
        case "mover":
            yield actor
        case "users":
            yield from (one.id for one in people_who(db, Action.ACCOUNT_VIEW, account))
        case "officers":
            yield from (one.id for one in staff_who(db, EXAMINE, account.program_id))


def _said(text: Text, values: Mapping[str, str]) -> dict[str, str]:
    """A text of the definition in both languages, its holes filled: a value may hold any sign."""

    def filled(words: str) -> str:
        return _HOLE.sub(lambda hole: values[hole[1]], words)

    return {"en": filled(text.en), "fr": filled(text.fr)}
