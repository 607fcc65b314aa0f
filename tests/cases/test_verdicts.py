"""What the scanner says of a file is told to whoever must do something about it."""

from __future__ import annotations

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app.base.db import session
from app.cases.models import Document
from app.cases.service import answering, looking, removing
from app.cases.service.common import Place
from app.correspondence.models import Notice
from app.correspondence.words import words_of
from app.documents.scanning import ScanState
from app.web.locale import LOCALES
from tests.cases.sending import Sending
from tests.cases.submitting import Submitting
from tests.documents import files

both_languages = pytest.mark.parametrize("lang", ["en", "fr"])
SUBMITTED = {"submitted_file_with_virus", "submitted_file_not_scannable"}


@pytest.fixture
def sender(filing, owner):
    return Sending(filing, owner)


@pytest.fixture
def told(world):
    """`told()`: the notices about files, oldest first."""

    def read():
        wanted = select(Notice).where(Notice.template.contains("file"))
        return list(world.db.scalars(wanted.order_by(Notice.id)))

    return read


def _words(app, notice, lang):
    with app.test_request_context(), force_locale(LOCALES[lang]):
        return words_of(session, session.get_one(Notice, notice.id))


@both_languages
def test_whoever_sent_a_file_with_a_virus_learns_which_and_what_to_do(
    app, sender, told, mailbox, lang
):
    number = sender.send(files.pdf(), "Plan du quai.pdf")
    looking.settle_scan(number, ScanState.INFECTED)
    (notice,) = told()
    assert (notice.person_id, notice.mail_state) == (sender.person.id, "queued")
    words = _words(app, notice, lang)
    body = " ".join(words.body)
    assert "virus" in words.subject
    for fact in (
        "Plan du quai.pdf",
        sender.question.text.say(lang),
        sender.account.party.name,
        {"en": "Send a different file", "fr": "Envoyez un autre fichier"}[lang],
    ):
        assert fact in body


def test_the_notice_of_a_virus_leads_to_the_question(sender, told, sign_in, client):
    number = sender.send()
    looking.settle_scan(number, ScanState.INFECTED)
    sign_in(sender.person)
    page = client.get(told()[0].path)
    assert page.h1 == sender.topic.label.en
    assert "Contains a virus" in page.main


def test_a_verdict_is_told_once_and_with_the_transaction_that_writes_it(sender, told, monkeypatch):
    number = sender.send()
    looking.settle_scan(number, ScanState.INFECTED)
    looking.settle_scan(number, ScanState.INFECTED)
    assert len(told()) == 1
    second = sender.send(files.png())

    def fails(*_args, **_more):
        raise RuntimeError("the trail is away")

    monkeypatch.setattr(looking, "_tell", fails)
    with pytest.raises(RuntimeError):
        looking.settle_scan(second, ScanState.INFECTED)
    assert sender.row(second).scan == "not_scanned"
    assert len(told()) == 1


def test_a_file_that_the_scanner_could_not_look_into_is_told_too(app, sender, told):
    looking.settle_scan(sender.send(), ScanState.COULD_NOT_SCAN)
    (notice,) = told()
    assert "different format" in " ".join(_words(app, notice, "en").body)


def test_nobody_is_told_of_a_clean_file(sender, told):
    looking.settle_scan(sender.send(), ScanState.CLEAN)
    assert told() == []


def test_nobody_is_told_of_a_file_that_was_taken_out_meanwhile(sender, told):
    number = sender.send()
    sender.remove(number)
    looking.settle_scan(number, ScanState.INFECTED)
    assert sender.row(number).scan == "infected"
    assert told() == []


def test_whoever_left_the_business_is_told_nothing_and_those_who_fill_in_are(
    sender, filing, world, told
):
    code = next(one for one in filing.editors if one != filing.program.transfer.role)
    member = world.member(filing.account, next(r.rank for r in world.roles() if r.code == code))
    number = sender.send(person=world.person_of(member))
    member.status, member.ended_at, member.end_reason = "ended", world.now(), "removed"
    world.db.commit()
    looking.settle_scan(number, ScanState.INFECTED)
    assert [one.person_id for one in told()] == [sender.person.id]


def test_the_notice_leads_to_the_check_page_where_the_question_is_not_asked(
    sender, told, owner, sign_in, client
):
    number = sender.send()
    answering.set_aside(owner.id, sender.account.id, sender.place, sender.topic.code, "None.")
    looking.settle_scan(number, ScanState.INFECTED)
    sign_in(owner)
    assert client.get(told()[0].path).status == 200


