"""The pages of asking and answering, as people see them in both languages."""

from __future__ import annotations

import pytest

from tests.employees.working import COMMENT

LANGUAGES = ["en", "fr"]


@pytest.fixture
def asked_of(working, client, sign_in):
    def send(person, number, lang="en"):
        sign_in(person)
        return client.post_form(
            "/access/ask", {"program": working.code, "number": number, "comment": COMMENT},
            to="/businesses", expect=303, lang=lang,
        )  # fmt: skip

    return send


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_way_in_stands_on_my_businesses_and_on_the_page_of_registration(
    newcomer, client, sign_in, lang, working
):
    sign_in(newcomer)
    for page in ("/businesses", "/register"):
        assert client.path("/access/ask", lang) in client.get(page, lang=lang).links().values()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_unknown_number_gets_the_very_same_pages(world, working, asked_of, client, lang):
    pages = []
    for number in (working.bn, working.unknown()):
        person = world.person()
        asked_of(person, number, lang)
        mine = client.get("/businesses", lang=lang)
        one = client.get(f"/access/withdraw/{working.code}/{number}", lang=lang)
        pages.append(tuple(_plain(page.main, number, person) for page in (mine, one)))
    assert pages[0] == pages[1]


def _plain(text, number, person):
    for value in (number, person.urn, person.email, person.family_name):
        text = text.replace(value, "…")
    return text


def test_an_answer_takes_as_long_whether_or_not_there_is_a_business(world, working, asked_of):
    from time import monotonic

    took = []
    for number in (working.bn, working.unknown()):
        person, begun = world.person(), monotonic()
        asked_of(person, number)
        took.append(monotonic() - begun)
    assert min(took) >= 0.5


def test_what_was_typed_is_kept_when_something_is_wrong_with_it(working, newcomer, client, sign_in):
    sign_in(newcomer)
    page = client.post_form(
        "/access/ask", {"program": working.code, "number": "12", "comment": COMMENT}, expect=200
    )
    assert page.errors == ["This business number contains a typing error. Check each digit."]
    assert COMMENT in page.html


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_request_is_withdrawn_on_a_page_that_asks_once_more(
    working, newcomer, asked_of, client, lang
):
    asked_of(newcomer, working.bn, lang)
    here = f"/access/withdraw/{working.code}/{working.bn}"
    client.get(here, lang=lang).submit(action=here, to="/businesses", expect=303)
    assert working.request_of(newcomer).state == "withdrawn"
    client.get(here, lang=lang, expect=404)


# ── answering ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pages_of_managers_are_shown_in_both_languages(
    world, working, newcomer, manager, client, sign_in, lang
):
    row = working.requested(newcomer, working.parts[0])
    other = working.on(working.parts[0], working.low)
    world.member(working.account, working.chief, other, program_account_id=working.parts[1].id)
    sign_in(manager)
    home = f"/a/{working.account.id}"
    for path in (
        "requests/", f"requests/{row.id}", f"requests/{row.id}/approve",
        f"requests/{row.id}/refuse", "employees/", f"employees/{other.id}",
        f"employees/{other.id}/change", f"employees/{other.id}/end", f"employees/{other.id}/all",
        f"employees/{manager.id}",
    ):  # fmt: skip
        client.get(f"{home}/{path}", lang=lang)


def test_a_manager_approves_with_a_role_program_accounts_and_a_last_day(
    working, newcomer, manager, client, sign_in
):
    row = working.requested(newcomer)
    sign_in(manager)
    home = f"/a/{working.account.id}"
    listed = client.get(f"{home}/requests/")
    assert newcomer.full_name in listed.main
    client.post_form(
        f"{home}/requests/{row.id}/approve",
        {
            "role": working.low,
            "parts": [str(one.id) for one in working.parts[:2]],
            "ends_on-year": "2031", "ends_on-month": "3", "ends_on-day": "31",
        },
        to=f"{home}/requests/", expect=303,
    )  # fmt: skip
    assert working.held(newcomer) == {(working.low, "RM0001"), (working.low, "RM0002")}
    assert newcomer.full_name not in client.get(f"{home}/requests/").main
    people = client.get(f"{home}/employees/")
    assert people.main.count(newcomer.full_name) == 2  # the row, and the words of its link
    assert "2031-03-31" in people.main


def test_a_manager_refuses_with_a_reason(working, newcomer, manager, client, sign_in):
    row = working.requested(newcomer)
    sign_in(manager)
    here = f"/a/{working.account.id}/requests/{row.id}/refuse"
    page = client.post_form(here, {"reason": ""}, expect=200)
    assert page.errors == ["Enter a reason. The person reads it."]
    client.post_form(
        here, {"reason": "We do not know you."}, to=f"/a/{working.account.id}/requests/", expect=303
    )
    assert working.request_of(newcomer).reason == "We do not know you."
    client.get(here, expect=409)


def test_an_outsider_finds_none_of_these_pages(working, newcomer, client, sign_in):
    row = working.requested(newcomer)
    sign_in(newcomer)
    home = f"/a/{working.account.id}"
    for path in (
        "requests/", f"requests/{row.id}", f"requests/{row.id}/approve",
        f"requests/{row.id}/refuse", "employees/", f"employees/{newcomer.id}",
    ):  # fmt: skip
        client.get(f"{home}/{path}", expect=404)


def test_an_employee_without_the_deed_is_refused(working, newcomer, client, sign_in):
    row = working.requested(newcomer)
    sign_in(working.on(working.parts[0], working.low))
    home = f"/a/{working.account.id}"
    client.get(f"{home}/requests/", expect=403)
    client.get(f"{home}/requests/{row.id}", expect=404)
    client.get(f"{home}/employees/", expect=403)


