"""What was given is changed or ended at once, by the client or by the provider."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.authority.models_delegation import Assignment, Delegation
from app.authority.queries import may
from app.base.days import local_day
from app.base.db import session
from app.base.errors import Conflict, Invalid, NotFound, Refused, StepUpNeeded
from app.correspondence.models import Notice
from app.delegation.service import changing, reminding
from app.programs.actions import Action
from tests.support.race import losers, race, winners


def told(world, template):
    found = sorted(world.db.scalars(select(Notice.person_id).where(Notice.template == template)))
    world.db.rollback()
    return found


def opens(person, account):
    """Whether the person may open the client's account now."""
    found = may(session, person.id, Action.ACCOUNT_VIEW, account)
    session.rollback()
    return found


def day(chain, n):
    return local_day(chain.world.now(), chain.definition.zone) + timedelta(days=n)


# ── changing ────────────────────────────────────────────────────────────────────────────


def test_the_client_changes_what_is_seen_and_until_when(proved, world):
    (row,) = proved.approved(sees_own=True)
    terms = proved.terms(sees_own=False, sees_client=True, ends=day(proved, 90))
    (after,) = proved.changed(row, terms)
    assert after.id == row.id
    assert (after.sees_own, after.sees_client, after.sees_others) == (False, True, False)
    assert after.ends_at.astimezone(proved.definition.zone).date() == day(proved, 90)
    assert told(world, "third_party_changed") == [proved.manager.id]
    assert told(world, "client_changed") == [proved.broker.id]


def test_another_program_account_is_added_with_the_same_people(proved):
    (row,) = proved.approved(proved.first)
    somebody = proved.employee()
    proved.put_on(row, somebody)
    rows = proved.changed(row, proved.terms(proved.first, proved.second))
    assert proved.standing() == {proved.first.id, proved.second.id}
    assert {row.id for row in rows} >= {row.id}
    db = proved.world.db
    people = db.scalars(select(Assignment.person_id).where(Assignment.person_id == somebody.id))
    assert len(people.all()) == 2
    db.rollback()


def test_a_program_account_that_is_no_longer_named_is_ended(proved):
    (row,) = proved.approved(proved.first)
    proved.changed(row, proved.terms(proved.second))
    assert proved.standing() == {proved.second.id}
    assert proved.row(row.id).end_reason == changing.CHANGED


def test_from_one_program_account_to_the_whole_business_and_back(proved):
    (row,) = proved.approved(proved.first)
    (whole,) = proved.changed(row, proved.terms())
    assert proved.standing() == {None}
    proved.changed(whole, proved.terms(proved.second))
    assert proved.standing() == {proved.second.id}


def test_what_has_begun_keeps_its_beginning(proved, clock, acting):
    (row,) = proved.approved(starts=day(proved, 2))
    begun = proved.row(row.id).starts_at
    clock.move(days=5)
    acting(proved.manager)
    zone = proved.definition.zone
    (after,) = proved.changed(
        row, proved.terms(starts=begun.astimezone(zone).date(), sees_client=True)
    )
    assert after.starts_at == begun


def test_a_program_account_manager_changes_their_own_program_account_only(proved, acting):
    first, second = proved.approved(proved.first, proved.second)
    of_part = proved.part_manager(proved.first)
    acting(of_part)
    changing.change_delegation(of_part.id, first.id, proved.terms(proved.first, sees_client=True))
    with pytest.raises(Refused):
        changing.change_delegation(of_part.id, second.id, proved.terms(proved.second))
    with pytest.raises(Invalid):
        changing.change_delegation(of_part.id, first.id, proved.terms())
    with pytest.raises(Refused):
        changing.end_delegation(of_part.id, second.id, "No.")


def test_nobody_who_works_for_the_third_party_changes_what_it_may_do(proved, world, acting):
    (row,) = proved.approved()
    two = proved.second_manager()
    world.member(proved.provider, proved.role("clients.ask"), two)
    acting(two)
    with pytest.raises(Refused) as refused:
        changing.change_delegation(two.id, row.id, proved.terms(sees_others=True))
    assert refused.value.reason == "own_company"


def test_a_change_asks_for_a_fresh_code_and_an_end_does_not(proved, acting):
    (row,) = proved.approved()
    acting(proved.manager, code_verified_at=None)
    with pytest.raises(StepUpNeeded):
        proved.changed(row, proved.terms(sees_client=True))
    changing.end_delegation(proved.manager.id, row.id, "We changed brokers.")


def test_a_form_drawn_before_another_change_is_stale(proved):
    (row,) = proved.approved()
    drawn = row.row_version
    proved.changed(row, proved.terms(sees_client=True))
    for deed in (
        lambda: changing.change_delegation(proved.manager.id, row.id, proved.terms(), drawn),
        lambda: changing.end_delegation(proved.manager.id, row.id, "No.", drawn),
    ):
        with pytest.raises(Conflict) as stale:
            deed()
        assert stale.value.reason == "stale"


