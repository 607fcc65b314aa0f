"""Asking, answering, changing and ending, as browsers without scripts."""

from __future__ import annotations

import pytest

both_languages = pytest.mark.parametrize("lang", ["en", "fr"])


def clients(account, more=""):
    return f"/a/{account.id}/clients/{more}"


def third_parties(account, more=""):
    return f"/a/{account.id}/third-parties/{more}"


ASK = {"en": "Send the request", "fr": "Envoyer la demande"}
APPROVE = {"en": "Approve the request", "fr": "Approuver la demande"}


@both_languages
def test_a_provider_asks_a_client_approves_and_both_see_it(chain, browser_of, mailbox, lang):
    broker, manager = browser_of(chain.broker, lang), browser_of(chain.manager, lang)
    asked = broker.get(clients(chain.provider, "ask")).submit(
        {"number": chain.bn(chain.client), "comment": "Bonjour."}, expect=303
    )
    page = asked.follow()
    assert chain.bn(chain.client) in page.main
    assert chain.name(chain.client) not in page.main
    mailbox.run_jobs()
    turns = manager.get("/businesses")
    assert chain.name(chain.provider) in turns.main
    page = manager.get(third_parties(chain.client))
    assert "Bonjour." in page.main
    form = manager.get(third_parties(chain.client, f"requests/{chain.request().id}"))
    for switch in (chain.rule.switches.own, chain.rule.switches.client, chain.rule.switches.others):
        assert switch.label.say(lang) in form.main
        assert switch.help.say(lang) in form.main
    page = form.submit({"level": chain.level()}, expect=303).follow()
    assert chain.rule.levels[chain.level()].label.say(lang) in page.main
    assert chain.rule.switches.own.label.say(lang) in page.main
    page = broker.get(clients(chain.provider))
    assert chain.name(chain.client) in page.main


def test_the_switches_stand_as_the_definition_has_them(chain, acting, browser_of):
    acting(chain.broker)
    request = chain.asked()
    form = browser_of(chain.manager).get(third_parties(chain.client, f"requests/{request.id}"))
    values = form.form("level").values
    for name in ("own", "client", "others"):
        default = getattr(chain.rule.switches, name).default
        assert (f"sees_{name}" in values) == default


def test_nothing_typed_is_lost_when_something_is_wrong(chain, acting, browser_of):
    acting(chain.broker)
    request = chain.asked()
    page = browser_of(chain.manager).get(third_parties(chain.client, f"requests/{request.id}"))
    again = page.submit(
        {"level": chain.level("program_account"), "sees_others": "y",
         "ends-year": "2020", "ends-month": "1", "ends-day": "31"},
        expect=200,
    )  # fmt: skip
    assert "Select at least one program account." in again.errors
    assert "The end date must be today or later." in again.errors
    values = again.form("level").values
    assert values["level"] == chain.level("program_account")
    assert (values["sees_others"], values["ends-year"]) == ("y", "2020")


def test_a_program_account_manager_is_offered_that_program_account_only(chain, acting, browser_of):
    of_part = chain.part_manager(chain.first)
    acting(chain.broker)
    request = chain.asked()
    form = (
        browser_of(of_part).get(third_parties(chain.client, f"requests/{request.id}")).form("level")
    )
    assert form.choices("level") == [chain.level("program_account")]
    assert form.choices("parts") == [str(chain.first.id)]


def test_the_page_of_a_request_asks_for_a_fresh_code_before_anything_is_typed(
    chain, acting, browser_of, clock
):
    acting(chain.broker)
    request = chain.asked()
    manager = browser_of(chain.manager)
    for _ in range(2):
        clock.move(minutes=14)
        manager.get("/businesses")
    manager.get(third_parties(chain.client, f"requests/{request.id}"), expect=303, to="/step-up")


def test_a_refusal_says_why(chain, acting, browser_of):
    acting(chain.broker)
    request = chain.asked()
    manager = browser_of(chain.manager)
    page = manager.get(third_parties(chain.client, f"requests/{request.id}/refuse"))
    assert "Enter the reason." in page.submit({"reason": ""}, expect=200).errors
    page.submit({"reason": "We changed brokers."}, expect=303)
    manager.get(third_parties(chain.client, f"requests/{request.id}"), expect=409)
    assert "We changed brokers." in browser_of(chain.broker).get("/notices").main


