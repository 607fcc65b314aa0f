"""What the staff see of a case, and the moves that they make from its page."""

from __future__ import annotations

import pytest

from app.authority.staff import STAFF_ROLES
from app.cases.models import Answer, CasePart, Document
from app.cases.rules.at_once import places
from app.cases.rules.moves import initial, open_moves
from app.cases.rules.saving import fingerprint
from app.cases.service import answering, parting, removing
from app.cases.service.common import Place
from app.documents.store import store
from tests.cases.submitting import Submitting

both_languages = pytest.mark.parametrize("lang", ["en", "fr"])
MOST_STATEMENTS = 24
"""A page of everything: the row, its parts, answers and documents, its moves, the trail."""


@pytest.fixture
def account(world):
    return world.account(name="Quincaillerie Boréale inc.")


@pytest.fixture
def owner(world, account):
    return world.owner(account)


@pytest.fixture
def filed(world, account, owner, acting):
    """Everything is answered, and nothing was submitted."""
    found = Submitting(world, account).complete(owner, names=("Quay 12",))
    acting(owner)
    return found


@pytest.fixture
def submitted(filed, owner):
    filed.client_moves(owner)
    return filed


@pytest.fixture
def officer(world):
    return world.staff("program_officer")


def path(filed, rest="show"):
    return f"/staff/cases/{rest}/{filed.case.id}"


def first_move(filed):
    """A staff move that leads on from what was submitted, and asks for no reason."""
    found = open_moves(filed.kind, filed.filed_state, "staff")
    return next(move for move in found if not move.asks_reason)


def reasoned(filed, officer):
    """Lead the case to where a staff move asks for a reason, and give that move."""
    *before, move = filed.way(lambda one: one.asks_reason)
    for one in before:
        filed.staff_moves(officer, one)
    return move


def change(filed, owner, text):
    """The client saves another answer."""
    shown = {filed.text: fingerprint(filed.answer())}
    filed.save(owner, {filed.text: text}, shown=shown)


# ── before anything is submitted ────────────────────────────────────────────────────────


@both_languages
def test_before_it_is_submitted_the_staff_see_how_far_it_is_and_no_answer(
    filed, owner, officer, sign_in, client, lang
):
    change(filed, owner, "Xylophone")
    sign_in(officer)
    page = client.get(path(filed), lang=lang)
    assert page.h1 == filed.kind.label.say(lang)
    assert filed.kind.states[filed.case.state].label.say(lang) in page.main
    for section in filed.kind.sections.values():
        if section.kind == "questions":
            assert section.label.say(lang) in page.main
    assert "100" in page.main
    assert "Xylophone" not in page.main
    question = filed.section.topics[filed.topic].questions[filed.text]
    assert question.text.say(lang) not in page.main


def test_a_case_that_nobody_has_filled_in_is_not_begun(
    world, account, owner, officer, sign_in, client, acting
):
    filed = Submitting(world, account)
    acting(owner)
    filed.save(owner, {filed.text: "x"})
    sign_in(officer)
    assert "Not begun" in client.get(path(filed)).main


# ── what was submitted ──────────────────────────────────────────────────────────────────


@both_languages
def test_what_was_submitted_is_read_question_by_question(submitted, officer, sign_in, client, lang):
    sign_in(officer)
    page = client.get(path(submitted), lang=lang)
    (kept,) = submitted.submissions()
    assert kept.number in page.main
    asked = 0
    for part in kept.snapshot["parts"]:
        section = submitted.kind.sections[part["section"]]
        for topic in part["topics"]:
            assert section.topics[topic["topic"]].label.say(lang) in page.main
            for reply in topic["replies"]:
                question = section.topics[topic["topic"]].questions[reply["question"]]
                assert question.text.say(lang) in page.main
                asked += 1
    assert asked > 20
    assert "Quay 12" in page.main


