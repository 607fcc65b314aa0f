"""The client answers: how far, for which program accounts, what is seen, from when to when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit.models import Entry
from app.base.days import BusinessDays, last_moment, local_day
from app.base.errors import Conflict, Invalid, NotFound, Refused, StepUpNeeded
from app.correspondence.models import Notice
from app.delegation import opening
from app.delegation.models import ClientAsk
from app.delegation.rules.terms import Terms
from app.delegation.service import answering
from tests.support.race import losers, race, winners


def approve(chain, request, terms=None, by=None, version=None):
    by = by or chain.manager
    return answering.approve_request(by.id, request.id, terms or chain.terms(), version)


def told(world, template):
    found = sorted(world.db.scalars(select(Notice.person_id).where(Notice.template == template)))
    world.db.rollback()
    return found


def test_business_level_is_one_delegation_of_every_program_account(proved):
    (row,) = proved.approved()
    assert row.program_account_id is None
    assert (row.state, row.delegate_id) == ("active", proved.provider.party_id)
    assert row.made_by == proved.manager.id
    assert row.request_id == proved.request().id


def test_program_level_is_one_delegation_for_each_program_account_that_is_named(proved):
    rows = proved.approved(proved.first, proved.second)
    assert {row.program_account_id for row in rows} == {proved.first.id, proved.second.id}


def test_the_client_picks_the_visibility_rules(proved):
    (row,) = proved.approved(sees_own=False, sees_client=True, sees_others=True)
    assert (row.sees_own, row.sees_client, row.sees_others) == (False, True, True)


def test_dates_are_days_in_the_definitions_zone_and_the_end_is_the_end_of_its_day(proved, world):
    zone = proved.definition.zone
    today = local_day(world.now(), zone)
    starts, ends = today + timedelta(days=2), today + timedelta(days=40)
    (row,) = proved.approved(starts=starts, ends=ends)
    begin, end = row.starts_at.astimezone(zone), row.ends_at.astimezone(zone)
    assert (begin.date(), begin.time().isoformat()) == (starts, "00:00:00")
    assert (end.date(), end.time().isoformat()) == (ends, "23:59:59")


def test_both_sides_are_told(proved, world):
    second, broker = proved.second_manager(), proved.second_manager(proved.provider)
    proved.approved()
    assert told(world, "third_party_approved") == sorted([proved.manager.id, second.id])
    assert told(world, "client_approved") == sorted([proved.broker.id, broker.id])


def test_a_program_account_manager_lets_a_third_party_act_for_that_program_account_only(
    proved, acting
):
    of_part = proved.part_manager(proved.first)
    request = proved.asked()
    acting(of_part)
    for terms in (
        proved.terms(),
        proved.terms(proved.second),
        proved.terms(proved.first, proved.second),
    ):
        with pytest.raises(Invalid):
            approve(proved, request, terms, of_part)
    made = approve(proved, request, proved.terms(proved.first), of_part)
    assert [proved.row(key).program_account_id for key in made] == [proved.first.id]


def test_somebody_who_only_works_there_answers_nothing(proved, acting):
    request = proved.asked()
    somebody = proved.employee(proved.client)
    acting(somebody)
    with pytest.raises(Refused):
        approve(proved, request, by=somebody)
    with pytest.raises(Refused):
        answering.refuse_request(somebody.id, request.id, "No.")


def test_a_manager_of_another_business_answers_nothing(proved, acting):
    request = proved.asked()
    acting(proved.rival)
    with pytest.raises(Refused):
        approve(proved, request, by=proved.rival)


def test_nobody_approves_their_own_company_as_a_third_party(proved, world, acting):
    """They hold a role at the client, and work for the provider as well."""
    two = proved.second_manager()
    world.member(proved.provider, proved.role("clients.ask"), two)
    request = proved.asked()
    acting(two)
    with pytest.raises(Refused) as refused:
        approve(proved, request, by=two)
    assert refused.value.reason == "own_company"
    answering.refuse_request(two.id, request.id, "I work there.")


def test_nobody_answers_their_own_request(proved, world, acting):
    two = proved.second_manager(proved.provider)
    world.member(proved.client, proved.role("delegations.answer"), two)
    proved.ask(by=two)
    world.end(two, proved.provider)
    acting(two)
    with pytest.raises(Refused) as refused:
        approve(proved, proved.request(), by=two)
    assert refused.value.reason == "own"


def test_an_approval_asks_for_a_fresh_code(proved, acting):
    request = proved.asked()
    acting(proved.manager, code_verified_at=None)
    with pytest.raises(StepUpNeeded):
        approve(proved, request)
    assert proved.request().state == "asked"


def test_a_refusal_says_why_and_the_provider_is_told(proved, world):
    request = proved.asked()
    with pytest.raises(Invalid):
        answering.refuse_request(proved.manager.id, request.id, "  ")
    with pytest.raises(Invalid):
        answering.refuse_request(proved.manager.id, request.id, "x" * 501)
    answering.refuse_request(proved.manager.id, request.id, "We changed brokers.")
    row = proved.request()
    assert (row.state, row.reason) == ("refused", "We changed brokers.")
    assert told(world, "client_refused") == [proved.broker.id]


def test_an_answer_settles_what_the_provider_asked(proved, world):
    row = proved.ask()
    approve(proved, proved.request())
    assert world.fresh(row).state == "answered"
    assert world._read(select(ClientAsk).where(ClientAsk.id == row.id)).settled_at is not None


def test_a_form_that_is_sent_twice_answers_once(proved):
    request = proved.asked()
    approve(proved, request, version=request.row_version)
    with pytest.raises(Conflict):
        approve(proved, request, version=request.row_version)
    assert proved.standing() == {None}


def test_a_form_drawn_before_another_change_is_stale(proved):
    request = proved.asked()
    with pytest.raises(Conflict) as stale:
        approve(proved, request, version=request.row_version + 1)
    assert stale.value.reason == "stale"


def test_two_managers_who_answer_at_once_answer_once(proved, acting):
    second = proved.second_manager()
    request = proved.asked()
    results = race(
        lambda: approve(proved, request),
        lambda: answering.refuse_request(second.id, request.id, "No."),
    )
    assert len(winners(results)) == 1, results
    assert isinstance(losers(results)[0], Conflict)
    assert bool(proved.standing()) == (proved.request().state == "approved")


def test_a_provider_whose_account_is_closed_is_not_let_in(proved, world):
    request = proved.asked()
    world.close_account(proved.provider)
    with pytest.raises(Conflict) as closed:
        approve(proved, request)
    assert closed.value.reason == "closed"


def test_a_request_that_is_not_there_is_not_found(proved):
    with pytest.raises(NotFound):
        answering.refuse_request(proved.manager.id, 10**9, "No.")


def test_a_program_account_for_which_the_third_party_acts_is_not_given_twice(proved):
    proved.approved(proved.first)
    request = proved.asked()
    with pytest.raises(Invalid) as wrong:
        approve(proved, request, proved.terms(proved.first, proved.second))
    assert wrong.value.errors == {"parts": "taken"}
    approve(proved, request, proved.terms(proved.second))
    assert proved.standing() == {proved.first.id, proved.second.id}


def test_a_level_that_the_definition_does_not_have_is_refused(proved):
    request = proved.asked()
    with pytest.raises(Invalid) as wrong:
        approve(proved, request, Terms("nothing"))
    assert wrong.value.errors == {"level": "unknown"}


# ── after enrolment by shared facts ─────────────────────────────────────────────────────


@pytest.fixture
def opened_by_facts(monkeypatch, proved, world):
    """The client's account was opened by shared facts, just now."""
    moment = world.now()

    def since(_db, account):
        return moment if account.id == proved.client.id else None

    monkeypatch.setattr(opening, "_installed", [since])
    return moment


