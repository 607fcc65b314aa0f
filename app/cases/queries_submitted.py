"""Reading what was submitted, and what a case has been through, as one person may see it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session, defer, joinedload, scoped_session

from app.authority.queries import visible
from app.base.errors import NotFound
from app.cases.models import CaseMove, ClientCase, Submission
from app.cases.rules.history import Step
from app.parties.models import Account
from app.programs.schema.cases import CaseType

Db = Session | scoped_session[Session]

READ = "account.view"
"""Who may open the account knows that something was submitted; what is in it goes by section."""


def submissions(db: Db, person_id: int, account: Account) -> Sequence[Submission]:
    """Everything that was submitted from the account, the newest first, without its content."""
    wanted = (
        visible(person_id, READ, Submission)
        .join(ClientCase, ClientCase.id == Submission.case_id)
        .where(ClientCase.account_id == account.id)
        .options(
            defer(Submission.snapshot),
            joinedload(Submission.case),
            joinedload(Submission.person),
            joinedload(Submission.copy),
        )
        .order_by(Submission.id.desc())
    )
    return db.scalars(wanted).unique().all()


def submission_of(db: Db, person_id: int, account: Account, number: str) -> Submission:
    """One of them by its number. Raises NotFound."""
    wanted = (
        visible(person_id, READ, Submission)
        .join(ClientCase, ClientCase.id == Submission.case_id)
        .where(ClientCase.account_id == account.id, Submission.number == number)
    )
    found = db.scalars(wanted).unique().one_or_none()
    if found is None:
        raise NotFound(f"Submission {number}")
    return found


def latest_of(db: Db, person_id: int, case: ClientCase) -> Submission | None:
    """The last submission of a case; None before the first."""
    wanted = visible(person_id, READ, Submission).where(Submission.case_id == case.id)
    newest = wanted.options(defer(Submission.snapshot)).order_by(Submission.ordinal.desc())
    return db.scalars(newest.limit(1)).unique().one_or_none()


def before(db: Db, person_id: int, submission: Submission) -> Submission | None:
    """The submission of the same case before this one."""
    wanted = visible(person_id, READ, Submission).where(
        Submission.case_id == submission.case_id, Submission.ordinal < submission.ordinal
    )
    newest = wanted.order_by(Submission.ordinal.desc()).limit(1)
    return db.scalars(newest).unique().one_or_none()


def history(db: Db, person_id: int, case: ClientCase) -> Sequence[CaseMove]:
    """Every move that a case made, the oldest first."""
    wanted = visible(person_id, READ, CaseMove).where(CaseMove.case_id == case.id)
    wanted = wanted.options(joinedload(CaseMove.person)).order_by(CaseMove.ordinal)
    return db.scalars(wanted).unique().all()


def latest_case(db: Db, person_id: int, account: Account, case_type: str) -> ClientCase | None:
    """The last case of this kind, closed or not."""
    wanted = visible(person_id, READ, ClientCase).where(
        ClientCase.account_id == account.id, ClientCase.case_type == case_type
    )
    return db.scalars(wanted.order_by(ClientCase.id.desc()).limit(1)).one_or_none()


def steps(moves: Sequence[CaseMove]) -> list[Step]:
    """The moves as the rules read them."""
    return [Step(one.move, one.to_state, one.moved_at, one.reason) for one in moves]


def readable(kind: CaseType, allowed: Collection[str]) -> frozenset[str]:
    """The sections that somebody may read who is allowed these actions."""
    return frozenset(
        code
        for code, section in kind.sections.items()
        if section.kind == "questions" and f"{code}.view" in allowed
    )


def reads_all(kind: CaseType, allowed: Collection[str]) -> bool:
    """Whether they may read every section: the copy on paper has them all."""
    asked = {code for code, one in kind.sections.items() if one.kind == "questions"}
    return asked == readable(kind, allowed)