def test_an_end_is_felt_by_the_other_sides_very_next_click(chain, acting, browser_of):
    """Two browsers: one works for the client, and the other takes it back."""
    acting(chain.manager)
    (row,) = chain.approved()
    somebody = chain.employee()
    chain.put_on(row, somebody)
    broker, manager = browser_of(somebody), browser_of(chain.manager)
    broker.get(f"/a/{chain.client.id}/")
    page = manager.get(third_parties(chain.client, f"{row.id}/end"))
    page.submit({"reason": "We changed brokers."}, expect=303)
    broker.get(f"/a/{chain.client.id}/", expect=404)
    assert chain.name(chain.client) not in broker.get("/businesses").main
    assert "We changed brokers." in manager.get(third_parties(chain.client, str(row.id))).main


def test_a_change_is_felt_by_the_next_click_too(chain, acting, browser_of):
    acting(chain.manager)
    (row,) = chain.approved(chain.first)
    broker, manager = browser_of(chain.broker), browser_of(chain.manager)
    page = manager.get(third_parties(chain.client, f"{row.id}/change"))
    assert page.form("level").values.getlist("parts") == [str(chain.first.id)]
    done = page.submit({"parts": [str(chain.first.id), str(chain.second.id)], "sees_client": "y"},
                       expect=303)  # fmt: skip
    assert "RM0002" in done.follow().main
    assert "RM0002" in broker.get(clients(chain.provider)).main


def test_the_provider_gives_a_client_up(chain, acting, browser_of):
    acting(chain.manager)
    (row,) = chain.approved()
    broker = browser_of(chain.broker)
    page = broker.get(clients(chain.provider, str(row.id)))
    page = page.click("Stop acting for the client")
    page = page.submit({"reason": "We closed."}, expect=303).follow()
    assert "No business lets this one act for it yet." in page.main


@both_languages
def test_a_new_account_says_until_when_and_why_it_lets_nobody_act(
    chain, acting, browser_of, monkeypatch, world, lang
):
    from app.delegation import opening

    moment = world.now()
    monkeypatch.setattr(opening, "_installed", [lambda _db, _account: moment])
    acting(chain.broker)
    request = chain.asked()
    manager = browser_of(chain.manager, lang)
    page = manager.get(third_parties(chain.client, f"requests/{request.id}"))
    assert {"en": "5 business days", "fr": "5\u00a0jours ouvrables"}[lang] in page.main
    assert APPROVE[lang] not in page.main
    assert not [form for form in page.forms() if "level" in form.names]


# ── who may open what ───────────────────────────────────────────────────────────────────


def test_somebody_else_opens_no_page_of_it(chain, acting, browser_of):
    acting(chain.manager)
    (row,) = chain.approved()
    rival = browser_of(chain.rival)
    rival.get(third_parties(chain.client), expect=404)
    rival.get(third_parties(chain.other, str(row.id)), expect=404)
    rival.get(clients(chain.other, str(row.id)), expect=404)
    rival.get(clients(chain.other, f"{row.id}/give-up"), expect=404)


def test_an_employee_sees_neither_clients_nor_asks(chain, browser_of):
    browser = browser_of(chain.employee())
    for more in ("", "ask", "ask-many", "asked"):
        browser.get(clients(chain.provider, more), expect=403)
    browser.get(third_parties(chain.provider), expect=403)


def test_a_program_account_manager_may_not_end_what_reaches_the_whole_account(
    chain, acting, browser_of
):
    acting(chain.manager)
    (row,) = chain.approved()
    browser = browser_of(chain.part_manager(chain.first))
    browser.get(third_parties(chain.client, f"{row.id}/end"), expect=404)
    browser.get(third_parties(chain.client, f"{row.id}/change"), expect=404)


def test_a_program_in_which_nobody_acts_for_others_has_none_of_these_pages(world, browser_of):
    account = world.account()
    browser = browser_of(world.owner(account))
    for path in (clients(account), third_parties(account), clients(account, "ask")):
        browser.get(path, expect=404)


# ── lists ───────────────────────────────────────────────────────────────────────────────


@both_languages
def test_a_list_is_shown_with_what_is_left_out_then_asked_and_its_result_told(
    chain, browser_of, mailbox, world, lang
):
    broker = browser_of(chain.broker, lang)
    text = f"{chain.bn(chain.client)}\n{world.bn()}\n{chain.bn(chain.provider)}"
    page = broker.get(clients(chain.provider, "ask-many"))
    shown = page.submit({"numbers": text, "comment": "Bonjour."}, expect=200)
    assert chain.bn(chain.provider) in shown.main
    sent = shown.form("token").submit(expect=303)
    waiting = sent.follow()
    assert waiting.response.headers["Refresh"]
    mailbox.run_jobs()
    done = sent.follow()
    assert "Refresh" not in done.response.headers
    file = broker.get(f"{sent.location}/result.csv")
    assert len(file.response.text.splitlines()) == 4
    assert chain.request().comment == "Bonjour."


