"""Cases that wait for somebody: drafts to fill in, and what the Agency sent back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, joinedload, scoped_session

from app.authority.queries import allowed_by_account, visible
from app.authority.queries_businesses import few_accounts
from app.cases.models import CaseMove, ClientCase
from app.cases.rules.history import Step, returned, turn
from app.parties.models import Account
from app.programs.published import published
from app.programs.schema.cases import CaseType

Db = Session | scoped_session[Session]

MOST = 60
"""No more are listed: the accounts' own pages show the rest."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A case on which its business must do something, and the person may."""

    case: ClientCase
    kind: CaseType
    came_back: str | None
    """Why it was sent back, where it was."""
    submits: bool
    """Whether this person may submit it, and not only fill it in."""


def turns_of(db: Db, person_id: int) -> list[Turn]:
    """The cases on which it is the turn of a business, and this person's: those sent back first.

    Four statements, however many businesses there are. Of somebody who acts for thousands none
    are listed here.
    """
    cases = _open_cases(db, person_id)
    steps = _last_steps(db, cases)
    found = [
        (case, kind)
        for case in cases
        if (kind := _kind(db, case)) is not None
        and turn(kind, case.state, steps.get(case.id, [])) == "client"
    ]
    asked = {action for _, kind in found for action in (*_filling(kind), *_submitting(kind))}
    may = allowed_by_account(db, person_id, sorted(asked), [case.account_id for case, _ in found])
    mine = [
        Turn(case, kind, returned(kind, case.state, steps.get(case.id, [])), submits)
        for case, kind in found
        if (submits := not may[case.account_id].isdisjoint(_submitting(kind)))
        or not may[case.account_id].isdisjoint(_filling(kind))
    ]
    return sorted(mine, key=lambda one: one.came_back is None)


def _open_cases(db: Db, person_id: int) -> Sequence[ClientCase]:
    held = few_accounts(db, person_id)
    if not held:
        return []
    wanted = (
        visible(person_id, "account.view", ClientCase)
        .join(Account, Account.id == ClientCase.account_id)
        .where(
            ClientCase.account_id == any_(literal(held, ARRAY(BigInteger))),
            ClientCase.closed_at.is_(None),
            ClientCase.with_staff.is_(False),
            Account.state == "authorised",
        )
        .options(
            joinedload(ClientCase.account).joinedload(Account.party),
            joinedload(ClientCase.program),
        )
        .order_by(ClientCase.moved_at, ClientCase.id)
    )
    return db.scalars(wanted.limit(MOST)).unique().all()


def _last_steps(db: Db, cases: Sequence[ClientCase]) -> dict[int, list[Step]]:
    """The last move of each case that moved at all."""
    place = func.row_number().over(partition_by=CaseMove.case_id, order_by=CaseMove.ordinal.desc())
    moved = select(CaseMove.id, place.label("place")).where(
        CaseMove.case_id.in_([one.id for one in cases])
    )
    last = moved.subquery()
    rows = select(CaseMove).join(last, last.c.id == CaseMove.id).where(last.c.place == 1)
    return {
        one.case_id: [Step(one.move, one.to_state, one.moved_at, one.reason)]
        for one in db.scalars(rows)
    }


def _kind(db: Db, case: ClientCase) -> CaseType | None:
    return published(db, case.program, case.definition_version).cases.get(case.case_type)


def _filling(kind: CaseType) -> Iterator[str]:
    """What whoever fills in must be allowed to do, any of it."""
    for section in kind.sections.values():
        if section.kind == "questions":
            yield f"{section.code}.edit"


def _submitting(kind: CaseType) -> Iterator[str]:
    for move in kind.moves.values():
        if move.by == "client" and move.submits:
            yield move.action
