"""Submitting on the pages, in both languages, as a browser without scripts."""

from __future__ import annotations

import pytest
from sqlalchemy import func, update

from app.cases import jobs
from app.cases.models import Answer
from app.cases.rules import moves
from app.cases.rules.saving import fingerprint
from app.identity.models import SignInSession
from app.programs.rules.roles import actions_of
from tests.cases.submitting import Submitting

both_languages = pytest.mark.parametrize("lang", ["en", "fr"])


@pytest.fixture
def filled(world, account, owner, acting):
    """Everything is answered."""
    acting(owner)
    return Submitting(world, account).complete(owner)


@pytest.fixture
def browser_of(client, sign_in):
    """`browser_of(person)`: the browser, with this person signed in, who proved a code just now."""

    def enter(person):
        sign_in(person)
        return client

    return enter


@pytest.fixture
def officer(world):
    return world.staff("program_officer")


def at(filing, rest=""):
    return f"/a/{filing.account.id}/{rest}"


def move_at(filing, move=None):
    return at(filing, f"move/{filing.type}/{(move or filing.submits).code}")


def plain(text):
    return text.replace("\u00a0", " ")


def spoil(world, filing):
    """Somebody empties an answer that is required."""
    world.db.execute(update(Answer).where(Answer.question == filing.text).values(value=None))
    world.db.commit()


# ── the dashboard ───────────────────────────────────────────────────────────────────────


@both_languages
def test_the_button_appears_for_the_owner_when_every_section_is_complete(
    filled, owner, world, browser_of, lang
):
    client = browser_of(owner)
    page = client.get(at(filled), lang=lang)
    assert page.links()[filled.submits.label.say(lang)] == f"/{lang}{move_at(filled)}"
    spoil(world, filled)
    page = client.get(at(filled), lang=lang)
    assert filled.submits.label.say(lang) not in page.links()


@both_languages
def test_to_others_the_dashboard_says_who_can_submit(filled, owner, world, browser_of, lang):
    proxy = world.person_of(world.member(filled.account, 1))
    page = browser_of(proxy).get(at(filled), lang=lang)
    assert filled.submits.label.say(lang) not in page.links()
    assert filled.submits.label.say(lang) in page.main
    assert owner.full_name in page.main
    page.client.get(move_at(filled), lang=lang, expect=403)


@both_languages
def test_the_dashboard_says_where_the_case_is(filled, owner, officer, acting, browser_of, lang):
    filled.client_moves(owner)
    (kept,) = filled.submissions()
    client = browser_of(owner)
    page = client.get(at(filled), lang=lang)
    assert kept.number in page.main
    assert filled.kind.states[filled.filed_state].label.say(lang) in page.main
    assert filled.submits.label.say(lang) not in page.links()
    assert filled.withdraws.label.say(lang) in page.links()
    acting(officer)
    move = filled.bring(officer, filled.returns)
    page = client.get(at(filled), lang=lang)
    assert "Because." in page.main
    assert filled.kind.states[move.goes_to].label.say(lang) in page.main
    assert filled.submits.label.say(lang) in page.links()


@both_languages
def test_after_the_approval_the_dashboard_counts_what_is_not_submitted(
    filled, owner, officer, acting, browser_of, lang
):
    filled.client_moves(owner)
    acting(officer)
    move = filled.bring(officer, filled.approves)
    changes = next(m for m in moves.open_moves(filled.kind, move.goes_to, "client") if m.submits)
    client = browser_of(owner)
    assert changes.label.say(lang) not in client.get(at(filled), lang=lang).links()
    filled.save(owner, {filled.text: "New"}, shown={filled.text: fingerprint(filled.answer())})
    page = client.get(at(filled), lang=lang)
    words = {
        "en": "1 change is not submitted yet.",
        "fr": "1 modification n’est pas encore soumise.",
    }
    assert words[lang] in plain(page.main)
    form = client.get(page.links()[changes.label.say(lang)], lang=lang)
    assert "New" in form.main


