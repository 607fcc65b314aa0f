"""Program accounts: which is open, what one may do there, and how one is found among many."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event

from app.authority import queries_parts
from app.authority.home import Blocks, Deed, Pending
from app.authority.parts import acting_in, allowed_on, held
from app.authority.people import people_who
from app.authority.queries_parts import only_part, parts
from app.base.db import session
from app.programs.actions import Action
from tests.support.definitions import delegating
from tests.support.importer import NAME, Importer

both_languages = pytest.mark.parametrize("lang", ["en", "fr"])


@pytest.fixture
def importer(app, world):
    return Importer(world, "RM0001", "RM0002", "RM0003")


def numbers(importer, person, **asked) -> list[str]:
    return [one.number for one in parts(session, person.id, importer.account, **asked).rows]


# ── what is asked of a program account ──────────────────────────────────────────────────


def test_what_one_may_do_is_asked_of_the_program_account_that_is_open(importer):
    editor = importer.on_part(2, "RM0001")
    importer.on_part(3, "RM0002", editor)
    actions = [Action.TRANSACTIONS_VIEW, Action.DOCUMENTS_SEND, Action.REQUESTS_ANSWER]
    found = {
        number: allowed_on(session, editor.id, actions, part)
        for number, part in importer.parts.items()
    }
    assert found == {
        "RM0001": {Action.TRANSACTIONS_VIEW, Action.DOCUMENTS_SEND},
        "RM0002": {Action.TRANSACTIONS_VIEW},
        "RM0003": frozenset(),
    }
    part = importer.parts["RM0001"]
    assert allowed_on(session, importer.manager.id, actions, part) == set(actions)


def test_a_delegation_of_one_program_account_grants_nothing_on_another(importer):
    _, anne = importer.broker("Courtage A inc.", "RM0002")
    acts = acting_in(session, anne.id, Action.TRANSACTIONS_VIEW, importer.account.id)
    assert [one.part_id for one in acts] == [importer.parts["RM0002"].id]
    asked = [Action.TRANSACTIONS_VIEW]
    assert allowed_on(session, anne.id, asked, importer.parts["RM0002"]) == set(asked)
    assert allowed_on(session, anne.id, asked, importer.parts["RM0001"]) == frozenset()


def test_a_role_that_has_ended_of_somebody_disabled_or_in_a_closed_account_is_not_held(
    importer, world
):
    reader = importer.on_part(3)
    assert [one.part_id for one in held(session, reader.id, importer.account)] == [
        importer.parts["RM0001"].id
    ]
    world.end(reader, importer.account)
    assert held(session, reader.id, importer.account) == []
    editor = importer.on_part(2)
    world.set(editor, state="disabled")
    assert held(session, editor.id, importer.account) == []
    closed = world.close_account(importer.account)
    assert held(session, importer.manager.id, closed) == []


def test_whom_to_ask_are_those_of_the_program_account_and_of_the_whole(importer):
    manager = importer.on_part(1, "RM0001")
    importer.on_part(1, "RM0002")
    importer.on_part(3, "RM0001")
    found = people_who(
        session, Action.REQUESTS_ANSWER, importer.account, importer.parts["RM0001"].id
    )
    assert {one.id for one in found} == {importer.manager.id, manager.id}


# ── opening ─────────────────────────────────────────────────────────────────────────────


@both_languages
def test_it_is_always_clear_which_program_account_is_open(importer, client, sign_in, lang):
    reader = importer.on_part(3, "RM0002")
    sign_in(reader)
    page = client.get(importer.url("RM0002"), lang=lang)
    plate = page.html.split('class="nameplate"')[1].split("</p>")[0]
    role = list(delegating().roles.values())[3].label.say(lang)
    for words in ("Importations", f"{importer.bn}RM0002", "Branch 2", role):
        assert words in plate
    assert {"en": "All program accounts", "fr": "Tous les comptes"}[lang] in page.html


def test_another_program_account_does_not_exist_for_who_has_no_role_there(
    importer, client, sign_in
):
    sign_in(importer.on_part(3, "RM0002"))
    client.get(importer.url("RM0002"))
    for below in ("", "transactions", "transactions.csv", "transactions/1"):
        client.get(importer.url("RM0001", below), expect=404)


def test_no_address_mixes_two_businesses(importer, world, client, sign_in):
    other = Importer(world, "RM0001", name="Other Imports Ltd.", owner=importer.manager)
    sign_in(importer.manager)
    client.get(other.url())
    mixed = f"/a/{importer.account.id}/p/{other.parts['RM0001'].id}/"
    client.get(mixed, expect=404)


def test_the_business_of_one_program_account_is_among_my_businesses_and_opens(
    importer, client, sign_in
):
    sign_in(importer.on_part(3, "RM0002"))
    home = client.get("/businesses").click(NAME, expect=302)
    assert home.location == importer.url("RM0002")
    page = home.follow()
    assert "Branch 2" in page.main
    back = page.click("All program accounts")
    assert "RM0002" in back.main
    assert "RM0001" not in back.main


# ── the selector ────────────────────────────────────────────────────────────────────────


@both_languages
def test_the_front_page_of_a_business_with_program_accounts_searches_them_first(
    importer, client, sign_in, lang
):
    sign_in(importer.manager)
    page = client.get(f"/a/{importer.account.id}/", lang=lang)
    for number in importer.parts:
        assert f"{importer.bn}{number}" in page.main
    assert page.html.index('role="search"') < page.html.index("RM0001")


@both_languages
def test_the_legal_entity_is_read_only_and_says_who_corrects_it(importer, client, sign_in, lang):
    sign_in(importer.manager)
    told = client.get(f"/a/{importer.account.id}/program-accounts", lang=lang).main
    for words in (NAME, importer.bn, "40, rue du Vieux-Port", "Rimouski"):
        assert words in told
    corrects = {
        "en": "The Canada Revenue Agency corrects the legal name and address",
        "fr": "L’Agence du revenu du Canada corrige la dénomination sociale",
    }
    assert corrects[lang] in told
    assert delegating().contact.email in told


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("RM0002", ["RM0002"]),
        ("0003", ["RM0003"]),
        ("rm 0001", ["RM0001"]),
        ("branch", ["RM0001", "RM0002"]),
        ("quebec", ["RM0003"]),
        ("SUCCURSALE de Québec", ["RM0003"]),
        ("100%", []),
        ("—", []),
        ("999999998 RM0001", []),
    ],
)
def test_a_program_account_is_found_by_number_or_label(importer, world, words, expected):
    world.set(importer.parts["RM0003"], label="Succursale de QUÉBEC")
    assert numbers(importer, importer.manager, words=words) == expected


def test_a_program_account_is_found_by_its_whole_number(importer):
    spaced = f"{importer.bn[:5]} {importer.bn[5:]} rm0002"
    assert numbers(importer, importer.manager, words=spaced) == ["RM0002"]
    assert len(numbers(importer, importer.manager, words=importer.bn)) == 3


def test_a_search_finds_nothing_that_one_may_not_open(importer):
    reader = importer.on_part(3, "RM0002")
    assert numbers(importer, reader, words="branch") == ["RM0002"]
    assert only_part(session, reader.id, importer.account.id) == importer.parts["RM0002"].id
    assert only_part(session, importer.manager.id, importer.account.id) is None


def test_hundreds_of_program_accounts_go_by_pages_forth_and_back(app, world, monkeypatch):
    monkeypatch.setattr(queries_parts, "PAGE", 3)
    many = Importer(world, *(f"RM{n:04}" for n in range(1, 9)))
    first = parts(session, many.manager.id, many.account)
    assert [one.number for one in first.rows] == ["RM0001", "RM0002", "RM0003"]
    assert first.before is None
    second = parts(session, many.manager.id, many.account, after=first.after)
    last = parts(session, many.manager.id, many.account, after=second.after)
    assert [one.number for one in last.rows] == ["RM0007", "RM0008"]
    assert last.after is None
    back = parts(session, many.manager.id, many.account, before=last.before)
    assert [one.number for one in back.rows] == ["RM0004", "RM0005", "RM0006"]
    assert parts(session, many.manager.id, many.account, before=back.before).before is None


def test_a_search_on_the_page_keeps_its_words_and_says_when_nothing_is_found(
    importer, client, sign_in
):
    sign_in(importer.manager)
    at = f"/a/{importer.account.id}/program-accounts"
    sent = client.get(at, query_string={"q": "0002", "find": "yes"}, expect=302)
    page = sent.follow()
    assert f"{importer.bn}RM0002" in page.main
    assert f"{importer.bn}RM0001" not in page.main
    none = client.get(at, query_string={"q": "nowhere"})
    assert "No program account has this number or name." in none.main
    assert 'value="nowhere"' in none.html


def test_a_business_without_program_accounts_keeps_its_dashboard(app, world, client, sign_in):
    account = world.account()
    sign_in(world.owner(account))
    assert "Dashboard" in client.get(f"/a/{account.id}/").main
    client.get(f"/a/{account.id}/program-accounts", expect=404)


# ── what subjects above bring ───────────────────────────────────────────────────────────


@pytest.fixture
def brings(monkeypatch):
    """A subject above that brings a deed of managers and the requests that wait."""
    asked = []

    def provider(_db, person, account, part, allowed):
        asked.append((person.id, account.id, part.id if part else None))
        return Blocks(
            [Deed("Manage the requests", "/businesses", Action.REQUESTS_ANSWER)],
            [Pending("Pending employee requests", 7, "/businesses")] if allowed else (),
        )

    monkeypatch.setattr("app.authority.home._providers", [provider])
    return asked


def test_who_may_do_what_is_most_requested_has_its_link_and_others_read_who_may(
    importer, client, sign_in, brings
):
    sign_in(importer.manager)
    page = client.get(importer.url())
    assert "Manage the requests" in page.links()
    assert "Pending employee requests 7" in page.main
    sign_in(importer.on_part(3))
    page = client.get(importer.url())
    assert "Manage the requests" not in page.links()
    assert "Manage the requests" in page.main
    assert f"You can ask: {importer.manager.full_name}" in page.main
    assert brings[-1][1:] == (importer.account.id, importer.parts["RM0001"].id)
    rule = page.click("See the rule (Manage the requests)")
    assert "You may not do this in this account." in rule.main


def test_a_page_takes_no_more_statements_for_more_lines_and_program_accounts(
    app, world, client, sign_in, engine
):
    many = Importer(world, *(f"RM{n:04}" for n in range(1, 7)))
    paths = [many.url(), many.url(below="transactions"), f"/a/{many.account.id}/"]
    sign_in(many.manager)
    for path in paths:
        client.get(path)  # what is read once a process has been
    few = [_statements(engine, client, path) for path in paths]
    for n in range(7, 12):
        world.part(many.account, f"RM{n:04}")
    for day in range(1, 9):
        many.line("1.00", "100000066", dated=date(2026, 9, day))
    assert [_statements(engine, client, path) for path in paths] == few
    assert max(few) <= 24


def _statements(engine, client, path: str) -> int:
    count = []

    def seen(_connection, _cursor, statement, *_rest):
        count.append(statement)

    event.listen(engine, "before_cursor_execute", seen)
    try:
        client.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", seen)
    return len(count)
