"""Generated worlds of the reference: few people and businesses, every way to a right among them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import compress, product

from hypothesis import strategies as st

from tests.authority.reference import (
    Act,
    Ask,
    Group,
    Held,
    Line,
    Offer,
    Period,
    Post,
    Put,
    Wish,
    World,
)

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
PEOPLE, PROGRAMS, BUSINESSES, ACCOUNTS, PARTS, GROUPS, ROLES = 3, 2, 3, 4, 3, 2, 3
OF_A_PART = ROLES - 1
"""The role that reaches one program account; the others reach the whole account."""
CLIENT = ("account.view", "users.view")
PROVIDER = "clients.view"
ROLE_ACTIONS = (*CLIENT, PROVIDER, "clients.all")
STAFF = ("staff.read",)
LEVELS, ACTING, KINDS = ("low", "high"), ("low", "high", "look"), ("officer", "helper")
NUMBERS = ("RM0001", "RM0002")
STRANGER = -1
"""A business that submitted lines, and that nobody here knows."""

EVERYWHERE = list(product(range(PROGRAMS), range(BUSINESSES)))

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


def once(rows, key):
    """Each row whose key no earlier one has."""
    return tuple({key(row): row for row in reversed(rows)}.values())[::-1]


class Drawing:
    """Draws rows that fit the accounts there are."""

    def __init__(self, draw):
        self.draw = draw
        where = draw(st.permutations(EVERYWHERE))[:ACCOUNTS]
        states = some(*["authorised"] * 4, "closed")
        self.accounts = tuple((program, business, draw(states)) for program, business in where)
        numbered = st.tuples(place(ACCOUNTS), some(*NUMBERS))
        self.parts = draw(distinct(numbered, lambda p: p, PARTS, PARTS))
        self.numbered = [draw(some(True, True, False)) for _ in EVERYWHERE]

    def part_of(self, account):
        """One of its parts, or the whole of it."""
        mine = [n for n, (one, _) in enumerate(self.parts) if one == account]
        return self.draw(some(None, *mine, *mine))

    def another_than(self, account):
        """A business that is not the account's own."""
        return self.draw(some(*(n for n in range(BUSINESSES) if n != self.accounts[account][1])))

    def office_of(self, act):
        """The delegate's own account in the program, if it has one."""
        wanted = (self.accounts[act.account][0], act.business)
        return next((n for n, one in enumerate(self.accounts) if one[:2] == wanted), None)

    def membership(self, account=None, person=None):
        account = self.draw(place(ACCOUNTS)) if account is None else account
        person = self.draw(place(PEOPLE)) if person is None else person
        status = self.draw(some("offered", "waiting", *["active"] * 6, "suspended", "ended"))
        period = self.draw(periods)
        if status in {"active", "suspended"} and period.starts is None:
            period = Period(NOW - DAY, period.ends)  # what is held has begun
        part = self.part_of(account)
        role = self.draw(place(OF_A_PART)) if part is None else OF_A_PART
        return Held(person, account, role, status, part, period)

    def job(self, office, person):
        """A membership where somebody acts from: most of them hold, else few would act at all."""
        row = self.membership(office, person)
        if self.draw(place(4)) == 0:
            return row
        return replace(row, status="active", period=Period(NOW - DAY))

    def delegation(self):
        account = self.draw(place(ACCOUNTS))
        business, agent = self.another_than(account), None
        if self.draw(place(6)) == 0:
            business, agent = None, self.draw(place(PEOPLE))
        switches = [self.draw(st.booleans()) for _ in range(3)]
        level, state = self.draw(some(*LEVELS)), self.draw(some(*["active"] * 6, "ended"))
        part = self.part_of(account)
        period = self.draw(orderly) if self.draw(st.booleans()) else Period()
        return Act(account, level, state, business, agent, part, period, *switches)

    def group(self, offices):
        people = self.draw(st.frozensets(place(PEOPLE), min_size=1, max_size=3))
        return Group(self.draw(some(*offices)), people, self.draw(place(4)) == 0)

    def put(self, acts, groups):
        """Of a delegate's groups only: the database refuses another's."""
        act, acting = self.draw(place(len(acts))), self.draw(some(*ACTING, "look", "look"))
        group = self.draw(some(None, *range(len(groups))))
        if group is not None:
            mine = [n for n, a in enumerate(acts) if self.office_of(a) == groups[group].account]
            return Put(self.draw(some(*mine)), acting, None, group) if mine else self.alone(act)
        return Put(act, acting, self.draw(place(PEOPLE)), None)

    def alone(self, act):
        """Somebody put on it by name."""
        return Put(act, self.draw(some(*ACTING, "look", "look")), self.draw(place(PEOPLE)), None)

    def line(self):
        account, number = self.draw(some(*self.parts))
        n = EVERYWHERE.index(self.accounts[account][:2])
        if self.draw(st.booleans()):
            n, number = self.draw(place(len(EVERYWHERE))), self.draw(some(*NUMBERS, "RM0009"))
        by = self.draw(some(None, STRANGER, *range(BUSINESSES)))
        return Line(*EVERYWHERE[n], number if self.numbered[n] else None, by)

    def ask(self):
        account, state = self.draw(place(ACCOUNTS)), self.draw(some("asked", "withdrawn"))
        return Ask(self.draw(place(PEOPLE)), account, self.part_of(account), state)

    def wish(self):
        account, state = self.draw(place(ACCOUNTS)), self.draw(some("asked", "withdrawn"))
        return Wish(account, self.another_than(account), state)

    def several(self, least, most, row, *about):
        return [row(*about) for _ in range(self.draw(st.integers(least, most)))]