def test_what_was_withdrawn_is_told_beside_the_new_draft(filled, owner, browser_of):
    filled.client_moves(owner)
    filled.client_moves(owner, filled.withdraws)
    page = browser_of(owner).get(at(filled))
    state = filled.kind.states[filled.withdraws.goes_to].label.en
    assert f"The one before: {state}" in page.main
    assert "All submissions" in page.links()


# ── submitting ──────────────────────────────────────────────────────────────────────────


@both_languages
def test_the_owner_reads_declares_and_submits_and_gets_a_receipt(
    filled, owner, app, browser_of, lang
):
    client = browser_of(owner)
    page = client.get(move_at(filled), lang=lang)
    assert page.h1 == filled.submits.label.say(lang)
    for section in filled.kind.sections.values():
        if section.kind == "questions":
            assert section.label.say(lang) in page.main
    again = page.form("declared").submit({}, expect=200)
    wrong = {
        "en": "Confirm the declaration to continue.",
        "fr": "Confirmez la déclaration pour continuer.",
    }[lang]
    declaration = filled.submits.declaration.say(lang)
    assert again.errors == [wrong]
    done = again.submit({"declared": "y"}, expect=303)
    (kept,) = filled.submissions()
    assert done.location == at(filled, f"submissions/{kept.number}")
    receipt = done.follow()
    assert kept.number in receipt.h1
    assert kept.sha256 in receipt.main
    assert declaration in receipt.main
    assert kept.language == lang
    with app.app_context():
        jobs.copy_submission(kept.id)
    receipt = client.get(done.location, lang=lang)
    address = next(url for url in receipt.links().values() if url.endswith("/copy"))
    file = client.get(address, lang=lang)
    assert file.response.headers["Content-Type"] == "application/pdf"
    assert file.response.headers["Content-Disposition"].startswith("attachment")
    assert file.data.startswith(b"%PDF-")


def test_a_code_that_is_not_fresh_is_asked_for_and_what_was_ticked_is_kept(
    filled, owner, world, browser_of
):
    client = browser_of(owner)
    page = client.get(move_at(filled))
    world.db.execute(
        update(SignInSession)
        .where(SignInSession.person_id == owner.id)
        .values(code_verified_at=None)
    )
    world.db.commit()
    sent = page.submit({"declared": "y"}, expect=303)
    assert "/step-up" in sent.location
    assert filled.submissions() == []
    world.db.execute(
        update(SignInSession)
        .where(SignInSession.person_id == owner.id)
        .values(code_verified_at=func.guichet_now())
    )
    world.db.commit()
    back = client.get(move_at(filled), query_string={"kept": "1"})
    assert back.form("declared").values["declared"] == "y"
    back.form("declared").submit(expect=303)
    assert len(filled.submissions()) == 1


def test_a_double_click_is_one_submission_and_one_receipt(filled, owner, browser_of):
    page = browser_of(owner).get(move_at(filled))
    first = page.submit({"declared": "y"}, expect=303)
    second = page.submit({"declared": "y"}, expect=303)
    assert second.location == first.location
    assert len(filled.submissions()) == 1


@both_languages
def test_what_a_colleague_changed_meanwhile_is_shown_before_it_is_declared(
    filled, owner, world, browser_of, lang
):
    page = browser_of(owner).get(move_at(filled), lang=lang)
    proxy = world.person_of(world.member(filled.account, 1))
    filled.save(proxy, {filled.text: "Theirs"}, shown={filled.text: fingerprint(filled.answer())})
    again = page.submit({"declared": "y"}, expect=200)
    assert len(again.errors) == 1
    assert "Theirs" in again.main
    assert "declared" not in again.form("declared").values
    again.submit({"declared": "y"}, expect=303)
    assert "Theirs" in str(filled.submissions()[0].snapshot)


def test_what_became_incomplete_has_no_button(filled, owner, world, browser_of):
    client = browser_of(owner)
    page = client.get(move_at(filled))
    spoil(world, filled)
    again = page.submit({"declared": "y"}, expect=200)
    assert "every section must be complete" in again.main
    assert "declared" not in again.text
    filled.one_more_document(owner, "infected")
    assert "checked for viruses" in client.get(move_at(filled)).main