def test_a_change_that_was_not_submitted_is_marked_and_not_shown(
    submitted, owner, officer, sign_in, client
):
    before = submitted.answer()
    sign_in(officer)
    assert "Changed since it was submitted" not in client.get(path(submitted)).main
    change(submitted, owner, "Xylophone")
    page = client.get(path(submitted))
    assert page.main.count("Changed since it was submitted") == 1
    assert "1 answer changed since" in page.main
    assert before in page.main
    assert "Xylophone" not in page.main


def test_a_part_that_came_since_is_told_by_its_name(submitted, owner, officer, sign_in, client):
    section = submitted.repeated("name")
    place = Place(submitted.type, section.code)
    parting.add_named(owner.id, submitted.account.id, place, "Quay 13")
    sign_in(officer)
    assert "Added since it was submitted: Quay 13" in client.get(path(submitted)).main


def test_a_part_that_went_since_is_told_by_its_name(submitted, owner, officer, sign_in, client):
    section = submitted.repeated("name")
    place = Place(submitted.type, section.code, "quay 12")
    parting.remove(owner.id, submitted.account.id, place)
    sign_in(officer)
    assert "Removed since it was submitted: Quay 12" in client.get(path(submitted)).main


def test_a_topic_that_does_not_apply_is_read_with_its_reason(
    filed, owner, officer, sign_in, client
):
    section = filed.repeated("name")
    topic = next(
        one.code for one in section.topics.values() if one.may_not_apply and not one.shown_when
    )
    place = Place(filed.type, section.code, "quay 12")
    answering.set_aside(owner.id, filed.account.id, place, topic, "No dock of our own")
    filed.client_moves(owner)
    sign_in(officer)
    assert "No dock of our own" in client.get(path(filed)).main
    answering.set_aside(owner.id, filed.account.id, place, topic, "Sold in May")
    page = client.get(path(filed))
    assert "Reason changed since it was submitted" in page.main
    assert "Sold in May" not in page.main
    answering.bring_back(owner.id, filed.account.id, place, topic)
    assert "Answered since it was submitted" in client.get(path(filed)).main


def test_what_counts_at_once_is_not_marked_as_waiting_to_be_submitted(
    submitted, owner, officer, world, sign_in, client
):
    section, question = min(places(submitted.kind))
    part = world.db.query(CasePart).filter_by(section=section).first()
    row = world.db.get(Answer, (part.id, question))
    world.set(row, value={**row.value, "family_name": "Xylophone"})
    sign_in(officer)
    assert "since it was submitted" not in client.get(path(submitted)).main


def test_a_document_is_opened_where_the_scanner_lets_it_and_told_of_where_not(
    world, account, owner, officer, acting, sign_in, client
):
    """No scanner was set when it was submitted; one that came later found something."""
    filed = Submitting(world, account).complete(owner, scan="not_scanned")
    acting(owner)
    filed.client_moves(owner)
    sign_in(officer)
    document = world.db.query(Document).order_by(Document.id).first()
    address = f"/en/staff/documents/file/{document.id}"
    page = client.get(path(filed))
    assert address in page.links().values()
    assert "Not scanned for viruses" in page.main
    world.set(document, scan="infected", scanned_at=world.now())
    page = client.get(path(filed))
    assert address not in page.links().values()
    assert "Contains a virus" in page.main


def test_a_document_opens_for_the_staff_once_a_submission_holds_it(
    filed, owner, officer, world, sign_in, client, acting
):
    document = world.db.query(Document).order_by(Document.id).first()
    store().put(document.key, [b"what was sent"])
    world.db.rollback()
    address = f"/en/staff/documents/file/{document.id}"
    sign_in(officer)
    assert client.http.get(address).status_code == 409
    page = client.get(f"/staff/documents/show/{document.id}")
    assert "It has not been submitted" in page.main
    assert address not in page.links().values()
    acting(owner)
    filed.client_moves(owner)
    assert client.http.get(address).data == b"what was sent"
    removing.remove(owner.id, filed.account.id, document.id)
    assert client.http.get(address).status_code == 200, "a submission holds it for good"