def test_delegation_opens_five_business_days_after_enrolment_by_shared_facts(
    proved, opened_by_facts, clock, acting
):
    assert proved.rule.opens_after == BusinessDays(5)
    until = last_moment(opened_by_facts, proved.rule.opens_after, proved.definition.zone)
    request = proved.asked()
    clock.set(until - timedelta(minutes=1))
    acting(proved.manager)
    with pytest.raises(Conflict) as early:
        approve(proved, request)
    assert early.value.reason == "too_early"
    clock.set(until + timedelta(seconds=1))
    acting(proved.manager)
    approve(proved, request)


def test_a_request_may_be_refused_in_the_first_days(proved, opened_by_facts):
    answering.refuse_request(proved.manager.id, proved.asked().id, "We do not know you.")


# ── the trail ───────────────────────────────────────────────────────────────────────────


def test_the_trail_tells_who_let_whom_act_how_far_and_what_is_seen(proved, world):
    (row,) = proved.approved(sees_client=True)
    entry = world._read(select(Entry).where(Entry.event == "delegation.made"))
    assert (entry.actor_id, entry.account_id) == (proved.manager.id, proved.client.id)
    assert entry.target_id == str(row.id)
    assert entry.changes["party_id"] == [None, str(proved.provider.party_id)]
    assert entry.changes["level"] == [None, row.level]
    assert entry.changes["sees"] == [None, '["own", "client"]']
    assert entry.role == proved.role("delegations.answer")


def test_the_trail_tells_that_it_was_a_program_account_manager(proved, world, acting):
    of_part = proved.part_manager(proved.first)
    request = proved.asked()
    acting(of_part)
    approve(proved, request, proved.terms(proved.first), of_part)
    entry = world._read(select(Entry).where(Entry.event == "delegation.made"))
    assert entry.role == proved.role("delegations.answer", "program_account")
