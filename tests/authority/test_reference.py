"""may ≡ visible ≡ explain ≡ the reference: generated worlds, every person, action and row."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import compress, product
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.authority.explain import GRANTED, explain
from app.authority.models import Membership, OwnershipTransfer, StaffAssignment
from app.authority.models_delegation import Assignment, Delegation, GroupMember
from app.authority.people import actor_in
from app.authority.queries import allowed, allowed_by_account, may, visible
from app.base.db import User
from app.parties.models import Account, Party, Person, ProgramAccount
from app.programs.models import (
    LevelAction,
    Program,
    ProgramAction,
    ProgramRole,
    RoleAction,
    StaffRoleAction,
    Standing,
)
from tests.authority.reference import Act, Held, Offer, Period, Post, Put, World

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
PEOPLE, PROGRAMS, ACCOUNTS, PARTS, GROUPS, ROLES = 3, 2, 3, 2, 2, 2
CLIENT = ("account.view", "users.view")
OWN = {Membership: "membership.read", OwnershipTransfer: "transfer.answer", Person: "self.read"}
STAFF = ("staff.read",)
LEVELS, KINDS = ("low", "high"), ("officer", "helper")

# The boundaries are in it: what begins now holds, what ends now does not.
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
begins = st.sampled_from([None, NOW - DAY, NOW, NOW + INSTANT])
ends = st.sampled_from([None, None, NOW + INSTANT, NOW])
periods = st.builds(Period, begins, ends)
orderly = periods.filter(lambda p: p.starts is None or p.ends is None or p.ends > p.starts)
dated = orderly.filter(lambda p: p.starts is not None)


def some(*values):
    return st.sampled_from(values)


def place(number):
    return st.integers(0, number - 1)


def cells(*axes):
    """Each cell of a matrix is there or not, as a coin falls: half of them are."""
    every = list(product(*axes))
    coins = st.lists(st.booleans(), min_size=len(every), max_size=len(every))
    return coins.map(lambda heads: frozenset(compress(every, heads)))


def distinct(rows, key, min_size, max_size):
    return st.lists(rows, min_size=min_size, max_size=max_size, unique_by=key).map(tuple)


@st.composite
def worlds(draw):
    accounts = tuple(
        draw(st.tuples(place(PROGRAMS), some("authorised", "authorised", "authorised", "closed")))
        for _ in range(ACCOUNTS)
    )
    parts = tuple(draw(place(ACCOUNTS)) for _ in range(PARTS))

    def part_of(account):
        mine = [n for n, one in enumerate(parts) if one == account]
        return some(None, None, *mine)

    @st.composite
    def memberships(draw):
        account = draw(place(ACCOUNTS))
        status = draw(some("offered", "waiting", *["active"] * 5, "suspended", "ended"))
        period = draw(periods)
        if status in {"active", "suspended"} and period.starts is None:
            period = Period(NOW - DAY, period.ends)  # what is held has begun
        part = draw(part_of(account))
        return Held(draw(place(PEOPLE)), account, draw(place(ROLES)), status, part, period)

    @st.composite
    def delegations(draw):
        account = draw(place(ACCOUNTS))
        state = draw(some("requested", *["active"] * 6, "declined", "revoked", "ended"))
        return Act(account, draw(some(*LEVELS)), state, draw(part_of(account)), draw(orderly))

    held = draw(
        distinct(
            memberships(),
            lambda m: (m.person, m.account, m.part, m.status == "ended"),
            4,
            8,
        )
    )
    acts = tuple(draw(st.lists(delegations(), min_size=2, max_size=3)))
    one = st.one_of(
        st.builds(Put, place(len(acts)), place(PEOPLE)),
        st.builds(lambda act, group: Put(act, None, group), place(len(acts)), place(GROUPS)),
    )
    puts = draw(distinct(one, lambda p: p, 2, 5))
    offers = distinct(
        st.builds(Offer, place(ACCOUNTS), place(PEOPLE), place(PEOPLE), some("offered", "lapsed")),
        lambda o: o.account,
        0,
        2,
    )
    return World(
        now=NOW,
        people=tuple(draw(some("active", "active", "active", "disabled")) for _ in range(PEOPLE)),
        accounts=accounts,
        parts=parts,
        groups=tuple(
            draw(st.frozensets(place(PEOPLE), min_size=1, max_size=3)) for _ in range(GROUPS)
        ),
        role_cells=draw(cells(range(PROGRAMS), range(ROLES), CLIENT)),
        level_cells=draw(cells(range(PROGRAMS), LEVELS, CLIENT)),
        kind_cells=draw(cells(KINDS, STAFF)),
        held=held,
        acts=acts,
        puts=puts,
        posts=draw(
            distinct(
                st.builds(Post, place(PEOPLE), place(PROGRAMS), some(*KINDS), dated),
                lambda p: (p.person, p.program, p.kind),
                1,
                4,
            )
        ),
        offers=tuple(o for o in draw(offers) if o.giver != o.taker),
    )


# ── the same world in PostgreSQL ────────────────────────────────────────────────────────


def _insert(db, model, rows):
    """Insert rows; their new numbers in the same order."""
    if not rows:
        return []
    key = model.__table__.primary_key.columns[0] if hasattr(model, "id") else None
    if key is None:
        db.execute(insert(model), rows)
        return []
    done = db.execute(insert(model).returning(key, sort_by_parameter_order=True), rows)
    return list(done.scalars())


@pytest.fixture
def ground(owner_engine, clock):
    """What every world stands on, made once: two programs, their roles, the clock at NOW."""
    clock.stop(NOW)
    with Session(owner_engine) as db:
        db.execute(StaffRoleAction.__table__.delete())
        programs = _insert(
            db,
            Program,
            [
                {"code": f"p{n}", "name_en": "P", "name_fr": "P", "version": 1}
                for n in range(PROGRAMS)
            ],
        )
        words = {"label_en": "x", "label_fr": "x"}
        for program in programs:
            db.execute(insert(Standing), [{"program_id": program, "code": "s", **words}])
            db.execute(
                insert(ProgramRole),
                [
                    {
                        "program_id": program,
                        "code": f"r{n}",
                        "rank": n + 1,
                        "exclusive": False,
                        "required": False,
                        **words,
                    }
                    for n in range(ROLES)
                ],
            )
            db.execute(
                insert(ProgramAction),
                [{"program_id": program, "code": code, **words} for code in CLIENT],
            )
        db.commit()
    return SimpleNamespace(engine=owner_engine, programs=programs)


@contextmanager
def in_database(ground, world):
    """The world's rows, in a transaction that is undone: nothing is committed, nothing stays."""
    with ground.engine.connect() as connection, Session(connection) as db:
        rows = _make(db, ground.programs, world)
        yield db, rows
        db.rollback()


