"""Moving a case from state to state: what clients submit and withdraw, what staff decide.

A move, its submission, the account's standing, the notices and the trail are one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app.audit.events import Event
from app.audit.service import record
from app.authority.locks import lock_account
from app.authority.people import live_membership
from app.authority.queries import authorise
from app.authority.step_up import is_fresh
from app.base.db import deed, now
from app.base.errors import Conflict, Invalid, NotFound, Refused, StepUpNeeded
from app.base.text import showable
from app.cases.models import CaseMove, ClientCase, Submission
from app.cases.rules import moves
from app.cases.rules.history import Step
from app.cases.rules.versions import edited
from app.cases.service.carrying import catch_up
from app.cases.service.common import open_case, program_of
from app.cases.service.filed import Standing, has_one_owner
from app.cases.service.submitting import seen_of, submit
from app.cases.service.telling import tell_of_move
from app.cases.service.waiting import keep_waiting
from app.parties.models import Account
from app.programs.schema.cases import CaseType, Move
from app.programs.schema.definition import Definition

LONGEST_REASON = 4_000


@dataclass(frozen=True, slots=True)
class Sent:
    """What the form of a move sends."""

    seen: str
    """What its page showed, as ``seen_of`` says it; a form sent twice says the same twice."""
    declared: bool = False
    reason: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of it."""

    case_id: int
    to_state: str
    submission_id: int | None


@dataclass(frozen=True, slots=True)
class _Deed:
    """A move that is being made, and what it is made on."""

    actor: int
    account: Account
    program: Definition
    kind: CaseType
    move: Move
    case: ClientCase
    filed: Standing
    last: CaseMove | None
    sent: Sent


@deed
def move_by_client(
    db: Session, actor: int, account_id: int, case_type: str, move: str, sent: Sent
) -> Moved:
    """Make a client's move on the account's open case: submit it, withdraw it.

    "N'oubliez pas que seul le propriétaire du compte peut soumettre la demande." The same form
    sent twice is one move: the second time gives what came of the first. Raises NotFound, Refused,
    StepUpNeeded; Conflict ``moved`` when the case is elsewhere by now, ``changed`` when its
    answers are, ``not_begun``, or with a guard's name; Invalid ``declared``, ``reason``: empty,
    too_long.
    """
    account = lock_account(db, account_id)
    case = open_case(db, account_id, case_type) or _closed_by(db, account_id, case_type, sent)
    program = program_of(db, account, case)
    kind = program.cases.get(case_type)
    wanted = kind.moves.get(move) if kind else None
    if kind is None or wanted is None or wanted.by != "client":
        raise NotFound(f"{case_type} {move}")
    authorise(db, actor, wanted.action, account)
    if case is None:
        raise Conflict("not_begun")
    return _make(db, actor, account, program, kind, wanted, case, sent)


@deed
def move_by_staff(db: Session, actor: int, case_id: int, move: str, sent: Sent) -> Moved:
    """Make a move that the Agency's staff make: begin a review, return, approve, deny.

    Nobody works for the agency on an account of their own. Raises as ``move_by_client``; Refused
    ``own``.
    """
    account = lock_account(db, _account_of(db, case_id))
    case = db.get_one(ClientCase, case_id, populate_existing=True)
    program = program_of(db, account, case)
    kind = program.cases[case.case_type]
    wanted = kind.moves.get(move)
    if wanted is None or wanted.by != "staff":
        raise NotFound(f"{case.case_type} {move}")
    authorise(db, actor, wanted.action, case)
    if live_membership(db, actor, account.id) is not None:
        raise Refused(wanted.action, "own", person_id=actor)
    return _make(db, actor, account, program, kind, wanted, case, sent)


def _account_of(db: Session, case_id: int) -> int:
    found = db.scalar(select(ClientCase.account_id).where(ClientCase.id == case_id))
    if found is None:
        raise NotFound(f"ClientCase {case_id}")
    return found


def _closed_by(db: Session, account_id: int, case_type: str, sent: Sent) -> ClientCase | None:
    """The case that this very form has closed a moment ago."""
    cases = select(ClientCase).filter_by(account_id=account_id, case_type=case_type)
    latest = db.scalars(cases.order_by(ClientCase.id.desc()).limit(1)).one_or_none()
    if latest is None:
        return None
    last = last_move(db, latest.id)
    return latest if last is not None and seen_of(latest, last.ordinal - 1) == sent.seen else None


def last_move(db: Session, case_id: int) -> CaseMove | None:
    """The move that brought a case to where it is; None where it never moved."""
    made = select(CaseMove).where(CaseMove.case_id == case_id)
    return db.scalars(made.order_by(CaseMove.ordinal.desc()).limit(1)).one_or_none()


