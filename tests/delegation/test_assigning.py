"""The provider chooses who acts for which client: employees by name, or client groups."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.authority.models_delegation import Assignment, GroupMember
from app.authority.queries import may
from app.base.db import session
from app.base.errors import Conflict, Invalid, NotFound, Refused
from app.delegation.service import assigning, changing, grouping
from app.delegation.service.assigning import Assignee
from app.programs.actions import Action
from tests.support.race import race


@pytest.fixture
def row(proved):
    """A client that lets the provider act for all of it."""
    return proved.approved()[0]


def opens(person, account):
    found = may(session, person.id, Action.ACCOUNT_VIEW, account)
    session.rollback()
    return found


def put_on(chain, row, person=None, group=None, acting=None, by=None):
    who = Assignee(person.id if person else None, group)
    return assigning.assign(
        (by or chain.broker).id, row.id, who, acting or chain.acting(row.level)[-1]
    )


def people(world, row):
    wanted = select(Assignment.person_id, Assignment.group_id, Assignment.level).where(
        Assignment.delegation_id == row.id
    )
    found = {tuple(one) for one in world.db.execute(wanted)}
    world.db.rollback()
    return found


def test_the_provider_puts_its_own_employee_on_a_client(proved, row):
    somebody = proved.employee()
    assert not opens(somebody, proved.client)
    put_on(proved, row, somebody)
    assert opens(somebody, proved.client)


def test_nobody_else_is_put_on_a_client(proved, row, world):
    for stranger in (world.person(), proved.manager, proved.employee(proved.other)):
        with pytest.raises(Invalid) as wrong:
            put_on(proved, row, stranger)
        assert wrong.value.errors == {"who": "unknown"}


def test_only_who_may_assign_assigns(proved, row):
    somebody = proved.employee()
    for by in (somebody, proved.rival, proved.manager):
        with pytest.raises(Refused):
            put_on(proved, row, somebody, by=by)
    key = put_on(proved, row, somebody)
    for by in (somebody, proved.rival, proved.manager):
        with pytest.raises(Refused):
            assigning.unassign(by.id, row.id, key)


def test_an_acting_role_that_the_level_does_not_cover_is_not_given(proved):
    (row,) = proved.approved(proved.first)
    somebody = proved.employee()
    covered = proved.acting(row.level)
    uncovered = [code for code in proved.rule.acting if code not in covered]
    assert uncovered, "the definition has one"
    for acting in (*uncovered, "nothing"):
        with pytest.raises(Invalid) as wrong:
            put_on(proved, row, somebody, acting=acting)
        assert wrong.value.errors == {"acting": "unknown"}
    put_on(proved, row, somebody, acting=covered[0])


def test_put_on_again_they_act_as_something_else(proved, row, world):
    somebody = proved.employee()
    first, *_others, last = proved.acting(row.level)
    assert put_on(proved, row, somebody, acting=first) == put_on(proved, row, somebody, acting=last)
    assert people(world, row) == {(somebody.id, None, last)}
    assert put_on(proved, row, somebody, acting=last)


def test_taken_off_they_act_no_more(proved, row):
    somebody = proved.employee()
    key = put_on(proved, row, somebody)
    assigning.unassign(proved.broker.id, row.id, key)
    assert not opens(somebody, proved.client)
    with pytest.raises(NotFound):
        assigning.unassign(proved.broker.id, row.id, key)


def test_an_assignment_is_taken_off_its_own_client_only(proved, row, acting):
    somebody = proved.employee()
    key = put_on(proved, row, somebody)
    acting(proved.manager)
    (other,) = proved.approved(account=proved.other)
    with pytest.raises(NotFound):
        assigning.unassign(proved.rival.id, other.id, key)


def test_what_has_ended_is_assigned_to_nobody(proved, row):
    changing.end_delegation(proved.manager.id, row.id, "No more.")
    with pytest.raises(Conflict):
        put_on(proved, row, proved.employee())


def test_an_end_and_an_assignment_at_once_leave_nobody_acting(proved, row):
    somebody = proved.employee()
    results = race(
        lambda: changing.end_delegation(proved.manager.id, row.id, "No more."),
        lambda: put_on(proved, row, somebody),
    )
    assert not isinstance(results[0], Exception), results
    assert not opens(somebody, proved.client)


# ── groups ──────────────────────────────────────────────────────────────────────────────


def made(chain, name="The Tuesday team", by=None):
    return grouping.make_group((by or chain.broker).id, chain.provider.id, name)


def test_a_group_is_put_on_a_client_and_whoever_is_in_it_acts(proved, row):
    somebody, group = proved.employee(), made(proved)
    put_on(proved, row, group=group)
    assert not opens(somebody, proved.client)
    grouping.join_group(proved.broker.id, group, somebody.id)
    assert opens(somebody, proved.client)
    grouping.leave_group(proved.broker.id, group, somebody.id)
    assert not opens(somebody, proved.client)


def test_a_group_name_is_unique_even_against_deleted_groups(proved):
    grouping.delete_group(proved.broker.id, made(proved, "Équipe  du mardi"))
    for name in ("Équipe du mardi", "equipe du MARDI"):
        with pytest.raises(Invalid) as wrong:
            made(proved, name)
        assert wrong.value.errors == {"name": "taken"}


def test_another_provider_may_use_the_same_name(proved):
    made(proved)
    grouping.make_group(proved.rival.id, proved.other.id, "The Tuesday team")


@pytest.mark.parametrize(("name", "code"), [("  ", "empty"), ("x" * 101, "too_long")])
def test_a_group_has_a_name_of_some_length(proved, name, code):
    with pytest.raises(Invalid) as wrong:
        made(proved, name)
    assert wrong.value.errors == {"name": code}


def test_a_deleted_group_opens_nothing_and_stays_deleted(proved, row, world):
    somebody, group = proved.employee(), made(proved)
    grouping.join_group(proved.broker.id, group, somebody.id)
    put_on(proved, row, group=group)
    grouping.delete_group(proved.broker.id, group)
    assert not opens(somebody, proved.client)
    assert people(world, row) == set()
    for deed in (
        lambda: grouping.delete_group(proved.broker.id, group),
        lambda: grouping.join_group(proved.broker.id, group, somebody.id),
    ):
        with pytest.raises(Conflict):
            deed()
    with pytest.raises(Invalid):
        put_on(proved, row, group=group)


def test_only_who_may_assign_makes_fills_and_deletes_groups(proved):
    group, somebody = made(proved), proved.employee()
    grouping.join_group(proved.broker.id, group, somebody.id)
    for by in (somebody, proved.rival):
        for deed in (
            lambda by=by: made(proved, "Another", by),
            lambda by=by: grouping.join_group(by.id, group, somebody.id),
            lambda by=by: grouping.leave_group(by.id, group, somebody.id),
            lambda by=by: grouping.delete_group(by.id, group),
        ):
            with pytest.raises(Refused):
                deed()


def test_only_employees_are_in_a_group_each_once(proved, world):
    group, somebody = made(proved), proved.employee()
    with pytest.raises(Invalid) as wrong:
        grouping.join_group(proved.broker.id, group, proved.rival.id)
    assert wrong.value.errors == {"who": "unknown"}
    for _ in range(2):
        grouping.join_group(proved.broker.id, group, somebody.id)
    rows = world.db.scalars(select(GroupMember.person_id).where(GroupMember.group_id == group))
    assert rows.all() == [somebody.id]
    world.db.rollback()
    grouping.leave_group(proved.broker.id, group, somebody.id)
    with pytest.raises(Conflict):
        grouping.leave_group(proved.broker.id, group, somebody.id)


def test_a_group_of_another_provider_is_put_on_no_client(proved, row):
    group = grouping.make_group(proved.rival.id, proved.other.id, "Theirs")
    with pytest.raises(Invalid):
        put_on(proved, row, group=group)
    with pytest.raises(NotFound):
        grouping.delete_group(proved.broker.id, 10**9)


def test_two_groups_of_one_name_at_once_are_one(proved):
    results = race(lambda: made(proved), lambda: made(proved))
    assert sum(isinstance(one, Invalid) for one in results) == 1, results
