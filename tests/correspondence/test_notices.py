"""Notices: declared, told with the deed or not at all, read by their person alone."""

from __future__ import annotations

import smtplib
from datetime import UTC, date, datetime, timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select

from app.base.db import deed, session
from app.base.errors import NotFound
from app.correspondence import queries, service
from app.correspondence.models import Announcement, Notice
from app.correspondence.templates import Kind, all_templates
from app.correspondence.words import words_of
from app.web.locale import LOCALES

FACTS = {
    Kind.TEXT: "Les Vergers du Suroît S.E.N.C.",
    Kind.DAY: date(2026, 8, 1),
    Kind.MOMENT: datetime(2026, 8, 31, 18, 30, tzinfo=UTC),
    Kind.SAID: {"en": "Something", "fr": "Quelque chose"},
}


def facts_of(template, world):
    return {
        name: world.roles()[0].code if kind is Kind.ROLE else FACTS[kind]
        for name, kind in template.facts.items()
    }


@pytest.fixture
def tell(world):
    """`tell(person)`: a notice, as a deed tells it."""

    @deed
    def told(db, person, name="urn_issued", facts=None, **options):
        facts = {"urn": "N-1234567-A"} if facts is None else facts
        return service.notify(db, person.id, name, facts, **options).id

    return told


# ── declared ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("template", list(all_templates()), ids=lambda one: one.name)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_notice_reads_whole_in_both_languages(app, world, tell, template, lang):
    person = world.person(language=lang)
    program = world.program()
    key = tell(person, template.name, facts_of(template, world), program_id=program.id)
    with app.test_request_context(), force_locale(LOCALES[lang]):
        words = words_of(session, session.get_one(Notice, key))
    told = "\n".join([words.subject, *words.body, words.verb])
    assert "%" not in told
    assert ".." not in told
    assert "(s" not in told
    if lang == "fr":
        english = {" the ", " your ", "You ", " is ", " of "}
        assert not [word for word in english if word in told]
        assert "'" not in told
    assert len(words.subject.replace("1er août 2026", "")) <= 60
    assert words.verb
    for name, kind in template.facts.items():
        if kind is Kind.ROLE:
            assert world.roles()[0].label(lang) in told, name


def test_a_notice_with_other_facts_than_declared_is_refused(world, tell):
    person = world.person()
    for facts in ({}, {"urn": "N-1", "more": "x"}, {"number": "N-1"}):
        with pytest.raises(ValueError, match="check"):
            tell(person, facts=facts)
    assert session.scalar(select(func.count()).select_from(Notice)) == 0


def test_a_notice_that_nobody_declared_is_refused(world, tell):
    with pytest.raises(LookupError):
        tell(world.person(), "surprise", {})


@pytest.mark.parametrize(
    "facts",
    [{"at": "2026-08-31"}, {"at": datetime(2026, 8, 31)}, {"at": date(2026, 8, 31)}, {"at": 5}],  # noqa: DTZ001
)
def test_an_instant_is_an_instant_with_its_zone(world, tell, facts):
    with pytest.raises(ValueError, match="fact"):
        tell(world.person(), "password_changed", facts)


def test_a_day_is_no_instant(world, tell):
    facts = {"business": "X", "expires": datetime(2026, 8, 31, tzinfo=UTC)}
    with pytest.raises(ValueError, match="calendar"):
        tell(world.person(), "code_expires_soon", facts)


def test_a_role_is_told_with_its_program(world, tell):
    with pytest.raises(ValueError, match="program"):
        tell(world.person(), "role_activated", {"business": "X", "role": "y"})


@pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "a/7"])
def test_a_notice_leads_to_a_page_of_ours(world, tell, path):
    with pytest.raises(ValueError, match="path"):
        tell(world.person(), path=path)


# ── told with the deed or not at all ────────────────────────────────────────────────────


def test_a_deed_that_fails_tells_nobody(world, mailbox):
    person = world.person()

    @deed
    def fails(db):
        service.notify(db, person.id, "urn_issued", {"urn": "N-1234567-A"})
        raise RuntimeError("later in the deed")

    with pytest.raises(RuntimeError):
        fails()
    assert session.scalar(select(func.count()).select_from(Notice)) == 0
    assert mailbox.waiting() == []


def test_the_job_carries_the_notice_s_number_and_nothing_else(world, tell, mailbox):
    key = tell(world.person())
    assert mailbox.waiting() == [("correspondence.send_notice", {"notice_id": key})]


def test_a_notice_that_is_not_worth_a_mail_sends_none(world, tell, mailbox):
    person = world.person()
    tell(person, mail=False)
    assert mailbox.all() == []
    assert queries.unread_count(session, person.id) == 1


# ── the e-mail ──────────────────────────────────────────────────────────────────────────