def _make(
    db: Session,
    actor: int,
    account: Account,
    program: Definition,
    kind: CaseType,
    move: Move,
    case: ClientCase,
    sent: Sent,
) -> Moved:
    last = last_move(db, case.id)
    filed = Standing(db, account, program, kind).read(case)
    one = _Deed(actor, account, program, kind, move, case, filed, last, sent)
    if (before := _made_already(one)) is not None:
        return before
    _require(one)
    return _done(db, one)


def _made_already(one: _Deed) -> Moved | None:
    """What came of this very form the first time that it was sent."""
    last = one.last
    if last is None or (last.moved_by, last.move) != (one.actor, one.move.code):
        return None
    digest = last.submission.sha256 if last.submission is not None else ""
    if seen_of(one.case, last.ordinal - 1, digest) != one.sent.seen:
        return None
    return Moved(one.case.id, last.to_state, last.submission_id)


def _require(one: _Deed) -> None:
    """Let the move pass. Raises Conflict, Invalid, StepUpNeeded."""
    place = one.last.ordinal if one.last is not None else 0
    if one.sent.seen.partition(":")[0] != seen_of(one.case, place):
        raise Conflict("moved")
    try:
        moves.require(
            one.move,
            one.case.state,
            facts_of(one.filed),
            reason=_reason(one.sent),
            declared=one.sent.declared,
        )
    except Conflict as conflict:
        if conflict.reason == "fresh_code":
            raise StepUpNeeded from conflict
        raise
    if len(one.sent.reason) > LONGEST_REASON:
        raise Invalid({"reason": "too_long"}, max=LONGEST_REASON)


def facts_of(filed: Standing) -> moves.Facts:
    """What the guards of a move ask of a case, as it stands."""
    return moves.Facts(
        complete=filed.is_complete(),
        scanned=filed.is_scanned(),
        fresh=is_fresh(filed.db),
        owned=has_one_owner(filed.db, filed.account, filed.program.required_role.code),
    )


def _reason(sent: Sent) -> str:
    return showable(sent.reason, lines=True).strip()


def _done(db: Session, one: _Deed) -> Moved:
    moment = now(db)
    before = one.case.state
    submission = None
    if one.move.submits:
        submission = submit(db, one.actor, one.case, one.filed.snapshot(), one.move, one.sent)
    keep_waiting(db, one.case, one.program, one.kind, one.move, moment)
    one.case.state = one.move.goes_to
    one.case.closed_at = moment if one.kind.states[one.move.goes_to].final else None
    db.flush()
    made = _kept(db, one, before, moment, submission)
    number = submission or _last_submission(db, one.case)
    _set_standing(db, one)
    if one.case.state in edited(one.kind):
        catch_up(db, one.case)
    tell_of_move(db, one.actor, one.account, one.program, one.move, one.case, number, made.reason)
    record(
        db,
        Event.CASE_MOVED,
        actor=one.actor,
        target=one.case,
        changes={
            "case_type": one.case.case_type,
            "case_move": one.move.code,
            "case_state": (before, one.case.state),
        },
        personal={"reason_given": made.reason} if made.reason else None,
    )
    return Moved(one.case.id, one.case.state, submission.id if submission else None)


def _kept(
    db: Session, one: _Deed, before: str, moment: datetime, submission: Submission | None
) -> CaseMove:
    """The move in the case's history."""
    made = CaseMove(
        case_id=one.case.id,
        ordinal=one.last.ordinal + 1 if one.last is not None else 1,
        program_id=one.case.program_id,
        definition_version=one.case.definition_version,
        case_type=one.case.case_type,
        move=one.move.code,
        from_state=before,
        to_state=one.case.state,
        moved_by=one.actor,
        moved_at=moment,
        reason=(_reason(one.sent) or None) if one.move.asks_reason else None,
        submission_id=submission.id if submission is not None else None,
    )
    db.add(made)
    db.flush()
    return made


def steps_of(db: Session | scoped_session[Session], case_id: int) -> list[Step]:
    """Every move that a case made, in order, for the rules that read its history."""
    made = select(CaseMove).where(CaseMove.case_id == case_id).order_by(CaseMove.ordinal)
    return [Step(one.move, one.to_state, one.moved_at, one.reason) for one in db.scalars(made)]


def _last_submission(db: Session, case: ClientCase) -> Submission | None:
    made = select(Submission).where(Submission.case_id == case.id)
    return db.scalars(made.order_by(Submission.ordinal.desc()).limit(1)).one_or_none()


def _set_standing(db: Session, one: _Deed) -> None:
    """What the account becomes by the move: a member, where the application is approved."""
    standing = one.move.standing
    if standing is None or standing == one.account.standing_code:
        return
    before, one.account.standing_code = one.account.standing_code, standing
    record(
        db,
        Event.STANDING_CHANGED,
        actor=one.actor,
        target=one.account,
        changes={"standing": (before, standing)},
    )