# ── what was submitted already ──────────────────────────────────────────────────────────


@pytest.fixture
def submitted(world, account, owner, acting):
    """Everything was submitted before a scanner was set."""
    found = Submitting(world, account).complete(owner, scan="not_scanned")
    acting(owner)
    found.client_moves(owner)
    return found


@pytest.fixture
def held(submitted):
    """A document that the submission holds: the first that was sent."""
    found = submitted.world.db.scalars(select(Document).order_by(Document.id).limit(1)).one()
    assert f"'id': {found.id}," in str(submitted.submissions()[0].snapshot)
    return found


@pytest.fixture
def officer(world):
    return world.staff("program_officer")


@pytest.mark.parametrize("state", [ScanState.INFECTED, ScanState.COULD_NOT_SCAN])
def test_of_a_submitted_file_the_sender_and_the_officers_are_told(
    app, submitted, held, officer, owner, told, state
):
    looking.settle_scan(held.id, state)
    to_sender, to_officer = told()
    assert to_sender.person_id == owner.id
    assert to_sender.template in SUBMITTED
    assert (to_officer.person_id, to_officer.mail_state) == (officer.id, "none")
    assert to_officer.path == f"/staff/cases/show/{submitted.case.id}"
    assert submitted.submissions()[0].number in " ".join(_words(app, to_officer, "en").body)


@both_languages
def test_an_officer_sees_which_submitted_document_cannot_be_opened(
    submitted, held, officer, sign_in, client, lang
):
    looking.settle_scan(held.id, ScanState.INFECTED)
    sign_in(officer)
    page = client.get(f"/staff/cases/show/{submitted.case.id}", lang=lang)
    said = {
        "en": "1 submitted document cannot be opened.",
        "fr": "1 document soumis ne peut pas être ouvert.",
    }[lang]
    assert said in page.main.replace("\u00a0", " ")
    assert held.name in page.main


def test_the_work_list_counts_cases_whose_submission_nobody_can_read(
    submitted, held, officer, sign_in, client
):
    title = "Applications with a document that cannot be opened"
    sign_in(officer)
    assert title not in client.get("/staff/").main
    looking.settle_scan(held.id, ScanState.INFECTED)
    page = client.get("/staff/")
    assert title in page.main
    there = client.get(page.links()[title])
    assert "1 result" in there.main
    assert submitted.account.party.name in there.main


def test_a_case_is_no_longer_listed_once_it_was_submitted_without_the_document(
    submitted, held, officer, owner, acting, sign_in, client
):
    looking.settle_scan(held.id, ScanState.INFECTED)
    submitted.bring(officer, submitted.returns)
    acting(owner)
    removing.remove(owner.id, submitted.account.id, held.id)
    submitted.one_more_document(owner, "clean")
    submitted.client_moves(owner)
    sign_in(officer)
    assert "cannot be opened" not in client.get("/staff/").main
    assert "cannot be opened" not in client.get(f"/staff/cases/show/{submitted.case.id}").main


def test_of_a_case_that_is_over_nobody_is_told(submitted, held, owner, acting, told):
    acting(owner)
    submitted.client_moves(owner, submitted.withdraws)
    assert submitted.case.closed_at is not None
    looking.settle_scan(held.id, ScanState.INFECTED)
    assert told() == []


def test_a_document_under_a_question_that_was_not_asked_stays_the_clients_own(
    world, account, owner, officer, acting, sign_in, client
):
    """It was there when the case was submitted, and no submission holds it."""
    filing = Submitting(world, account).complete(owner)
    acting(owner)
    document = world.db.scalars(select(Document).order_by(Document.id.desc()).limit(1)).one()
    part, code = document.part, document.question
    section = filing.kind.sections[part.section]
    topic = next(t.code for t in section.topics.values() if code in t.questions and t.may_not_apply)
    place = next(
        p for p in filing.folder(owner).parts[part.section] if p.row and p.row.id == part.id
    )
    answering.set_aside(
        owner.id, account.id, Place(filing.type, part.section, place.key), topic, "None here."
    )
    filing.client_moves(owner)
    sign_in(officer)
    client.get(f"/staff/documents/file/{document.id}", expect=409)
    assert "It has not been submitted" in client.get(f"/staff/documents/show/{document.id}").main
