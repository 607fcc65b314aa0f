"""Who may do what, said again in plain Python: no SQL, no shared code with the portal.

The property tests hold the predicate to this page. It is written from DESIGN §4, row by row, in
the slowest and plainest way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Period:
    """From its first instant to just before its last; either may be missing."""

    starts: datetime | None = None
    ends: datetime | None = None

    def holds(self, now: datetime) -> bool:
        begun = self.starts is None or self.starts <= now
        return begun and (self.ends is None or now < self.ends)


@dataclass(frozen=True)
class Held:
    """A membership."""

    person: int
    account: int
    role: int
    status: str
    part: int | None = None
    period: Period = Period()


@dataclass(frozen=True)
class Act:
    """A delegation."""

    account: int
    level: str
    state: str
    part: int | None = None
    period: Period = Period()


@dataclass(frozen=True)
class Put:
    """An assignment: a person or a group, on the delegation with this place in the world."""

    act: int
    person: int | None = None
    group: int | None = None


@dataclass(frozen=True)
class Post:
    """A staff assignment."""

    person: int
    program: int
    kind: str
    period: Period = Period()


@dataclass(frozen=True)
class Offer:
    """A transfer of ownership."""

    account: int
    giver: int
    taker: int
    state: str


@dataclass(frozen=True)
class World:
    """Everything that decides; people, accounts and so on are places in these tuples."""

    now: datetime
    people: tuple[str, ...]
    """The state of each person."""
    accounts: tuple[tuple[int, str], ...]
    """Program and state of each account."""
    parts: tuple[int, ...]
    """The account of each program account."""
    groups: tuple[frozenset[int], ...]
    """The people of each group."""
    role_cells: frozenset[tuple[int, int, str]]
    """Program, role and action."""
    level_cells: frozenset[tuple[int, str, str]]
    """Program, level and action."""
    kind_cells: frozenset[tuple[str, str]]
    """Kind of staff and action."""
    held: tuple[Held, ...] = ()
    acts: tuple[Act, ...] = ()
    puts: tuple[Put, ...] = ()
    posts: tuple[Post, ...] = ()
    offers: tuple[Offer, ...] = ()
    programs: int = 2

    # ── the three ways ──────────────────────────────────────────────────────────────────

    def live(self, person: int) -> bool:
        return self.people[person] == "active"

    def reaches(self, limit: int | None, part: int | None) -> bool:
        """A row for the whole account reaches all of it; one for a part, that part."""
        return limit is None or limit == part

    def by_membership(self, person: int, action: str, account: int, part: int | None) -> bool:
        program, state = self.accounts[account]
        return state == "authorised" and any(
            (program, row.role, action) in self.role_cells
            for row in self.held
            if row.person == person
            and row.account == account
            and row.status == "active"
            and row.period.holds(self.now)
            and self.reaches(row.part, part)
        )

    def on_act(self, person: int, act: int) -> bool:
        return any(
            put.person == person or (put.group is not None and person in self.groups[put.group])
            for put in self.puts
            if put.act == act
        )

    def by_delegation(self, person: int, action: str, account: int, part: int | None) -> bool:
        program, state = self.accounts[account]
        return state == "authorised" and any(
            (program, row.level, action) in self.level_cells and self.on_act(person, place)
            for place, row in enumerate(self.acts)
            if row.account == account
            and row.state == "active"
            and row.period.holds(self.now)
            and self.reaches(row.part, part)
        )

    def on_account(self, person: int, action: str, account: int, part: int | None = None) -> bool:
        if action.startswith("staff."):
            return self.by_staff(person, action, self.accounts[account][0])
        return self.live(person) and (
            self.by_membership(person, action, account, part)
            or self.by_delegation(person, action, account, part)
        )

    def by_staff(self, person: int, action: str, program: int) -> bool:
        return (
            action.startswith("staff.")
            and self.live(person)
            and any(
                (post.kind, action) in self.kind_cells
                for post in self.posts
                if post.person == person and post.program == program and post.period.holds(self.now)
            )
        )

    # ── rows ────────────────────────────────────────────────────────────────────────────

    def may_program(self, person: int, action: str, program: int) -> bool:
        return self.by_staff(person, action, program)

    def may_account(self, person: int, action: str, account: int) -> bool:
        return self.on_account(person, action, account)

    def may_part(self, person: int, action: str, part: int) -> bool:
        return self.on_account(person, action, self.parts[part], part)

    def may_membership(self, person: int, action: str, place: int) -> bool:
        row = self.held[place]
        own = {"membership.read", "membership.answer", "membership.contact", "membership.leave"}
        if row.person == person and action in own and self.live(person):
            return True
        return self.on_account(person, action, row.account, row.part)

    def may_delegation(self, person: int, action: str, place: int) -> bool:
        row = self.acts[place]
        return self.on_account(person, action, row.account, row.part)

    def may_transfer(self, person: int, action: str, place: int) -> bool:
        row = self.offers[place]
        own = {"transfer.read", "transfer.answer"}
        if row.taker == person and action in own and self.live(person):
            return True
        return self.on_account(person, action, row.account)

    def may_post(self, person: int, action: str, place: int) -> bool:
        return self.by_staff(person, action, self.posts[place].program)

    def may_person(self, person: int, action: str, other: int) -> bool:
        """One's own; for staff the people of their programs, colleagues, and newcomers."""
        if not action.startswith("staff."):
            return person == other and action in {"self.read", "self.update"} and self.live(person)
        programs = {self.accounts[row.account][0] for row in self.held if row.person == other}
        programs |= {post.program for post in self.posts if post.person == other}
        reached = programs or set(range(self.programs))
        return any(self.by_staff(person, action, program) for program in reached)