def test_a_mail_is_written_in_the_person_s_language_whoever_acted(world, tell, mailbox):
    tell(world.person(language="fr", email="f@mail.example"), path="/me")
    tell(world.person(language="en", email="e@mail.example"), path="/me")
    french, english = mailbox.latest("f@mail.example"), mailbox.latest("e@mail.example")
    assert french.subject == "Votre numéro de référence d’utilisateur (NRU)"
    assert english.subject == "Your user reference number (URN)"
    assert "Bonjour,\n\n" in french.text.replace("\r\n", "\n")
    assert "http://localhost/fr/me" in french.text
    assert "http://localhost/en/me" in english.text
    assert french.message["Content-Language"] == "fr"


def test_a_mail_says_everything_in_text_first_and_shows_no_picture(world, tell, mailbox):
    person = world.person()
    tell(person, path="/me")
    mail = mailbox.latest(person.email)
    parts = [part.get_content_type() for part in mail.message.walk()]
    assert parts == ["multipart/alternative", "text/plain", "text/html"]
    for words in ("N-1234567-A", "Go to the portal", "This is an automated message."):
        assert words in mail.text
        assert words in mail.html
    assert "<img" not in mail.html
    assert "<script" not in mail.html
    assert "http" not in mail.html.replace("http://localhost/en/me", "")


def test_a_mail_is_signed_by_the_program_it_is_about(world, tell, mailbox):
    person, program = world.person(language="fr"), world.program()
    tell(person, "registration_received", {"business": "X"}, program_id=program.id)
    assert f"Cordialement,\n{program.name_fr}" in mailbox.latest(person.email).text.replace(
        "\r\n", "\n"
    )


def test_what_a_business_is_called_is_text_and_no_markup(world, tell, mailbox):
    person = world.person()
    tell(person, "registration_received", {"business": "<b>Fils & Cie</b> 100 %(s)s"})
    mail = mailbox.latest(person.email)
    assert "<b>Fils & Cie</b> 100 %(s)s" in mail.text
    assert "&lt;b&gt;Fils &amp; Cie&lt;/b&gt;" in mail.html


def test_a_mail_asks_machines_not_to_answer(world, tell, mailbox):
    person = world.person()
    tell(person)
    message = mailbox.latest(person.email).message
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == "Guichet <guichet@portal.example>"


def test_a_job_that_runs_twice_sends_once(world, tell, mailbox):
    from app.ops import worker

    person = world.person()
    key = tell(person)
    mailbox.run_jobs()
    worker.perform(mailbox._app, "correspondence.send_notice", notice_id=key)
    assert len(mailbox.all(person.email)) == 1
    session.rollback()
    notice = session.get_one(Notice, key)
    assert (notice.mail_state, notice.mailed_at is not None) == ("sent", True)


def test_a_mail_that_may_have_been_sent_is_sent_again_under_the_same_id(
    world, tell, mailbox, monkeypatch
):
    from app.correspondence import jobs

    person = world.person()
    key = tell(person)
    settle = jobs._settle_mail
    monkeypatch.setattr(jobs, "_settle_mail", lambda *_: (_ for _ in ()).throw(OSError("killed")))
    with app_context(mailbox), pytest.raises(OSError, match="killed"):
        jobs.send_notice(key)
    monkeypatch.setattr(jobs, "_settle_mail", settle)
    with app_context(mailbox):
        jobs.send_notice(key)
    first, second = mailbox.all(person.email)
    assert first.message["Message-ID"] == second.message["Message-ID"]


def app_context(mailbox):
    return mailbox._app.app_context()


def test_an_address_that_is_refused_for_good_is_not_tried_again(world, tell, mailbox):
    from app.correspondence import jobs

    key = tell(world.person())
    mailbox.sink.refuse = "550 No such mailbox"
    with app_context(mailbox):
        jobs.send_notice(key)
    session.rollback()
    assert session.get_one(Notice, key).mail_state == "failed"


def test_an_address_that_is_refused_for_now_is_tried_again(world, tell, mailbox):
    from app.correspondence import jobs

    key = tell(world.person())
    mailbox.sink.refuse = "450 Try later"
    with app_context(mailbox), pytest.raises(smtplib.SMTPRecipientsRefused):
        jobs.send_notice(key)
    session.rollback()
    assert session.get_one(Notice, key).mail_state == "queued"
    mailbox.sink.refuse = None
    with app_context(mailbox):
        jobs.send_notice(key)
    session.rollback()
    assert session.get_one(Notice, key).mail_state == "sent"


def test_a_mail_that_is_for_somebody_else_s_eyes_goes_where_it_was_told(world, tell, mailbox):
    tell(world.person(), mail_to="other@mail.example")
    assert mailbox.latest("other@mail.example")


# ── reading ─────────────────────────────────────────────────────────────────────────────


def test_a_person_reads_their_own_notices_newest_first(world, tell):
    person, other = world.person(), world.person()
    mine = [tell(person), tell(person)]
    tell(other)
    page = queries.notices(session, person.id)
    assert [notice.id for notice in page.notices] == mine[::-1]
    assert page.older is None


def test_a_notice_that_arrives_meanwhile_moves_no_page(world, tell):
    person = world.person()
    keys = [tell(person, mail=False) for _ in range(queries.PAGE + 3)]
    first = queries.notices(session, person.id)
    session.rollback()
    tell(person, mail=False)
    second = queries.notices(session, person.id, first.older)
    shown = [notice.id for notice in [*first.notices, *second.notices]]
    assert shown == keys[::-1]
    assert second.older is None