def test_a_move_that_is_not_open_any_more_is_said_to_be_so(filled, owner, browser_of):
    client = browser_of(owner)
    filled.client_moves(owner)
    client.get(move_at(filled), expect=409)
    staff = filled.way(lambda _move: True)[0]
    client.get(move_at(filled, staff), expect=404)
    client.get(at(filled, f"move/{filled.type}/nothing"), expect=404)


@both_languages
def test_the_owner_withdraws_after_being_asked_once_more(filled, owner, browser_of, lang):
    filled.client_moves(owner)
    page = browser_of(owner).get(move_at(filled, filled.withdraws), lang=lang)
    assert page.h1 == filled.withdraws.label.say(lang)
    done = page.form(action=move_at(filled, filled.withdraws)).submit({}, expect=303).follow()
    assert filled.withdraws.label.say(lang) in done.text
    assert filled.case.closed_at is not None


# ── what was submitted ──────────────────────────────────────────────────────────────────


@both_languages
def test_every_earlier_submission_can_be_read_and_two_compared(
    filled, owner, officer, acting, browser_of, lang
):
    filled.client_moves(owner)
    before = filled.answer()
    acting(officer)
    move = filled.bring(officer, filled.returns)
    acting(owner)
    filled.save(owner, {filled.text: "After"}, shown={filled.text: fingerprint(before)})
    again = next(m for m in moves.open_moves(filled.kind, move.goes_to, "client") if m.submits)
    filled.client_moves(owner, again)
    old, new = filled.submissions()
    client = browser_of(owner)
    listed = client.get(at(filled, "submissions/"), lang=lang)
    assert {old.number, new.number} <= set(listed.links())
    first = client.get(at(filled, f"submissions/{old.number}/content"), lang=lang)
    assert before in first.main
    assert "After" not in first.main
    query = {"one": new.number, "other": old.number}
    compared = client.get(at(filled, "submissions/compare"), lang=lang, query_string=query)
    assert before in compared.main
    assert "After" in compared.main
    receipt = client.get(at(filled, f"submissions/{new.number}"), lang=lang)
    assert any("/compare?" in url for url in receipt.links().values())


def test_an_account_without_submissions_says_so(filled, owner, browser_of):
    page = browser_of(owner).get(at(filled, "submissions/"))
    assert "Nothing has been submitted yet." in page.main


def test_nobody_reads_what_another_account_submitted(filled, owner, world, browser_of):
    filled.client_moves(owner)
    (kept,) = filled.submissions()
    other = world.account()
    client = browser_of(world.owner(other))
    for rest in ("", "/content", "/copy"):
        client.get(at(filled, f"submissions/{kept.number}{rest}"), expect=404)
        client.get(f"/a/{other.id}/submissions/{kept.number}{rest}", expect=404)
    query = {"one": kept.number, "other": kept.number}
    client.get(f"/a/{other.id}/submissions/compare", query_string=query, expect=404)
    client.get(f"/a/{other.id}/submissions/S-0000000-Z", expect=404)


def test_who_may_not_read_a_section_reads_neither_it_nor_the_copy(filled, owner, world, browser_of):
    filled.client_moves(owner)
    (kept,) = filled.submissions()
    section = filled.section.code
    blind = next(
        code for code in filled.program.roles
        if f"{section}.view" not in actions_of(filled.program, code)
    )  # fmt: skip
    person = world.person_of(world.member(filled.account, blind))
    client = browser_of(person)
    page = client.get(at(filled, f"submissions/{kept.number}/content"))
    assert filled.section.label.en not in page.main
    assert filled.answer() not in page.main
    client.get(at(filled, f"submissions/{kept.number}/copy"), expect=403)


def test_a_copy_that_is_not_there_yet_is_asked_for_again(filled, owner, browser_of):
    filled.client_moves(owner)
    (kept,) = filled.submissions()
    client = browser_of(owner)
    sent = client.get(at(filled, f"submissions/{kept.number}/copy"), expect=303)
    assert "The copy is being prepared." in sent.follow().text