def _make(db, programs, world):
    parties = _insert(db, Party, [_party("person", n) for n in range(PEOPLE)])
    users = _insert(
        db,
        User,
        [
            {"username": f"u{n}", "first_name": "x", "last_name": "x", "email": f"u{n}@x.example"}
            for n in range(PEOPLE)
        ],
    )
    db.execute(
        insert(Person),
        [
            {
                "id": party,
                "user_id": user,
                "given_name": "x",
                "family_name": "x",
                "email": "x",
                "email_folded": "x",
                "language": "en",
                "state": state,
            }
            for party, user, state in zip(parties, users, world.people, strict=True)
        ],
    )
    groups = _insert(db, Party, [_party("group", n) for n in range(GROUPS)])
    members = [
        {"group_id": groups[n], "person_id": parties[one]}
        for n, people in enumerate(world.groups)
        for one in people
    ]
    if members:
        db.execute(insert(GroupMember), members)
    holders = _insert(db, Party, [_party("business", n) for n in range(ACCOUNTS)])
    accounts = _insert(
        db,
        Account,
        [
            {
                "party_id": holder,
                "program_id": programs[program],
                "state": state,
                "standing_code": "s",
                "closed_at": NOW if state == "closed" else None,
            }
            for holder, (program, state) in zip(holders, world.accounts, strict=True)
        ],
    )
    parts = _insert(
        db,
        ProgramAccount,
        [{"account_id": accounts[one], "number": f"RM{n:04}"} for n, one in enumerate(world.parts)],
    )
    _cells(db, programs, world)

    def program_of(account):
        return programs[world.accounts[account][0]]

    held = _insert(
        db,
        Membership,
        [
            {
                "person_id": parties[row.person],
                "account_id": accounts[row.account],
                "program_id": program_of(row.account),
                "program_account_id": None if row.part is None else parts[row.part],
                "role_code": f"r{row.role}",
                "exclusive": False,
                "required": False,
                "status": row.status,
                "starts_at": row.period.starts,
                "ends_at": row.period.ends,
                "offer_expires_at": NOW,
                "ended_at": NOW if row.status == "ended" else None,
                "end_reason": "removed" if row.status == "ended" else None,
            }
            for row in world.held
        ],
    )
    acts = _insert(
        db,
        Delegation,
        [
            {
                "account_id": accounts[row.account],
                "program_id": program_of(row.account),
                "program_account_id": None if row.part is None else parts[row.part],
                "delegate_id": holders[0],
                "level": row.level,
                "state": row.state,
                "starts_at": row.period.starts,
                "ends_at": row.period.ends,
            }
            for row in world.acts
        ],
    )
    _insert(
        db,
        Assignment,
        [
            {
                "delegation_id": acts[put.act],
                "person_id": None if put.person is None else parties[put.person],
                "group_id": None if put.group is None else groups[put.group],
            }
            for put in world.puts
        ],
    )
    posts = _insert(
        db,
        StaffAssignment,
        [
            {
                "person_id": parties[post.person],
                "program_id": programs[post.program],
                "staff_role": post.kind,
                "starts_at": post.period.starts,
                "ends_at": post.period.ends,
            }
            for post in world.posts
        ],
    )
    offers = _insert(
        db,
        OwnershipTransfer,
        [
            {
                "account_id": accounts[offer.account],
                "role_code": "r0",
                "from_person_id": parties[offer.giver],
                "to_person_id": parties[offer.taker],
                "state": offer.state,
                "expires_at": NOW + DAY,
                "answered_at": None if offer.state == "offered" else NOW,
            }
            for offer in world.offers
        ],
    )
    return {
        Person: (parties, world.may_person),
        Program: (programs, world.may_program),
        Account: (accounts, world.may_account),
        ProgramAccount: (parts, world.may_part),
        Membership: (held, world.may_membership),
        Delegation: (acts, world.may_delegation),
        OwnershipTransfer: (offers, world.may_transfer),
        StaffAssignment: (posts, world.may_post),
    }


