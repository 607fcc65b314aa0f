"""A case that is filled in whole, and moved on, whatever the definition calls what is in it."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import select

from app.base.db import deed, now
from app.cases.models import Answer, CaseMove, CasePart, ClientCase, Document, Submission
from app.cases.rules import moves
from app.cases.rules.made_up import made_up
from app.cases.rules.parts import answered
from app.cases.rules.shown import asked
from app.cases.rules.snapshot import as_json, digest
from app.cases.service import moving
from app.cases.service.common import begin
from app.cases.service.filed import Standing
from app.cases.service.moving import Sent, last_move
from app.cases.service.submitting import seen_of
from app.parties.models import Account
from tests.cases.filing import Filing


class Submitting(Filing):
    """The moves of a case of this kind, found by what they do."""

    def __init__(self, world, account):
        super().__init__(world, account)
        first = moves.initial(self.kind)
        self.submits = next(m for m in moves.open_moves(self.kind, first, "client") if m.submits)
        self.filed_state = self.submits.goes_to
        self.withdraws = next(
            move
            for move in moves.open_moves(self.kind, self.filed_state, "client")
            if not move.submits
        )

    # ── filling in ──────────────────────────────────────────────────────────────────────

    def complete(self, person, *, names=("Quay 12",), scan="clean"):
        """Answer everything that is asked, with made-up answers and documents."""
        _fill_in(self, person.id, self.account.id, names, scan)
        return self

    def one_more_document(self, person, scan):
        """Another document beside one that is there, in this state of its scan."""
        _add_document(person.id, scan)

    # ── moving ──────────────────────────────────────────────────────────────────────────

    @property
    def case(self):
        """The account's latest case, as it is now."""
        wanted = select(ClientCase).filter_by(account_id=self.account.id, case_type=self.type)
        found = self.world.db.scalars(wanted.order_by(ClientCase.id.desc()).limit(1)).one()
        self.world.db.refresh(found)
        return found

    def seen(self, *, with_content=True):
        """What the page of a move would show now, in one word."""
        db, case = self.world.db, self.case
        made = last_move(db, case.id)
        account = db.get_one(Account, self.account.id)
        filed = Standing(db, account, self.program, self.kind).read(case)
        sha256 = digest(as_json(filed.snapshot())) if with_content else ""
        found = seen_of(case, made.ordinal if made is not None else 0, sha256)
        db.rollback()
        return found

    def sent(self, move, **values):
        """A form of this move, filled in."""
        seen = values.pop("seen", None) or self.seen(with_content=move.submits)
        given = {"declared": True, "reason": "Because." if move.asks_reason else ""}
        return Sent(seen=seen, **(given | values))

    def client_moves(self, person, move=None, **values):
        """A client makes a move: the one that submits, unless said."""
        move = move or self.submits
        sent = self.sent(move, **values)
        return moving.move_by_client(person.id, self.account.id, self.type, move.code, sent)

    def staff_moves(self, person, move, **values):
        """A member of the staff makes a move."""
        return moving.move_by_staff(person.id, self.case.id, move.code, self.sent(move, **values))

    def way(self, wanted):
        """The staff's moves that lead from what was submitted to one for which `wanted` holds."""
        reached = [(self.filed_state, [])]
        seen = {self.filed_state}
        while reached:
            state, done = reached.pop(0)
            for move in moves.open_moves(self.kind, state, "staff"):
                if wanted(move):
                    return [*done, move]
                if move.goes_to not in seen:
                    seen.add(move.goes_to)
                    reached.append((move.goes_to, [*done, move]))
        raise LookupError("no such move")

    def returns(self, move):
        """Whether the move sends the case back, to be submitted again."""
        return move.asks_reason and moves.may_submit(self.kind, move.goes_to)

    def approves(self, move):
        """Whether the move makes the account something that it was not."""
        return move.standing is not None

    def bring(self, officer, wanted):
        """The officer leads what was submitted to the move that is wanted."""
        for move in self.way(wanted):
            self.staff_moves(officer, move)
        return move

    # ── what came of it ─────────────────────────────────────────────────────────────────

    def submissions(self):
        """Every submission, oldest first."""
        found = list(self.world.db.scalars(select(Submission).order_by(Submission.id)))
        self.world.db.rollback()
        return found

    def history(self):
        """Every move that was made, oldest first."""
        found = list(self.world.db.scalars(select(CaseMove).order_by(CaseMove.id)))
        self.world.db.rollback()
        return found


@deed
def _fill_in(db, filing, actor, account_id, names, scan):
    account = db.get_one(Account, account_id)
    case = db.scalars(select(ClientCase).filter_by(account_id=account_id)).one_or_none()
    case = case or begin(db, actor, account, filing.kind)
    for section in filing.kind.sections.values():
        if section.kind == "users":
            continue
        for key, label in _parts(filing, section, names):
            part = _part(db, actor, case, section, key, label)
            _answer_all(db, actor, filing, section, part, scan)


def _parts(filing, section, names):
    if section.repeated is None:
        return [("", None)]
    if section.repeated.by == "lines":
        return [(next(iter(filing.program.lines)), None)]
    return [(name.casefold(), name) for name in names]


def _part(db, actor, case, section, key, label):
    there = select(CasePart).filter_by(case_id=case.id, section=section.code, key=key)
    part = db.scalars(there.where(CasePart.removed_at.is_(None))).one_or_none()
    if part is None:
        part = CasePart(case_id=case.id, section=section.code, key=key, label=label, made_by=actor)
        db.add(part)
        db.flush()
    return part


def _answer_all(db, actor, filing, section, part, scan):
    listed = {"lines": filing.program.lines, "bases": filing.program.bases}
    today = (now(db) - timedelta(hours=5)).date()
    rows = db.scalars(select(Answer).filter_by(part_id=part.id))
    known = dict(answered(section, part.key, {row.question: row.value for row in rows}))
    sent = set(db.scalars(select(Document.question).filter_by(part_id=part.id)))
    while True:
        left = [
            question
            for one in asked(section, known)
            for question in one.questions
            if question.code not in known and question.code not in sent
        ]
        if not left:
            break
        for question in left:
            value = made_up(question, today, listed)
            if value is None:
                sent.add(question.code)
                db.add(document(part.id, question.code, actor, now(db), scan=scan))
            else:
                known[question.code] = value
                db.add(
                    Answer(part_id=part.id, question=question.code, value=value, changed_by=actor)
                )
    db.flush()


@deed
def _add_document(db, actor, scan):
    there = db.scalars(select(Document).order_by(Document.id).limit(1)).one()
    scanned_at = None if scan == "waiting" else now(db)
    more = {"key": "documents/more", "scan": scan, "scanned_at": scanned_at}
    db.add(document(there.part_id, there.question, actor, scanned_at, **more))


def document(part_id, question, sender, moment, **columns):
    """A document that was sent and found clean."""
    name = f"{question}-{part_id}"
    values = {
        "key": f"documents/{name}",
        "name": f"{question}.pdf",
        "kind": "pdf",
        "size": 1_234,
        "sha256": hashlib.sha256(name.encode()).hexdigest(),
        "scan": "clean",
        "scanned_at": moment,
    }
    return Document(part_id=part_id, question=question, sent_by=sender, **(values | columns))