def test_every_submission_is_told_the_last_one_first(
    submitted, owner, officer, acting, sign_in, client
):
    submitted.bring(officer, submitted.returns)
    acting(owner)
    change(submitted, owner, "Xylophone")
    submitted.client_moves(owner)
    first, second = submitted.submissions()
    sign_in(officer)
    main = client.get(path(submitted)).main
    assert main.index(second.number) < main.index(first.number)
    assert "Xylophone" in main
    assert "Changed since it was submitted" not in main


# ── when ────────────────────────────────────────────────────────────────────────────────


@both_languages
def test_the_service_standard_says_what_is_left_and_then_how_late_it_is(
    submitted, officer, clock, sign_in, client, lang
):
    case, program = submitted.case, submitted.program
    standard = program.service_standards[submitted.kind.states[case.state].clock]
    due = case.due_at.astimezone(program.zone).date()
    sign_in(officer)
    page = client.get(path(submitted), lang=lang)
    assert standard.label.say(lang) in page.main
    assert due.isoformat() in page.main
    left = {"en": "business days left", "fr": "jours ouvrables restants"}[lang]
    assert left in page.main.replace("\u00a0", " ")
    clock.stop(case.due_at)
    sign_in(officer)
    today = {"en": "Due today", "fr": "À traiter aujourd’hui"}[lang]
    assert today in client.get(path(submitted), lang=lang).main
    clock.move(days=10)
    sign_in(officer)
    late = {"en": "business days late", "fr": "jours ouvrables de retard"}[lang]
    assert late in client.get(path(submitted), lang=lang).main.replace("\u00a0", " ")


def test_the_history_tells_each_move_who_made_it_and_why(
    submitted, owner, officer, sign_in, client
):
    move = reasoned(submitted, officer)
    submitted.staff_moves(officer, move, reason="The plan is missing.")
    sign_in(officer)
    main = client.get(path(submitted)).main
    told = [main.index(one) for one in ("The plan is missing.", f"{submitted.submits.label.en}: ")]
    assert told == sorted(told)
    assert officer.full_name in main
    assert owner.full_name in main


# ── the moves ───────────────────────────────────────────────────────────────────────────


@both_languages
def test_an_officer_moves_it_on_from_its_page(submitted, officer, sign_in, client, lang):
    move = first_move(submitted)
    sign_in(officer)
    page = client.get(path(submitted), lang=lang).click(move.label.say(lang))
    done = page.form("version").submit(expect=303)
    assert done.location == path(submitted)
    assert submitted.case.state == move.goes_to
    assert submitted.kind.states[move.goes_to].label.say(lang) in done.follow().main


@both_languages
def test_a_reason_is_asked_for_where_the_move_needs_one(submitted, officer, sign_in, client, lang):
    move = reasoned(submitted, officer)
    here = submitted.case.state
    sign_in(officer)
    page = client.get(path(submitted), lang=lang).click(move.label.say(lang))
    again = page.submit({"reason": "  "}, expect=200)
    assert again.errors == [{"en": "Enter the reason.", "fr": "Entrez le motif."}[lang]]
    assert submitted.case.state == here
    page.submit({"reason": "Il manque le plan."}, expect=303)
    assert submitted.case.state == move.goes_to
    assert submitted.history()[-1].reason == "Il manque le plan."


@both_languages
def test_whoever_comes_second_is_told_and_loses_nothing_that_was_typed(
    submitted, officer, world, sign_in, client, acting, lang
):
    move = reasoned(submitted, officer)
    sign_in(officer)
    page = client.get(path(submitted, f"move/{move.code}"), lang=lang)
    other = world.staff("supervisor")
    acting(other)
    submitted.staff_moves(other, move, reason="First.")
    again = page.submit({"reason": "What I typed"}, expect=200)
    assert again.form("reason").values["reason"] == "What I typed"
    state = submitted.kind.states[move.goes_to].label.say(lang)
    assert len(again.errors) == 1
    assert state in again.errors[0]
    assert move.label.say(lang) not in again.form("reason").buttons
    assert [one.reason for one in submitted.history()][-1] == "First."


def test_the_same_form_sent_twice_moves_it_once(submitted, officer, sign_in, client):
    move = first_move(submitted)
    sign_in(officer)
    page = client.get(path(submitted, f"move/{move.code}"))
    page.form("version").submit(expect=303)
    page.form("version").submit(expect=303)
    assert len(submitted.history()) == 2


