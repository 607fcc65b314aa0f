"""may ≡ visible ≡ explain ≡ the reference: generated worlds, every person, action and row."""

from __future__ import annotations

import os
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings

from app.authority.explain import GRANTED, explain
from app.authority.models import Membership, OwnershipTransfer
from app.authority.models_delegation import (
    AccessRequest,
    ClientGroup,
    Delegation,
    DelegationRequest,
)
from app.authority.people import actor_in
from app.authority.queries import allowed, allowed_by_account, may, visible
from app.authority.scopes import Place, scope_of
from app.ledger.models import LedgerLine
from app.parties.models import Account, Person, ProgramAccount
from tests.authority.tables import ground_of, in_database
from tests.authority.worlds import (
    ACCOUNTS,
    CLIENT,
    NOW,
    PARTS,
    PEOPLE,
    PROVIDER,
    STAFF,
    worlds,
)

OWN = {
    Membership: "membership.read",
    OwnershipTransfer: "transfer.answer",
    Person: "self.read",
    AccessRequest: "request.withdraw",
}


@pytest.fixture
def ground(owner_engine, clock):
    return ground_of(owner_engine, clock)


NIGHTS = 20 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 1
"""So many times more worlds by night: thousands."""
FAST = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


WAYS = {
    "a role": lambda w: any(w.by_membership(*q) for q in _questions(w)),
    "a role for one part": lambda w: any(
        w.may_part(p, a, n) and not w.may_account(p, a, w.parts[n][0])
        for p in range(PEOPLE)
        for a in CLIENT
        for n in range(PARTS)
    ),
    "a delegation alone": lambda w: any(
        w.by_delegation(*q) and not w.by_membership(*q) for q in _questions(w)
    ),
    "a group on a delegation": lambda w: any(
        w.acts_by(p, a, n) and w.live(p) and put.group is not None
        for p, a, n, put in _put_on(w)
        if all(one.person != p for one in w.puts) and not w.for_every_client(p, w.acts[n])
    ),
    "an acting role below the level": lambda w: any(
        (w.accounts[w.acts[n].account][0], w.acts[n].level, a) in w.level_cells
        and w.offices(p, w.acts[n])
        and w.acting_roles(p, n)
        and not w.acts_by(p, a, n)
        for p, a, n, _ in _put_on(w)
    ),
    "somebody put on it who works there no more": lambda w: any(
        w.acting_roles(p, n) and not w.offices(p, w.acts[n]) for p, _, n, _ in _put_on(w)
    ),
    "a group that was deleted": lambda w: any(
        put.group is not None and w.groups[put.group].deleted for put in w.puts
    ),
    "a role for every client": lambda w: any(
        w.acts_by(p, a, n) and not w.acting_roles(p, n) and w.acts[n].agent is None
        for p, a, n in _acts(w)
    ),
    "a delegate that is a person": lambda w: any(
        w.acts_by(p, a, n) and w.acts[n].agent == p for p, a, n in _acts(w)
    ),
    "a business opened by a part of it alone": lambda w: any(
        w.may_account(p, "account.view", n) and not w.on_account(p, "account.view", n)
        for p in range(PEOPLE)
        for n in range(ACCOUNTS)
    ),
    "a line that a delegation alone shows": lambda w: any(
        w.may_line(p, a, n) and not w.by_membership(p, a, there, w.part_of(line))
        for p, a, n, line, there in _lines(w)
    ),
    "a line that a switch alone hides": lambda w: any(
        w.on_account(p, a, there, w.part_of(line)) and not w.may_line(p, a, n)
        for p, a, n, line, there in _lines(w)
    ),
    "a line that a role for its part shows": lambda w: any(
        w.may_line(p, a, n) and not w.on_account(p, a, there, None, line)
        for p, a, n, line, there in _lines(w)
    ),
    "the side of the business that acts": lambda w: any(
        w.may_delegation(p, PROVIDER, n) for p, _, n in _acts(w)
    ),
    "a right that a disabled person would have": lambda w: any(
        w.by_membership(*q) and not w.live(q[0]) for q in _questions(w)
    ),
    "a closed account": lambda w: any(
        row.status == "active" and w.accounts[row.account][2] == "closed" for row in w.held
    ),
    "a membership that ends this instant": lambda w: any(
        row.status == "active" and row.period.ends == NOW for row in w.held
    ),
    "a membership that begins this instant": lambda w: any(
        row.status == "active" and row.period.starts == NOW for row in w.held
    ),
    "an officer of one program alone": lambda w: any(
        w.may_program(p, a, 0) and not w.may_program(p, a, 1) for p in range(PEOPLE) for a in STAFF
    ),
}


def _questions(world):
    return [
        (person, action, account, None)
        for person in range(PEOPLE)
        for action in CLIENT
        for account in range(ACCOUNTS)
    ]


def _acts(world):
    return [(p, a, n) for p in range(PEOPLE) for a in CLIENT for n in range(len(world.acts))]


def _put_on(world):
    return [(p, a, put.act, put) for p in range(PEOPLE) for a in CLIENT for put in world.puts]


def _lines(world):
    return [
        (person, action, n, line, there)
        for person in range(PEOPLE)
        for action in CLIENT
        for n, line in enumerate(world.lines)
        if (there := world.account_of(line)) is not None
    ]


