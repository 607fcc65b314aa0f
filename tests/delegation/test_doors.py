"""Who opens which of these pages, and in which state of what they are about."""

from __future__ import annotations

from io import BytesIO

import pytest

from app.base.errors import NotFound
from app.delegation.service import asking, changing, grouping
from app.programs import library


def clients(account, more=""):
    return f"/a/{account.id}/clients/{more}"


def third_parties(account, more=""):
    return f"/a/{account.id}/third-parties/{more}"


@pytest.fixture
def row(chain, acting):
    """The client lets the provider act for its first program account."""
    acting(chain.manager)
    return chain.approved(chain.first)[0]


@pytest.fixture
def asked(chain, acting):
    """What the provider asked the client, whose answer it waits for."""
    acting(chain.broker)
    return chain.ask()


# ── the client's side ───────────────────────────────────────────────────────────────────


def test_requests_wait_for_who_may_answer_and_for_nobody_else(chain, asked, browser_of):
    of_part, somebody = chain.part_manager(chain.first), chain.employee(chain.client)
    provider = chain.name(chain.provider)
    for person, waits in (
        (chain.manager, True), (of_part, True), (somebody, False), (chain.rival, False),
        (chain.broker, False),
    ):  # fmt: skip
        turns = browser_of(person).get("/businesses").links().values()
        found = [url for url in turns if f"/third-parties/requests/{asked.request_id}" in url]
        assert bool(found) == waits, (person, provider)


def test_somebody_who_only_works_there_opens_no_request(chain, asked, browser_of):
    browser = browser_of(chain.employee(chain.client))
    for more in ("", "/refuse"):
        path = third_parties(chain.client, f"requests/{asked.request_id}{more}")
        browser.get(path, expect=403)


def test_a_request_of_another_business_is_not_there(chain, asked, browser_of):
    browser = browser_of(chain.rival)
    browser.get(third_parties(chain.other, f"requests/{asked.request_id}"), expect=404)
    browser.get(third_parties(chain.other, "requests/999999"), expect=404)


def test_a_program_account_manager_sees_the_third_parties_of_that_program_account_only(
    chain, row, acting, browser_of
):
    acting(chain.manager)
    (other,) = chain.approved(chain.second, account=chain.other)
    browser = browser_of(chain.part_manager(chain.first))
    page = browser.get(third_parties(chain.client))
    assert chain.name(chain.provider) in page.main
    assert chain.name(chain.other) not in page.main
    browser.get(third_parties(chain.client, str(row.id)))
    browser.get(third_parties(chain.client, str(other.id)), expect=404)


def test_what_is_over_is_neither_changed_nor_ended(chain, row, browser_of):
    changing.end_delegation(chain.manager.id, row.id, "We changed brokers.")
    browser = browser_of(chain.manager)
    for more in ("change", "end"):
        browser.get(third_parties(chain.client, f"{row.id}/{more}"), expect=409)
    browser_of(chain.broker).get(clients(chain.provider, f"{row.id}/give-up"), expect=404)


def test_a_change_asks_for_a_fresh_code_before_anything_is_typed(chain, row, browser_of, clock):
    browser = browser_of(chain.manager)
    for _ in range(2):
        clock.move(minutes=14)
        browser.get("/businesses")
    browser.get(third_parties(chain.client, f"{row.id}/change"), expect=303, to="/step-up")


# ── the provider's side ─────────────────────────────────────────────────────────────────


def test_a_request_is_taken_back_once(chain, asked, browser_of):
    broker = browser_of(chain.broker)
    path = clients(chain.provider, f"asked/{asked.id}/withdraw")
    page = broker.get(path).form("version").submit(expect=303).follow()
    assert "Withdrawn" in page.main
    broker.get(path, expect=409)
    assert chain.request().state == "withdrawn"


def test_what_another_business_asked_is_not_there(chain, asked, browser_of):
    browser_of(chain.rival).get(clients(chain.other, f"asked/{asked.id}/withdraw"), expect=404)


def test_an_employee_neither_takes_back_nor_reads_a_list(chain, asked, browser_of, world):
    number = asking.ask_clients(chain.broker.id, chain.provider.id, "page", world.bn(), "")
    browser = browser_of(chain.employee())
    for more in (f"asked/{asked.id}/withdraw", f"lists/{number}", f"lists/{number}/result.csv"):
        browser.get(clients(chain.provider, more), expect=403)


def test_a_list_is_read_under_its_own_business_only(chain, acting, browser_of, world):
    """Somebody who manages two providers finds it under the one that sent it."""
    role = chain.role("clients.ask")
    world.member(chain.other, role, chain.broker)
    acting(chain.broker)
    number = asking.ask_clients(chain.broker.id, chain.provider.id, "page", world.bn(), "")
    browser = browser_of(chain.broker)
    browser.get(clients(chain.provider, f"lists/{number}"))
    browser.get(clients(chain.other, f"lists/{number}"), expect=404)


def test_a_file_that_is_too_large_is_refused(chain, browser_of):
    page = browser_of(chain.broker).get(clients(chain.provider, "ask-many"))
    large = BytesIO(b"1" * 200_001)
    again = page.submit({"file": [(large, "clients.csv")]}, "numbers", expect=200)
    most = f"{chain.rule.asked_at_once}"
    assert again.errors == [f"Enter at most {most} business numbers at once."]


def test_an_employee_gives_no_client_up(chain, row, browser_of):
    browser = browser_of(chain.employee())
    browser.get(clients(chain.provider, f"{row.id}/give-up"), expect=403)


def test_somebody_who_assigns_nobody_opens_no_group(chain, acting, browser_of):
    acting(chain.broker)
    group = grouping.make_group(chain.broker.id, chain.provider.id, "Lundi")
    browser = browser_of(chain.employee())
    for more in (f"groups/{group}", f"groups/{group}/delete"):
        browser.get(clients(chain.provider, more), expect=403)


def test_where_the_definition_has_no_groups_there_are_none(chain, acting, browser_of, monkeypatch):
    without = chain.definition.model_copy(
        update={"delegation": chain.rule.model_copy(update={"groups": False})}
    )

    def definition(code):
        return without if code == without.code else library.definition(code)

    monkeypatch.setattr("app.delegation.pages.common.definition", definition)
    monkeypatch.setattr("app.delegation.service.common.definition", definition)
    browser_of(chain.broker).get(clients(chain.provider, "groups/"), expect=404)
    acting(chain.broker)
    with pytest.raises(NotFound):
        grouping.make_group(chain.broker.id, chain.provider.id, "Lundi")


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_home_page_counts_the_requests_that_wait_for_the_reader(chain, asked, browser_of, lang):
    words = {"en": "Pending third-party requests", "fr": "Demandes de tiers en attente"}[lang]
    path = f"/a/{chain.client.id}/p/{chain.first.id}/"
    for person in (chain.manager, chain.part_manager(chain.first)):
        page = browser_of(person, lang).get(path)
        assert words in page.main
        assert third_parties(chain.client) in " ".join(page.links().values())
    somebody = browser_of(chain.employee(chain.client), lang)
    assert words not in somebody.get(f"/a/{chain.client.id}/", expect=302).follow().main