def test_a_move_that_is_not_open_leads_back_to_the_case(submitted, officer, sign_in, client):
    move = first_move(submitted)
    submitted.staff_moves(officer, move)
    sign_in(officer)
    back = client.get(path(submitted, f"move/{move.code}"), expect=303)
    assert back.location == path(submitted)
    assert "This application has moved on." in back.follow().text


@pytest.mark.parametrize("kind", ["auditor", "administrator"])
def test_who_only_reads_is_offered_no_move_and_refused_one(kind, submitted, world, sign_in, client):
    move = first_move(submitted)
    assert move.action not in STAFF_ROLES[kind]
    sign_in(world.staff(kind))
    page = client.get(path(submitted))
    assert move.label.en not in page.links()
    client.get(path(submitted, f"move/{move.code}"), expect=403)
    assert submitted.case.state == submitted.filed_state


def test_a_clients_move_is_no_move_of_the_staff(submitted, officer, sign_in, client):
    sign_in(officer)
    client.get(path(submitted, f"move/{submitted.withdraws.code}"), expect=404)
    client.get(path(submitted, "move/none-such"), expect=404)


def test_staff_of_another_program_find_no_case(submitted, world, sign_in, client):
    sign_in(world.staff("program_officer", world.other_program()))
    client.get(path(submitted), expect=404)
    client.get(path(submitted, f"move/{first_move(submitted).code}"), expect=404)
    assert "Boréale" not in client.get("/staff/cases/list/").main


def test_technical_support_reads_no_case(submitted, world, sign_in, client):
    sign_in(world.staff("technical_support"))
    client.get(path(submitted), expect=403)


# ── where it is found ───────────────────────────────────────────────────────────────────


def test_it_is_found_from_its_account(submitted, officer, sign_in, client):
    sign_in(officer)
    page = client.get(f"/staff/accounts/show/{submitted.account.id}")
    there = page.click("Applications")
    assert "1 result" in there.main
    assert path(submitted) in {one.split("?")[0][3:] for one in there.links().values()}


def test_a_case_that_was_submitted_is_on_the_work_list_until_it_is_decided(
    submitted, officer, acting, clock, sign_in, client
):
    sign_in(officer)
    assert "Applications to examine" in client.get("/staff/").links()
    there = client.get("/staff/").click("Applications to examine")
    assert "1 result" in there.main
    clock.stop(submitted.case.due_at)
    clock.move(seconds=1)
    sign_in(officer)
    assert "1 late" in client.get("/staff/").main
    acting(officer)
    submitted.bring(officer, submitted.approves)
    assert "Applications to examine" not in client.get("/staff/").links()


def test_a_draft_is_not_on_the_work_list(filed, officer, sign_in, client):
    sign_in(officer)
    assert filed.case.state == initial(filed.kind)
    assert "Applications to examine" not in client.get("/staff/").links()


def test_the_list_says_where_each_case_is_and_which_is_late(
    submitted, officer, clock, sign_in, client
):
    sign_in(officer)
    state = submitted.kind.states[submitted.case.state].label.en
    assert state in client.get("/staff/cases/list/").main
    clock.stop(submitted.case.due_at)
    clock.move(seconds=1)
    sign_in(officer)
    assert "Late" in client.get("/staff/cases/list/").main


def test_its_page_takes_no_more_statements_however_much_is_in_it(
    submitted, owner, officer, acting, sign_in, client, statements
):
    url = path(submitted)
    sign_in(officer)
    client.get(url)
    with statements() as asked:
        client.get(url)
    assert len(asked) <= MOST_STATEMENTS, asked
    acting(officer)
    submitted.bring(officer, submitted.returns)
    acting(owner)
    submitted.complete(owner, names=("Quay 12", "Quay 13", "Quay 14"))
    submitted.client_moves(owner)
    with statements() as more:
        page = client.get(url)
    assert "Quay 14" in page.main
    assert len(more) == len(asked)