def test_who_manages_one_program_account_sees_the_requests_and_people_of_it(
    world, working, client, sign_in
):
    here, there = working.parts[:2]
    chief = working.on(here, working.chief)
    mine, others = working.on(here, working.low), working.on(there, working.low)
    asks, elsewhere, whole = world.people(3)
    working.requested(asks, here)
    row = working.requested(elsewhere, there)
    working.requested(whole)
    sign_in(chief)
    home = f"/a/{working.account.id}"
    listed = client.get(f"{home}/requests/").main
    assert asks.full_name in listed
    assert elsewhere.full_name not in listed
    assert whole.full_name not in listed
    client.get(f"{home}/requests/{row.id}/approve", expect=404)
    people = client.get(f"{home}/employees/").main
    assert mine.full_name in people
    assert others.full_name not in people
    assert working.manager.full_name not in people


def test_program_accounts_are_found_when_they_are_many_and_what_is_ticked_stays(
    working, newcomer, manager, client, sign_in
):
    more = [working.part(f"RM01{n:02d}", label=f"Quay {n}") for n in range(20)]
    row = working.requested(newcomer)
    sign_in(manager)
    here = f"/a/{working.account.id}/requests/{row.id}/approve"
    page = client.post_form(
        here,
        {
            "role": working.low,
            "parts": [str(working.parts[0].id)],
            "words": "quay 7",
            "find": "yes",
        },
        expect=200,
    )
    assert page.errors == []
    assert "RM0107" in page.main
    assert "RM0001" in page.main
    assert "RM0108" not in page.main
    ticked = page.form("parts")
    ticked.submit({"parts": [str(working.parts[0].id), str(more[7].id)]}, expect=303)
    assert working.held(newcomer) == {(working.low, "RM0001"), (working.low, "RM0107")}


def test_the_page_of_users_leads_to_the_employees_where_people_ask_themselves(
    working, manager, client, sign_in
):
    sign_in(manager)
    home = f"/a/{working.account.id}"
    client.get(f"{home}/users", expect=302).follow()
    client.get(f"{home}/users/add", expect=404)
    assert client.get(f"{home}/employees/").links()["Employees"] == client.path(
        f"{home}/employees/"
    )


def test_the_home_page_counts_the_requests_that_its_reader_may_answer(
    world, working, client, sign_in
):
    here, there = working.parts[:2]
    chief = working.on(here, working.chief)
    for part in (here, here, there):
        working.requested(world.person(), part)
    for person, count in ((chief, 2), (working.manager, 3)):
        sign_in(person)
        page = client.get(f"/a/{working.account.id}/p/{here.id}/")
        assert f"Pending employee requests {count}" in page.main


def test_a_manager_is_told_on_my_businesses_whom_to_answer(
    world, working, newcomer, manager, client, sign_in
):
    row = working.requested(newcomer)
    sign_in(manager)
    page = client.get("/businesses")
    path = client.path(f"/a/{working.account.id}/requests/{row.id}")
    assert page.links()[f"Answer the request of {newcomer.full_name}"] == path


def test_access_is_changed_and_ended_on_the_pages_of_a_person(working, manager, client, sign_in):
    person = working.on(working.parts[0], working.low)
    working.on(working.parts[1], working.low, person)
    sign_in(manager)
    home = f"/a/{working.account.id}/employees"
    client.get(f"{home}/{person.id}/change").submit(
        {"role": working.chief, "parts": [str(working.parts[0].id)]},
        to=f"{home}/{person.id}", expect=303,
    )  # fmt: skip
    assert working.held(person) == {(working.chief, "RM0001"), (working.low, "RM0002")}
    page = client.get(f"{home}/{person.id}/end").submit({"chosen": [], "reason": "x"}, expect=200)
    assert page.errors == ["Select the access to end."]
    client.get(f"{home}/{person.id}/all").submit(
        {"reason": "Left the business."}, to=f"{home}/", expect=303
    )
    assert working.held(person) == set()
    client.get(f"{home}/{person.id}", expect=404)


def test_a_form_that_was_drawn_before_somebody_elses_answer_says_so(
    working, newcomer, manager, client, sign_in
):
    row = working.requested(newcomer)
    sign_in(manager)
    page = client.get(f"/a/{working.account.id}/requests/{row.id}/refuse")
    working.world.db.execute(type(row).__table__.update().values(row_version=row.row_version + 1))
    working.world.db.commit()
    again = page.submit({"reason": "No"}, expect=200)
    assert again.errors == ["Someone else changed this page. Check the changes, then save again."]


def test_a_program_in_which_nobody_asks_has_none_of_these_pages(
    world, client, sign_in, monkeypatch
):
    account = world.account()
    sign_in(world.owner(account))
    for path in ("requests/", "employees/"):
        client.get(f"/a/{account.id}/{path}", expect=404)
    monkeypatch.setattr("app.employees.pages.asking.definitions", list)
    client.get("/access/ask", expect=404)


def test_a_request_is_found_under_its_own_account_only(
    world, working, newcomer, manager, client, sign_in
):
    other = world.account(manager, program=working.program)
    row = working.requested(newcomer)
    sign_in(manager)
    client.get(f"/a/{other.id}/requests/{row.id}", expect=404)


def test_nobody_gets_the_forms_of_what_they_do_not_manage(working, client, sign_in):
    here = working.parts[0]
    chief, like = working.on(here, working.chief), working.on(here, working.chief)
    below = working.on(here, working.low)
    sign_in(chief)
    home = f"/a/{working.account.id}/employees"
    for page in ("change", "end"):
        client.get(f"{home}/{like.id}/{page}", expect=403)
        client.get(f"{home}/{below.id}/{page}")
    client.get(f"{home}/{below.id}/all", expect=403)