posts = distinct(
    st.builds(Post, place(PEOPLE), place(PROGRAMS), some(*KINDS), dated),
    lambda p: (p.person, p.program, p.kind),
    1,
    4,
)
offers = distinct(
    st.builds(Offer, place(ACCOUNTS), place(PEOPLE), place(PEOPLE), some("offered", "lapsed")),
    lambda o: o.account,
    0,
    2,
)


def some_levels(draw):
    """The higher level may do all in one program, or in both: else few could do less than it."""
    where = draw(st.sets(place(PROGRAMS), min_size=1))
    return {(program, "high", action) for program in where for action in CLIENT}


@st.composite
def worlds(draw):
    it = Drawing(draw)
    acts = once(
        it.several(3, 5, it.delegation),
        lambda a: (a.account, a.business, a.agent, a.part, a.state == "ended"),
    )
    offices = [office for act in acts if (office := it.office_of(act)) is not None]
    groups = tuple(it.several(GROUPS, GROUPS, it.group, offices or range(ACCOUNTS)))
    puts = it.several(3, 6, it.put, acts, groups)
    held = it.several(3, 5, it.membership)
    jobs = [pair for pair in product(offices, range(PEOPLE)) if draw(some(True, True, False))]
    held = [it.job(*pair) for pair in jobs] + held
    return World(
        now=NOW,
        people=tuple(draw(some("active", "active", "active", "disabled")) for _ in range(PEOPLE)),
        accounts=it.accounts,
        parts=it.parts,
        groups=groups,
        role_cells=draw(cells(range(PROGRAMS), range(ROLES), ROLE_ACTIONS)),
        level_cells=draw(cells(range(PROGRAMS), ACTING, CLIENT)) | some_levels(draw),
        kind_cells=draw(cells(KINDS, STAFF)),
        held=once(held, lambda m: (m.person, m.account, m.part, m.status == "ended")),
        acts=acts,
        puts=once(puts, lambda p: (p.act, p.person, p.group)),
        posts=draw(posts),
        offers=tuple(o for o in draw(offers) if o.giver != o.taker),
        lines=tuple(it.several(5, 5, it.line)),
        asks=once(it.several(2, 2, it.ask), lambda a: (a.person, a.account)),
        wishes=once(it.several(2, 2, it.wish), lambda w: (w.account, w.business)),
    )