def _party(kind, number):
    return {"kind": kind, "name": f"{kind} {number}", "name_folded": f"{kind} {number}"}


def _cells(db, programs, world):
    role = [
        {"program_id": programs[p], "role_code": f"r{r}", "action_code": a}
        for p, r, a in world.role_cells
    ]
    level = [
        {"program_id": programs[p], "level": code, "action_code": a}
        for p, code, a in world.level_cells
    ]
    kind = [{"staff_role": k, "action_code": a} for k, a in world.kind_cells]
    for model, rows in ((RoleAction, role), (LevelAction, level), (StaffRoleAction, kind)):
        if rows:
            db.execute(insert(model), rows)


NIGHTS = 20 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 1
"""So many times more worlds by night: thousands."""
FAST = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


WAYS = {
    "a role": lambda w: any(w.by_membership(*q) for q in _questions(w)),
    "a role for one part": lambda w: any(
        w.may_part(p, a, n) and not w.may_account(p, a, w.parts[n])
        for p in range(PEOPLE)
        for a in CLIENT
        for n in range(PARTS)
    ),
    "a delegation alone": lambda w: any(
        w.by_delegation(*q) and not w.by_membership(*q) for q in _questions(w)
    ),
    "a group on a delegation": lambda w: any(
        w.by_delegation(*q) and all(put.person != q[0] for put in w.puts) for q in _questions(w)
    ),
    "a right that a disabled person would have": lambda w: any(
        w.by_membership(*q) and not w.live(q[0]) for q in _questions(w)
    ),
    "a closed account": lambda w: any(
        row.status == "active" and w.accounts[row.account][1] == "closed" for row in w.held
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


def _asked(model):
    """Two client actions, the staff's, the model's own, and the own action of another model."""
    own = OWN.get(model, "self.update")
    other = "membership.answer" if model is not Membership else "transfer.read"
    return (*CLIENT, *STAFF, own, other)


def test_lists_hold_exactly_the_rows_that_the_reference_allows(ground):
    """visible ≡ reference: every person × every action × every row of eight models."""
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
                    and world.accounts[n][1] == "authorised"
                    and world.live(place_)
                }
        one = db.get_one(Account, accounts[0])
        asked = {action for action in CLIENT if may(db, people[0], action, one)}
        assert allowed(db, people[0], CLIENT, one) == asked