def test_a_file_of_numbers_is_read_like_a_pasted_list(chain, browser_of, world):
    from io import BytesIO

    broker = browser_of(chain.broker)
    page = broker.get(clients(chain.provider, "ask-many"))
    csv = f"BN;Name\n{chain.bn(chain.client)};Vergers\n".encode()
    shown = page.submit({"file": [(BytesIO(csv), "clients.csv")]}, "numbers", expect=200)
    assert "1 client will be asked." in shown.text


def test_a_list_of_another_business_is_not_there(chain, browser_of, acting, world):
    from app.delegation.service import asking

    acting(chain.broker)
    number = asking.ask_clients(chain.broker.id, chain.provider.id, "page", world.bn(), "")
    browser = browser_of(chain.rival)
    browser.get(clients(chain.other, f"lists/{number}"), expect=404)
    browser.get(clients(chain.other, f"lists/{number}/result.csv"), expect=404)


# ── many clients ────────────────────────────────────────────────────────────────────────


def test_clients_are_found_by_name_and_number_and_turned_page_by_page(chain, browser_of, world):
    many = [chain.business(f"Client {n:02d} Ltd.") for n in range(30)]
    for one in many:
        world.delegation(one, to=chain.provider.business, level=chain.level())
    broker = browser_of(chain.broker)
    first = broker.get(clients(chain.provider))
    assert "Client 00 Ltd." in first.main
    assert "Client 25 Ltd." not in first.main
    second = first.click("Next")
    assert "Client 25 Ltd." in second.main
    back = second.click("Previous")
    assert "Client 00 Ltd." in back.main
    found = broker.get(clients(chain.provider) + f"?q={chain.bn(many[7])}")
    assert "Client 07 Ltd." in found.main
    assert "Client 08 Ltd." not in found.main
    assert "Client 12 Ltd." in broker.get(clients(chain.provider) + "?q=client+12").main


# ── who acts for a client ───────────────────────────────────────────────────────────────


@both_languages
def test_an_employee_is_put_on_a_client_and_taken_off(chain, acting, browser_of, lang):
    acting(chain.manager)
    (row,) = chain.approved()
    somebody = chain.employee()
    broker = browser_of(chain.broker, lang)
    page = broker.get(clients(chain.provider, f"{row.id}/assign"))
    form = page.form("who", "acting")
    assert form.choices("acting") == chain.acting(row.level)
    last = chain.acting(row.level)[-1]
    done = form.submit({"who": f"person:{somebody.id}", "acting": last}, expect=303).follow()
    assert somebody.full_name in done.main
    assert chain.rule.acting[last].label.say(lang) in done.main
    mine = browser_of(somebody, lang).get("/businesses")
    assert chain.name(chain.client) in mine.main
    assert chain.rule.levels[row.level].label.say(lang) in mine.main
    assert chain.name(chain.provider) in mine.main
    off = next(url for url in done.links().values() if "/unassign/" in url)
    after = broker.get(off.split(f"/{lang}", 1)[1]).form("version").submit(expect=303).follow()
    assert somebody.full_name not in after.main
    broker.get(off.split(f"/{lang}", 1)[1], expect=409)


@both_languages
def test_a_group_is_made_filled_and_deleted(chain, browser_of, lang):
    broker, somebody = browser_of(chain.broker, lang), chain.employee()
    page = broker.get(clients(chain.provider, "groups/"))
    group = page.submit({"name": "Lundi"}, expect=303)
    filled = group.follow().submit({"who": str(somebody.id)}, expect=303).follow()
    assert somebody.full_name in filled.main
    again = page.submit({"name": "LUNDI"}, expect=200)
    assert len(again.errors) == 1
    out = filled.form(action=f"{group.location}/remove/{somebody.id}").submit(expect=303)
    assert list(out.follow().page.all("table")) == []
    page = broker.get(f"{group.location}/delete").form("version").submit(expect=303).follow()
    assert "Lundi" not in page.main
    broker.get(group.location, expect=404)


def test_a_group_of_another_provider_is_not_there(chain, acting, browser_of):
    from app.delegation.service import grouping

    acting(chain.rival)
    group = grouping.make_group(chain.rival.id, chain.other.id, "Theirs")
    broker = browser_of(chain.broker)
    broker.get(clients(chain.provider, f"groups/{group}"), expect=404)
    broker.get(clients(chain.provider, f"groups/{group}/delete"), expect=404)


def test_an_employee_who_assigns_nobody_opens_none_of_these_pages(chain, acting, browser_of):
    acting(chain.manager)
    (row,) = chain.approved()
    browser = browser_of(chain.employee())
    for more in ("groups/", f"{row.id}/assign", f"{row.id}/unassign/1", f"{row.id}"):
        browser.get(clients(chain.provider, more), expect=403)