# ── ending ──────────────────────────────────────────────────────────────────────────────


def test_either_side_ends_it_and_both_are_told_why(proved, world):
    (row,) = proved.approved()
    changing.end_delegation(proved.manager.id, row.id, "We changed brokers.")
    assert (proved.row(row.id).state, proved.row(row.id).end_reason) == (
        "ended", "We changed brokers.",
    )  # fmt: skip
    assert told(world, "third_party_ended") == [proved.manager.id]
    assert told(world, "client_ended") == [proved.broker.id]
    (again,) = proved.approved()
    changing.give_up(proved.broker.id, again.id, "We closed the office.")
    assert proved.row(again.id).ended_by == proved.broker.id
    assert proved.standing() == set()


def test_an_end_needs_a_reason(proved):
    (row,) = proved.approved()
    with pytest.raises(Invalid):
        changing.end_delegation(proved.manager.id, row.id, " ")
    assert proved.standing() == {None}


def test_nobody_else_ends_it(proved):
    (row,) = proved.approved()
    for person in (proved.rival, proved.employee(), proved.broker):
        with pytest.raises(Refused):
            changing.end_delegation(person.id, row.id, "No.")
    for person in (proved.rival, proved.employee(), proved.manager):
        with pytest.raises(Refused):
            changing.give_up(person.id, row.id, "No.")


def test_an_end_is_felt_at_once(proved):
    (row,) = proved.approved()
    somebody = proved.employee()
    proved.put_on(row, somebody)
    assert opens(somebody, proved.client)
    changing.end_delegation(proved.manager.id, row.id, "We changed brokers.")
    assert not opens(somebody, proved.client)


def test_what_is_over_is_not_ended_twice(proved):
    (row,) = proved.approved()
    results = race(
        lambda: changing.end_delegation(proved.manager.id, row.id, "No more."),
        lambda: changing.give_up(proved.broker.id, row.id, "No more."),
    )
    assert len(winners(results)) == 1, results
    assert isinstance(losers(results)[0], Conflict)
    with pytest.raises(Conflict):
        proved.changed(row, proved.terms())


# ── time ────────────────────────────────────────────────────────────────────────────────


def night(chain):
    """What the nightly job does; how often each of its two deeds was done."""
    done = [reminding.look_at(key) for key in reminding.ending_soon()]
    session.rollback()
    return [one for one in done if one]


def test_reminders_60_30_and_7_days_before_an_end_to_both_sides_each_once(proved, world, clock):
    proved.approved(ends=day(proved, 70))
    sent = []
    for left in range(70, -1, -1):
        if night(proved):
            sent.append(left)
        assert night(proved) == []
        clock.move(days=1)
    assert sent == [60, 30, 7]
    assert told(world, "third_party_ends") == [proved.manager.id] * 3
    assert told(world, "client_ends") == [proved.broker.id] * 3


def test_an_end_needs_no_job_and_the_job_closes_the_row_and_tells_of_it(proved, world, clock):
    (row,) = proved.approved(ends=day(proved, 1))
    somebody = proved.employee()
    proved.put_on(row, somebody)
    assert opens(somebody, proved.client)
    clock.move(days=2)
    assert not opens(somebody, proved.client)
    assert proved.row(row.id).state == "active"
    assert night(proved) == [reminding.OVER]
    assert night(proved) == []
    assert (proved.row(row.id).state, proved.row(row.id).end_reason) == ("ended", reminding.OVER)
    assert told(world, "third_party_over") == [proved.manager.id]
    assert told(world, "client_over") == [proved.broker.id]


def test_another_end_is_reminded_of_anew(proved, clock, acting):
    (row,) = proved.approved(ends=day(proved, 7))
    assert night(proved) == ["reminded"]
    proved.changed(row, proved.terms(ends=day(proved, 30)))
    assert night(proved) == ["reminded"]


def test_a_beginning_needs_no_job(proved, clock):
    (row,) = proved.approved(starts=day(proved, 3))
    somebody = proved.employee()
    proved.put_on(row, somebody)
    assert not opens(somebody, proved.client)
    clock.move(days=4)
    assert opens(somebody, proved.client)


# ── what is not there ───────────────────────────────────────────────────────────────────


def test_a_delegation_that_is_not_there_is_not_found(proved):
    with pytest.raises(NotFound):
        changing.end_delegation(proved.manager.id, 10**9, "No.")


def test_a_delegate_without_an_account_has_moved_on(proved, world):
    without = world.business("No Account Ltd.", program=proved.program)
    row = Delegation(
        account_id=proved.client.id, program_id=proved.program.id, delegate_id=without.id,
        level=proved.level(),
    )  # fmt: skip
    world.db.add(row)
    row = world._kept(row)
    with pytest.raises(Conflict):
        changing.end_delegation(proved.manager.id, row.id, "No.")
