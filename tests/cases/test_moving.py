"""Submitting a case, withdrawing it, and what the staff do with it."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from app.base.db import session
from app.base.errors import Conflict, Invalid, NotFound, Refused, StepUpNeeded
from app.base.identifiers import parse_submission_number
from app.cases.models import CaseMove, Submission
from app.cases.rules import moves
from app.cases.rules.at_once import places
from app.cases.rules.saving import fingerprint
from app.cases.rules.snapshot import digest, from_json
from app.cases.service import moving
from app.correspondence.models import Notice
from app.parties.models import Account
from tests.cases.submitting import Submitting
from tests.support.race import race, winners


@pytest.fixture
def submitting(world, account):
    return Submitting(world, account)


@pytest.fixture
def filled(submitting, owner, acting):
    """Everything is answered, and the owner proved a code just now."""
    submitting.complete(owner)
    acting(owner)
    return submitting


@pytest.fixture
def officer(world):
    return world.staff("program_officer")


# ── what clients do ─────────────────────────────────────────────────────────────────────


def test_the_owner_submits_what_is_complete_and_it_is_kept_under_a_number(filled, owner):
    came = filled.client_moves(owner, language="fr")
    (kept,) = filled.submissions()
    assert came == moving.Moved(filled.case.id, filled.filed_state, kept.id)
    assert parse_submission_number(kept.number) == kept.number
    assert (kept.ordinal, kept.submitted_by, kept.language) == (1, owner.id, "fr")
    assert kept.declaration == filled.submits.declaration.fr
    assert kept.definition_version == filled.program.version
    assert digest(kept.snapshot) == kept.sha256
    assert filled.case.state == filled.filed_state
    (made,) = filled.history()
    assert (made.move, made.to_state, made.submission_id) == (
        filled.submits.code,
        filled.filed_state,
        kept.id,
    )


def test_only_whoever_is_allowed_to_submits(filled, world, acting):
    proxy = world.person_of(world.member(filled.account, 1))
    acting(proxy)
    with pytest.raises(Refused):
        filled.client_moves(proxy)
    assert filled.submissions() == []


def test_nothing_is_submitted_while_an_answer_is_missing(filled, owner):
    filled.save(owner, {filled.text: ""}, shown={filled.text: _shown(filled, filled.text)})
    with pytest.raises(Conflict, match="all_sections_complete"):
        filled.client_moves(owner)
    assert filled.submissions() == []


def _shown(filing, question):
    return fingerprint(filing.answer(question))


@pytest.mark.parametrize("status", ["offered", "waiting"])
def test_nothing_is_submitted_while_somebody_who_was_added_still_waits(
    filled, owner, world, status
):
    world.member(filled.account, 1, status=status)
    with pytest.raises(Conflict, match="all_sections_complete"):
        filled.client_moves(owner)


@pytest.mark.parametrize("scan", ["waiting", "infected", "could_not_scan"])
def test_nothing_is_submitted_while_a_document_was_not_found_to_be_clean(filled, owner, scan):
    """Design: "an unscanned file counts as present, submission waits for its scan"."""
    filled.one_more_document(owner, scan)
    with pytest.raises(Conflict, match="documents_scanned"):
        filled.client_moves(owner)


def test_without_a_scanner_documents_are_submitted_as_they_are(submitting, owner, acting):
    submitting.complete(owner, scan="not_scanned")
    acting(owner)
    assert submitting.client_moves(owner).submission_id is not None


def test_submitting_asks_for_a_fresh_code(filled, owner, acting):
    acting(owner, code_verified_at=None)
    with pytest.raises(StepUpNeeded):
        filled.client_moves(owner)
    assert filled.submissions() == []


def test_nothing_is_submitted_without_the_declaration(filled, owner):
    with pytest.raises(Invalid) as caught:
        filled.client_moves(owner, declared=False)
    assert caught.value.errors == {"declared": "empty"}


def test_nobody_declares_to_be_true_what_a_colleague_changed_since_it_was_shown(
    filled, owner, world
):
    seen = filled.seen()
    proxy = world.person_of(world.member(filled.account, 1))
    filled.save(proxy, {filled.text: "Theirs"}, shown={filled.text: _shown(filled, filled.text)})
    with pytest.raises(Conflict, match="changed"):
        filled.client_moves(owner, seen=seen)
    assert filled.client_moves(owner).submission_id is not None


def test_the_same_form_sent_twice_is_one_submission(filled, owner):
    seen = filled.seen()
    first = filled.client_moves(owner, seen=seen)
    again = filled.client_moves(owner, seen=seen)
    assert again == first
    assert len(filled.submissions()) == len(filled.history()) == 1


def test_of_two_connections_that_send_the_same_form_one_submits_and_both_are_told_so(filled, owner):
    seen = filled.seen()
    who, account, sent = owner.id, filled.account.id, moving.Sent(seen, declared=True)

    def submits():
        return moving.move_by_client(who, account, filled.type, filled.submits.code, sent)

    came = race(submits, submits)
    assert len(winners(came)) == 2, came
    assert came[0] == came[1]
    assert len(filled.submissions()) == 1


def test_a_withdrawal_sent_twice_is_one_withdrawal_though_the_case_is_closed(filled, owner):
    filled.client_moves(owner)
    seen = filled.seen(with_content=False)
    first = filled.client_moves(owner, filled.withdraws, seen=seen)
    assert filled.client_moves(owner, filled.withdraws, seen=seen) == first
    assert filled.case.closed_at is not None
    assert [one.move for one in filled.history()] == [
        filled.submits.code,
        filled.withdraws.code,
    ]


def test_a_form_of_before_a_move_is_told_that_the_case_moved(filled, owner):
    filled.client_moves(owner)
    stale = filled.seen(with_content=False).rpartition(".")[0] + ".0"
    with pytest.raises(Conflict, match="moved"):
        filled.client_moves(owner, filled.withdraws, seen=stale)


def test_what_is_reviewed_is_edited_and_saved_but_not_submitted(filled, owner):
    """ "While CBSA is reviewing users can edit and save but not submit."."""
    filled.client_moves(owner)
    changed = {filled.text: "Another"}
    filled.save(owner, changed, shown={filled.text: _shown(filled, filled.text)})
    assert filled.answer() == "Another"
    with pytest.raises(Conflict, match="moved"):
        filled.client_moves(owner)
    assert len(filled.submissions()) == 1


def test_what_is_not_begun_is_not_submitted(submitting, owner, acting):
    acting(owner)
    sent = moving.Sent("0.0:", declared=True)
    code = submitting.submits.code
    with pytest.raises(Conflict, match="not_begun"):
        moving.move_by_client(owner.id, submitting.account.id, submitting.type, code, sent)


@pytest.mark.parametrize("case_type", [None, "nothing"])
def test_a_move_that_is_no_client_s_is_not_there_for_clients(filled, owner, case_type):
    staff = filled.way(lambda _move: True)[0]
    with pytest.raises(NotFound):
        moving.move_by_client(
            owner.id,
            filled.account.id,
            case_type or filled.type,
            staff.code,
            filled.sent(staff),
        )


# ── what the staff do ───────────────────────────────────────────────────────────────────


def test_an_officer_returns_it_with_a_reason_and_it_is_submitted_again(
    filled, owner, officer, acting
):
    filled.client_moves(owner)
    acting(officer)
    move = filled.bring(officer, filled.returns)
    assert filled.case.state == move.goes_to
    assert filled.history()[-1].reason == "Because."
    acting(owner)
    again = next(m for m in moves.open_moves(filled.kind, move.goes_to, "client") if m.submits)
    filled.client_moves(owner, again)
    first, second = filled.submissions()
    assert (second.ordinal, second.sha256) == (2, first.sha256)
    assert second.number != first.number


def test_an_approval_gives_the_account_its_standing(filled, owner, officer, acting):
    filled.client_moves(owner)
    acting(officer)
    move = filled.bring(officer, filled.approves)
    account = filled.world.fresh(filled.account)
    assert account.standing_code == move.standing
    (told,) = filled.told("account.standing_changed")
    assert told.actor_id == officer.id


def test_after_the_approval_changes_are_a_draft_that_the_owner_submits(
    filled, owner, officer, acting
):
    filled.client_moves(owner)
    acting(officer)
    move = filled.bring(officer, filled.approves)
    acting(owner)
    filled.save(owner, {filled.text: "New"}, shown={filled.text: _shown(filled, filled.text)})
    (first,) = filled.submissions()
    assert "New" not in str(first.snapshot)
    changes = next(m for m in moves.open_moves(filled.kind, move.goes_to, "client") if m.submits)
    filled.client_moves(owner, changes)
    assert "New" in str(filled.submissions()[-1].snapshot)


def test_a_decision_that_asks_for_its_reason_is_not_made_without(filled, owner, officer, acting):
    filled.client_moves(owner)
    acting(officer)
    *before, last = filled.way(filled.returns)
    for move in before:
        filled.staff_moves(officer, move)
    for reason, word in ((" ", "empty"), ("x" * 4_001, "too_long")):
        with pytest.raises(Invalid) as caught:
            filled.staff_moves(officer, last, reason=reason)
        assert caught.value.errors == {"reason": word}


def test_only_staff_who_may_make_a_staff_move(filled, owner, world, acting):
    filled.client_moves(owner)
    auditor = world.staff("auditor")
    acting(auditor)
    with pytest.raises(Refused):
        filled.staff_moves(auditor, filled.way(lambda _move: True)[0])


def test_nobody_works_for_the_agency_on_an_account_of_their_own(filled, owner, world, acting):
    filled.client_moves(owner)
    both = world.staff("program_officer", person=world.person_of(world.member(filled.account, 2)))
    acting(both)
    with pytest.raises(Refused) as caught:
        filled.staff_moves(both, filled.way(lambda _move: True)[0])
    assert caught.value.reason == "own"


def test_a_staff_move_is_none_of_the_clients_and_needs_a_case(filled, officer, acting):
    acting(officer)
    with pytest.raises(NotFound):
        filled.staff_moves(officer, filled.submits)
    with pytest.raises(NotFound):
        moving.move_by_staff(officer.id, 10**9, filled.submits.code, moving.Sent("1.0"))


# ── what is told ────────────────────────────────────────────────────────────────────────


def test_everybody_whom_the_definition_names_is_told_once_in_both_languages(
    filled, owner, world, officer
):
    proxy = world.person_of(world.member(filled.account, 1))
    suspended = world.person_of(world.member(filled.account, 2, status="suspended"))
    filled.client_moves(owner)
    (kept,) = filled.submissions()
    told = list(world.db.scalars(select(Notice).where(Notice.template == "case_moved")))
    people = sorted(one.person_id for one in told)
    assert people == sorted({owner.id, proxy.id, officer.id})
    assert suspended.id not in people
    for one in told:
        words = one.facts["title"] | {"text": one.facts["text"]["fr"]}
        assert "%(" not in str(words)
        assert filled.account.party_id
    business = world.fresh(filled.account).party.name
    assert all(business in one.facts["title"]["fr"] + one.facts["text"]["fr"] for one in told)
    assert any(kept.number in one.facts["text"]["en"] + one.facts["title"]["en"] for one in told)
    assert {one.person_id: one.mail_state for one in told} == {
        owner.id: "queued",
        proxy.id: "queued",
        officer.id: "none",
    }


def test_the_trail_tells_of_the_move_and_of_what_was_submitted(filled, owner, officer, acting):
    filled.client_moves(owner)
    (kept,) = filled.submissions()
    (made,) = filled.told("submission.made")
    assert made.changes["number"] == [None, kept.number]
    assert made.changes["sha256"] == [None, kept.sha256]
    assert made.account_id == filled.account.id
    acting(officer)
    filled.bring(officer, filled.returns)
    moved = filled.told("case.moved")
    assert [one.actor_id for one in moved] == [owner.id] + [officer.id] * (len(moved) - 1)
    assert moved[-1].personal["reason_given"] == [None, "Because."]
    assert "Because." not in str(moved[-1].changes)


def test_a_copy_is_asked_for_with_the_submission_and_not_without(filled, owner, world):
    count = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :name")
    name = "cases.copy_submission"
    filled.client_moves(owner)
    assert world.db.scalar(count, {"name": name}) == 1
    filled.client_moves(owner, filled.withdraws)
    assert world.db.scalar(count, {"name": name}) == 1


# ── what is kept ────────────────────────────────────────────────────────────────────────


def test_answers_that_are_hidden_or_taken_out_are_not_submitted(filled, owner):
    part = filled.folder(owner).parts[filled.section.code][0]
    shown = {question.code for one in part.asked for question in one.questions}
    filled.client_moves(owner)
    kept = from_json(filled.submissions()[0].snapshot)
    mine = next(one for one in kept.parts if one.section == filled.section.code)
    submitted = {reply.question for topic in mine.topics for reply in topic.replies}
    assert shown <= submitted
    known = {code for topic in part.section.topics.values() for code in topic.questions}
    hidden = known - submitted
    assert all(code not in str(mine) for code in hidden if code not in str(submitted))


def test_a_definition_has_questions_that_count_at_once(submitting):
    assert places(submitting.kind)


def _does(world, role, statement):
    if role == "the application":
        session.execute(statement)
        return
    with world.as_owner() as db:
        db.execute(statement)


@pytest.mark.parametrize("role", ["the application", "the owner of the tables"])
@pytest.mark.parametrize("table", ["submission", "case_move"])
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET id = DEFAULT", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_nobody_changes_what_was_submitted(filled, owner, world, role, table, change):
    filled.client_moves(owner)
    statement = text(change.format(table))
    with pytest.raises(DBAPIError) as caught:
        _does(world, role, statement)
    expected = "permission denied" if role == "the application" else "written once"
    session.rollback()
    assert expected in str(caught.value.orig)
    assert len(filled.submissions()) == len(filled.history()) == 1


def test_the_account_of_a_submission_is_the_case_s(filled, owner):
    filled.client_moves(owner)
    (kept,) = filled.submissions()
    case = filled.world.fresh(filled.case)
    assert kept.case_id == case.id
    assert filled.world.db.get_one(Account, case.account_id).id == filled.account.id
    assert str(filled.world.db.get_one(Submission, kept.id)) == kept.number


@pytest.mark.parametrize(
    "change",
    [
        {"from_state": "elsewhere"},
        {"to_state": "elsewhere"},
        {"case_type": "another"},
        {"program_id": -1},
    ],
)
def test_the_history_of_a_case_goes_on_from_where_it_was_to_where_it_is(filled, owner, change):
    """A move that leads from elsewhere, or to where the case is not, is none of its history."""
    filled.client_moves(owner)
    (made,) = filled.history()
    next_move = filled.withdraws
    row = {
        "case_id": made.case_id,
        "ordinal": 2,
        "program_id": made.program_id,
        "definition_version": made.definition_version,
        "case_type": made.case_type,
        "move": next_move.code,
        "from_state": made.to_state,
        "to_state": made.to_state,
        "moved_by": owner.id,
    }
    with pytest.raises(DBAPIError) as caught:
        session.execute(insert(CaseMove).values(**(row | change)))
    session.rollback()
    assert caught.value.orig.diag.constraint_name == "case_move_goes_on"