def _asked(model):
    """Two client actions, a provider's, the staff's, the model's own, and another model's own."""
    own = OWN.get(model, "self.update")
    other = "membership.answer" if model is not Membership else "transfer.read"
    provider = (PROVIDER,) if model in {Delegation, DelegationRequest, Account} else ()
    return (*CLIENT, *provider, *STAFF, own, other)


def test_lists_hold_exactly_the_rows_that_the_reference_allows(ground):
    """visible ≡ reference: every person × every action × every row of twelve models."""
    reached = set()

    @settings(max_examples=60 * NIGHTS, **FAST)
    @given(world=worlds())
    def prove(world):
        reached.update(way for way, holds in WAYS.items() if holds(world))
        with in_database(ground, world) as (db, rows):
            people = rows[Person][0]
            for model, (keys, reference) in rows.items():
                column = model.__table__.primary_key.columns[0]
                for n, person in enumerate(people):
                    for action in _asked(model):
                        wanted = visible(person, action, model).with_only_columns(column)
                        found = set(db.scalars(wanted.where(column.in_(keys))))
                        expected = {key for m, key in enumerate(keys) if reference(n, action, m)}
                        assert found == expected, (model.__name__, n, action)

    prove()
    # Worlds in which nothing is ever granted, or refused, would prove nothing.
    assert reached == set(WAYS)


@settings(max_examples=12 * NIGHTS, **FAST)
@given(world=worlds())
def test_questions_and_explanations_agree_with_the_reference(ground, world):
    """may ≡ explain ≡ reference: an explanation grants exactly when the question says yes."""
    with in_database(ground, world) as (db, rows):
        people = rows[Person][0]
        for model, (keys, reference) in rows.items():
            for n, key in enumerate(keys):
                target = db.get_one(model, key)
                for place_, person in enumerate(people):
                    for action in _asked(model):
                        expected = reference(place_, action, n)
                        asked = (model.__name__, n, place_, action)
                        assert may(db, person, action, target) is expected, asked
                        granted = any(
                            link.why == GRANTED for link in explain(db, person, action, target)
                        )
                        assert granted is expected, asked


@settings(max_examples=60 * NIGHTS, **FAST)
@given(world=worlds())
def test_a_pages_questions_at_once_are_the_same_questions(ground, world):
    """allowed ≡ may for each action; the roles that rules look at are the effective ones."""
    with in_database(ground, world) as (db, rows):
        people, accounts = rows[Person][0], rows[Account][0]
        for place_, person in enumerate(people):
            at_once = allowed_by_account(db, person, CLIENT, accounts)
            for n, account in enumerate(accounts):
                expected = {a for a in CLIENT if world.may_account(place_, a, n)}
                assert at_once[account] == expected
                assert actor_in(db, person, account).roles == {
                    f"r{row.role}"
                    for row in world.held
                    if row.person == place_
                    and row.account == n
                    and row.part is None
                    and row.status == "active"
                    and row.period.holds(NOW)
                    and world.accounts[n][2] == "authorised"
                    and world.live(place_)
                }
        one = db.get_one(Account, accounts[0])
        asked = {action for action in CLIENT if may(db, people[0], action, one)}
        assert allowed(db, people[0], CLIENT, one) == asked


def _is_at(world, model, n, place):
    """Whether a row stands in the place: an account, or one program account."""
    rows = {
        Account: lambda: (n, None),
        ProgramAccount: lambda: (world.parts[n][0], n),
        Membership: lambda: (world.held[n].account, world.held[n].part),
        Delegation: lambda: (world.acts[n].account, world.acts[n].part),
        OwnershipTransfer: lambda: (world.offers[n].account, None),
        AccessRequest: lambda: (world.asks[n].account, world.asks[n].part),
        DelegationRequest: lambda: (world.wishes[n].account, None),
        ClientGroup: lambda: (world.groups[n].account, None),
        LedgerLine: lambda: (world.account_of(world.lines[n]), world.part_of(world.lines[n])),
    }
    account, part = rows[model]()
    return account == place[0] and place[1] in {None, part}


@settings(max_examples=12 * NIGHTS, **FAST)
@given(world=worlds())
def test_the_rows_of_a_place_are_the_visible_rows_that_stand_there(ground, world):
    """visible within ≡ visible ∩ place: every account, every part of it, and others' parts."""
    with in_database(ground, world) as (db, rows):
        people, accounts, parts = rows[Person][0], rows[Account][0], rows[ProgramAccount][0]
        for model, (keys, reference) in rows.items():
            if scope_of(model).account is None:
                continue  # it stands in no account
            column = model.__table__.primary_key.columns[0]
            for account, part in product(range(ACCOUNTS), (None, *range(PARTS))):
                if part is not None and world.parts[part][0] != account and model is not LedgerLine:
                    continue  # somebody else's part is asked of the lines alone: they find theirs
                here = Place(accounts[account], None if part is None else parts[part])
                there = {n for n in range(len(keys)) if _is_at(world, model, n, (account, part))}
                for n, person in enumerate(people):
                    for action in {CLIENT[0], *_asked(model)[2:-2]} - set(STAFF):
                        wanted = visible(person, action, model, within=here)
                        found = set(db.scalars(wanted.with_only_columns(column)))
                        expected = {keys[m] for m in there if reference(n, action, m)}
                        assert found == expected, (model.__name__, account, part, n, action)