def test_nobody_reads_or_marks_the_notice_of_somebody_else(world, tell, acting):
    key, other = tell(world.person()), world.person()
    acting(other)
    with pytest.raises(NotFound):
        service.mark_read(other.id, key)
    service.mark_all_read(other.id)
    session.rollback()
    assert session.get_one(Notice, key).read_at is None


def test_a_notice_is_read_once_and_keeps_when(world, tell, acting, clock):
    person = world.person()
    key = tell(person)
    acting(person)
    first = service.mark_read(person.id, key).read_at
    clock.move(hours=1)
    assert service.mark_read(person.id, key).read_at == first
    assert queries.unread_count(session, person.id) == 0


def test_staff_see_the_notices_of_their_programs_only(world, tell):
    from app.authority.queries import visible

    program, other = world.program(), world.other_program()
    person = world.owner(world.account())
    facts = {"business": "X"}
    here = tell(person, "registration_received", facts, program_id=program.id)
    tell(person, "registration_received", facts, program_id=other.id)
    own = tell(person)
    officer = world.staff("program_officer")
    seen = session.scalars(visible(officer.id, "staff.notices.read", Notice)).all()
    assert {notice.id for notice in seen} == {here, own}
    stranger = world.staff("program_officer", other)
    seen = session.scalars(visible(stranger.id, "staff.notices.read", Notice)).all()
    assert here not in {notice.id for notice in seen}
    assert own not in {notice.id for notice in seen}


# ── announcements ───────────────────────────────────────────────────────────────────────


@pytest.fixture
def announce(world):
    """`announce(starts, ends, program)`: an announcement, hours from now."""

    def write(starts=-1, ends=None, program=None):
        now = world.now()
        row = Announcement(
            program_id=program.id if program else None,
            title_en="Maintenance",
            title_fr="Entretien",
            body_en="On Sunday.",
            body_fr="Dimanche.",
            starts_at=now + timedelta(hours=starts),
            ends_at=None if ends is None else now + timedelta(hours=ends),
            made_by=world.person().id,
        )
        world.db.add(row)
        world.db.commit()
        return row.id

    return write


def shown(*programs):
    session.rollback()
    found = queries.announcements(session, [program.id for program in programs])
    return {announcement.id for announcement in found}


def test_an_announcement_is_shown_between_its_dates(announce, clock):
    key = announce(starts=1, ends=2)
    assert shown() == set()
    clock.move(minutes=61)
    assert shown() == {key}
    clock.move(hours=1)
    assert shown() == set()


def test_an_announcement_of_a_program_is_shown_where_that_program_is(announce, world):
    everywhere, here = announce(), announce(program=world.program())
    announce(program=world.other_program())
    assert shown() == {everywhere}
    assert shown(world.program()) == {everywhere, here}


# ── the page ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_page_shows_what_is_new_and_leads_on(world, tell, sign_in, new_client, lang):
    client, person = new_client(lang), world.person()
    tell(person, path="/me")
    sign_in(person, client)
    page = client.get("/notices")
    assert "N-1234567-A" in page.main
    assert {"en": "1 unread notice", "fr": "1\u00a0avis non lu"}[lang] in page.html
    form = next(form for form in page.forms() if form.action.endswith("/open"))
    form.submit(expect=303, to="/me")
    page = client.get("/notices")
    assert {"en": "Unread", "fr": "Non lu"}[lang] not in page.main


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_page_without_notices_says_so(world, sign_in, new_client, lang):
    client = new_client(lang)
    sign_in(world.person(), client)
    words = {"en": "No notices yet.", "fr": "Aucun avis pour le moment."}[lang]
    assert words in client.get("/notices").main


def test_all_notices_are_marked_as_read_at_once(world, tell, sign_in, client):
    person = world.person()
    for _ in range(3):
        tell(person, mail=False)
    sign_in(person)
    client.post_form("/notices", action="/notices/read", expect=303, to="/notices")
    assert queries.unread_count(session, person.id) == 0


def test_opening_the_page_marks_nothing(world, tell, sign_in, client):
    person = world.person()
    tell(person)
    sign_in(person)
    client.get("/notices")
    assert queries.unread_count(session, person.id) == 1


def test_the_notice_of_somebody_else_is_not_found(world, tell, sign_in, client):
    key = tell(world.person())
    sign_in(world.person())
    token = client.token("/me")
    client.post(f"/notices/{key}/open", {"csrf_token": token}, expect=404)


def test_older_notices_stand_on_the_next_page(world, tell, sign_in, client):
    person = world.person()
    keys = [tell(person, mail=False) for _ in range(queries.PAGE + 1)]
    sign_in(person)
    page = client.get("/notices").click("Older notices")
    assert f'id="notice-{keys[0]}"' in page.html
    assert f'id="notice-{keys[1]}"' not in page.html
    page.click("Newest notices")
