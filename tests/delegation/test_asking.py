"""A provider asks: by number, without learning who exists; once a pair; and takes it back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.audit.models import Entry
from app.authority.models_delegation import DelegationRequest
from app.base.errors import Conflict, Invalid, NotFound, Refused, TooMany
from app.correspondence.models import Notice
from app.delegation.models import ClientAsk
from app.delegation.service import answering, asking, delivering
from app.programs.limits import limits
from tests.support.race import losers, race, winners


@pytest.fixture(autouse=True)
def _broker_acts(chain, acting):
    acting(chain.broker)


def ask(chain, number, comment="", by=None):
    return asking.ask_client((by or chain.broker).id, chain.provider.id, number, comment)


def requests(world):
    found = world.db.scalar(select(func.count()).select_from(DelegationRequest))
    world.db.rollback()
    return found


def told(world, template):
    wanted = select(Notice.person_id).where(Notice.template == template)
    found = sorted(world.db.scalars(wanted.order_by(Notice.person_id)))
    world.db.rollback()
    return found


def test_the_service_providers_manager_asks_a_client_by_business_number(chain, world):
    row = chain.ask(comment="We clear your goods.")
    request = chain.request()
    assert (row.state, row.request_id) == ("asked", request.id)
    assert (request.state, request.comment) == ("asked", "We clear your goods.")
    assert request.asked_by == chain.broker.id


def test_every_manager_of_the_client_is_told(chain, world):
    second, of_part = chain.second_manager(), chain.part_manager(chain.first)
    chain.ask()
    assert told(world, "third_party_asked") == sorted([chain.manager.id, second.id, of_part.id])


def test_an_employee_of_the_provider_asks_nobody(chain):
    somebody = chain.employee()
    with pytest.raises(Refused):
        ask(chain, chain.bn(chain.client), by=somebody)


def test_nobody_asks_for_a_business_that_is_not_theirs(chain):
    with pytest.raises(Refused):
        ask(chain, chain.bn(chain.client), by=chain.rival)


def test_nobody_learns_which_businesses_exist_or_have_an_account(chain, world):
    """A number that nobody has, one of a business without account, one with: the same row."""
    without = world.business("No Account Ltd.", program=chain.program)
    rows = []
    for number in (world.bn(), without.bn, chain.bn(chain.client)):
        key = ask(chain, number)
        delivering.deliver(key)
        row = world._read(select(ClientAsk).where(ClientAsk.id == key))
        rows.append((row.state, row.reason, row.settled_at))
    assert rows == [("asked", None, None)] * 3
    assert requests(world) == 1


def test_a_closed_client_sees_no_request(chain, world):
    world.close_account(chain.client)
    chain.ask()
    assert requests(world) == 0


@pytest.mark.parametrize("number", ["", "12345678", "123456780", "12345678x"])
def test_a_number_with_a_typing_error_is_said_at_once(chain, number):
    with pytest.raises(Invalid) as wrong:
        ask(chain, number)
    assert wrong.value.errors == {"number": "bn"}


def test_nobody_asks_their_own_business(chain):
    with pytest.raises(Invalid) as wrong:
        ask(chain, chain.bn(chain.provider))
    assert wrong.value.errors == {"number": "own"}


def test_one_request_is_open_a_pair(chain, world):
    number = chain.bn(chain.client)
    ask(chain, number)
    with pytest.raises(Invalid) as wrong:
        ask(chain, number)
    assert wrong.value.errors == {"number": "asked"}


def test_two_who_ask_at_once_ask_once(chain, world):
    other = chain.second_manager(chain.provider)
    number = chain.bn(chain.client)
    results = race(*(lambda by=by: ask(chain, number, by=by) for by in (chain.broker, other)))
    assert len(winners(results)) == 1
    assert [type(one) for one in losers(results)] == [Invalid]


def test_a_client_that_lets_the_whole_business_be_acted_for_is_not_asked_again(chain, acting):
    acting(chain.manager)
    chain.approved()
    with pytest.raises(Invalid) as wrong:
        ask(chain, chain.bn(chain.client))
    assert wrong.value.errors == {"number": "acting"}


def test_after_an_answer_one_may_ask_again(chain):
    answering.refuse_request(chain.manager.id, chain.asked().id, "Not now.")
    chain.ask()
    assert chain.request().state == "asked"


def test_a_comment_is_no_longer_than_the_definition_says(chain):
    most = chain.rule.longest_comment
    with pytest.raises(Invalid) as wrong:
        ask(chain, chain.bn(chain.client), "x" * (most + 1))
    assert wrong.value.errors == {"comment": "too_long"}
    ask(chain, chain.bn(chain.client), "x" * most)


def test_asks_are_counted_for_the_person_and_for_the_business(chain, world):
    most = limits().ask_a_client.times
    for _ in range(most):
        ask(chain, world.bn())
    with pytest.raises(TooMany):
        ask(chain, world.bn())
    with pytest.raises(TooMany):
        ask(chain, world.bn(), by=chain.second_manager(chain.provider))


def test_a_wrong_number_counts_too(chain):
    for _ in range(limits().ask_a_client.times):
        with pytest.raises(Invalid):
            ask(chain, "123")
    with pytest.raises(TooMany):
        ask(chain, "123")


# ── taking it back ──────────────────────────────────────────────────────────────────────


def test_a_request_is_taken_back_and_the_client_sees_it_no_more(chain):
    row = chain.ask()
    asking.withdraw_ask(chain.broker.id, chain.provider.id, row.id)
    assert chain.request().state == "withdrawn"
    with pytest.raises(Conflict):
        answering.refuse_request(chain.manager.id, chain.request().id, "No.")
    with pytest.raises(Conflict):
        asking.withdraw_ask(chain.broker.id, chain.provider.id, row.id)


def test_nobody_takes_back_what_another_business_asked(chain):
    row = chain.ask()
    with pytest.raises(NotFound):
        asking.withdraw_ask(chain.rival.id, chain.other.id, row.id)


def test_an_answer_and_a_withdrawal_at_once_leave_one_of_both(chain):
    row = chain.ask()
    request = chain.request()
    results = race(
        lambda: asking.withdraw_ask(chain.broker.id, chain.provider.id, row.id),
        lambda: answering.refuse_request(chain.manager.id, request.id, "No."),
    )
    assert len(losers(results)) == 1, results
    assert isinstance(losers(results)[0], Conflict)


# ── the worker ──────────────────────────────────────────────────────────────────────────


def test_a_worker_that_runs_twice_asks_once(chain, world):
    key = ask(chain, chain.bn(chain.client))
    race(lambda: delivering.deliver(key), lambda: delivering.deliver(key))
    delivering.deliver(key)
    assert requests(world) == 1


def test_who_may_no_longer_ask_has_asked_nobody(chain, world):
    """Between the click and the worker's turn the person lost the role."""
    helper = chain.second_manager(chain.provider)
    key = ask(chain, chain.bn(chain.client), by=helper)
    world.end(helper, chain.provider)
    delivering.deliver(key)
    row = world._read(select(ClientAsk).where(ClientAsk.id == key))
    assert (row.state, row.reason) == ("skipped", "not_granted")
    assert requests(world) == 0


# ── lists ───────────────────────────────────────────────────────────────────────────────


def listed(chain, text, page="page 1", by=None):
    return asking.ask_clients((by or chain.broker).id, chain.provider.id, page, text, "Hello.")


def lines(world, number):
    wanted = select(ClientAsk).where(ClientAsk.list_id == number).order_by(ClientAsk.id)
    found = [(one.number, one.state, one.reason) for one in world.db.scalars(wanted)]
    world.db.rollback()
    return found


def test_a_checked_list_is_asked_one_by_one_and_says_why_of_each_that_was_not(chain, world):
    unknown, mine, client = world.bn(), chain.bn(chain.provider), chain.bn(chain.client)
    number = listed(chain, f"{client}\n{unknown}\n{client}\n{mine}\n12")
    delivering.run_list(number)
    assert lines(world, number) == [
        (client, "asked", None),
        (unknown, "asked", None),
        (client, "skipped", "twice"),
        (mine, "skipped", "own"),
        ("12", "skipped", "bn"),
    ]
    assert requests(world) == 1


def test_a_list_goes_on_where_a_killed_worker_left_it(chain, world):
    others = [chain.business(f"Client {n}") for n in range(3)]
    number = listed(chain, "\n".join(chain.bn(one) for one in others))
    first = world.db.scalars(
        select(ClientAsk.id).where(ClientAsk.list_id == number).order_by(ClientAsk.id)
    ).first()
    world.db.rollback()
    delivering.deliver(first)  # and then the worker is gone
    delivering.run_list(number)
    delivering.run_list(number)
    assert [state for _, state, _ in lines(world, number)] == ["asked"] * 3
    assert requests(world) == 3


def test_a_page_that_is_sent_twice_begins_one_list(chain, world):
    number = chain.bn(chain.client)
    assert listed(chain, number) == listed(chain, number)


def test_another_list_has_another_number(chain, world):
    assert listed(chain, world.bn()) != listed(chain, world.bn(), "page 2")


def test_a_list_names_no_more_than_the_definition_says(chain, world, monkeypatch):
    text = "\n".join("12" for _ in range(chain.rule.asked_at_once + 1))
    with pytest.raises(Invalid) as wrong:
        listed(chain, text)
    assert wrong.value.errors == {"numbers": "too_many"}
    with pytest.raises(Invalid) as wrong:
        listed(chain, " \n")
    assert wrong.value.errors == {"numbers": "empty"}


def test_the_mark_of_somebody_elses_page_begins_nothing(chain, world, acting):
    listed(chain, world.bn())
    acting(chain.rival)
    with pytest.raises(Conflict) as stale:
        asking.ask_clients(chain.rival.id, chain.other.id, "page 1", world.bn(), "")
    assert stale.value.reason == "stale"


# ── what else stands in the way ─────────────────────────────────────────────────────────


def test_an_ask_is_taken_back_under_its_own_business_only(chain, world):
    """Somebody who manages two providers takes it back where it was asked."""
    world.member(chain.other, chain.role("clients.ask"), chain.broker)
    row = chain.ask()
    with pytest.raises(NotFound):
        asking.withdraw_ask(chain.broker.id, chain.other.id, row.id)


def test_the_trail_tells_the_role_in_which_an_ask_was_taken_back(chain, world):
    asking.withdraw_ask(chain.broker.id, chain.provider.id, chain.ask().id)
    entry = world._read(select(Entry).where(Entry.event == "client.ask_withdrawn"))
    assert entry.role == chain.role("clients.ask")


def test_in_a_program_where_nobody_acts_for_others_nobody_asks(world, acting):
    account = world.account()
    acting(world.owner(account))
    with pytest.raises(NotFound):
        asking.ask_client(world.owner(account).id, account.id, world.bn(), "")
