"""Who may do what, said again in plain Python: no SQL, no shared code with the portal.

The property tests hold the predicate to this page. It is written from DESIGN §4 and from decision
074, row by row, in the slowest and plainest way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

ANYWHERE = object()
"""Of whatever part of the account."""
OPEN = "account.view"
PROVIDERS = {"clients.all", "clients.ask", "clients.assign", "clients.view"}
"""Asked in the account of the business that acts, and never in the client's."""


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
    """A delegation, to a business or to a person, with its three switches."""

    account: int
    level: str
    state: str
    business: int | None = None
    agent: int | None = None
    part: int | None = None
    period: Period = Period()
    own: bool = True
    client: bool = False
    others: bool = False


@dataclass(frozen=True)
class Put:
    """An assignment: a person or a group, on the delegation with this place in the world."""

    act: int
    level: str
    person: int | None = None
    group: int | None = None


@dataclass(frozen=True)
class Group:
    """A client group of a provider's account."""

    account: int
    people: frozenset[int]
    deleted: bool = False


@dataclass(frozen=True)
class Line:
    """A line of the ledger: of a business, of a program account by its number, by whom.

    ``by`` is a business, None for the agency itself, or -1 for a business nobody here knows.
    """

    program: int
    business: int
    number: str | None
    by: int | None


@dataclass(frozen=True)
class Ask:
    """A person asks a business for access, to one program account perhaps."""

    person: int
    account: int
    part: int | None
    state: str


@dataclass(frozen=True)
class Wish:
    """A provider asks a client to let it act."""

    account: int
    business: int
    state: str


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
    accounts: tuple[tuple[int, int, str], ...]
    """Program, business and state of each account."""
    parts: tuple[tuple[int, str], ...]
    """The account and the number of each program account."""
    groups: tuple[Group, ...]
    role_cells: frozenset[tuple[int, int, str]]
    """Program, role and action."""
    level_cells: frozenset[tuple[int, str, str]]
    """Program, level (or acting role) and action."""
    kind_cells: frozenset[tuple[str, str]]
    """Kind of staff and action."""
    held: tuple[Held, ...] = ()
    acts: tuple[Act, ...] = ()
    puts: tuple[Put, ...] = ()
    posts: tuple[Post, ...] = ()
    offers: tuple[Offer, ...] = ()
    lines: tuple[Line, ...] = ()
    asks: tuple[Ask, ...] = ()
    wishes: tuple[Wish, ...] = ()
    programs: int = 2

    # ── the three ways ──────────────────────────────────────────────────────────────────

    def live(self, person: int) -> bool:
        return self.people[person] == "active"

    def reaches(self, limit: int | None, part: int | None) -> bool:
        """A row for the whole account reaches all of it; one for a part, that part."""
        return limit is None or limit == part

    def effective(self, row: Held) -> bool:
        """It counts: active, within its dates, in an account that is open."""
        is_open = self.accounts[row.account][2] == "authorised"
        return is_open and row.status == "active" and row.period.holds(self.now)

    def by_membership(self, person: int, action: str, account: int, part: Any) -> bool:
        program = self.accounts[account][0]
        return any(
            (program, row.role, action) in self.role_cells
            for row in self.held
            if row.person == person
            and row.account == account
            and self.effective(row)
            and (part is ANYWHERE or self.reaches(row.part, part))
        )

    def offices(self, person: int, act: Act) -> list[Held]:
        """What counts of the person's memberships of the delegate's account in the program."""
        program = self.accounts[act.account][0]
        return [
            row
            for row in self.held
            if row.person == person
            and self.effective(row)
            and self.accounts[row.account][:2] == (program, act.business)
        ]

    def for_every_client(self, person: int, act: Act) -> bool:
        program = self.accounts[act.account][0]
        return any(
            row.part is None and (program, row.role, "clients.all") in self.role_cells
            for row in self.offices(person, act)
        )

    def acting_roles(self, person: int, place: int) -> list[str]:
        """In what the person was put on the delegation, by name or by a group."""
        found = []
        for put in self.puts:
            if put.act == place and put.person == person:
                found.append(put.level)
            if put.act == place and put.group is not None:
                group = self.groups[put.group]
                if person in group.people and not group.deleted:
                    found.append(put.level)
        return found

    def acts_by(self, person: int, action: str, place: int) -> bool:
        """What the person may do through the delegation, if it counts."""
        act = self.acts[place]
        program = self.accounts[act.account][0]
        if (program, act.level, action) not in self.level_cells:
            return False
        if act.agent == person or self.for_every_client(person, act):
            return True
        return bool(self.offices(person, act)) and any(
            (program, level, action) in self.level_cells
            for level in self.acting_roles(person, place)
        )

    def by_delegation(
        self, person: int, action: str, account: int, part: Any, line: Line | None = None
    ) -> bool:
        if self.accounts[account][2] != "authorised":
            return False
        return any(
            self.acts_by(person, action, place) and (line is None or self.sees(row, line))
            for place, row in enumerate(self.acts)
            if row.account == account
            and row.state == "active"
            and row.period.holds(self.now)
            and (part is ANYWHERE or self.reaches(row.part, part))
        )

    def sees(self, act: Act, line: Line) -> bool:
        """By who submitted the line; what the agency booked itself is the client's."""
        if line.by is None or line.by == self.accounts[act.account][1]:
            return act.client
        return act.own if line.by == act.business else act.others

    def on_account(
        self, person: int, action: str, account: int, part: Any = None, line: Line | None = None
    ) -> bool:
        if action.startswith("staff."):
            return self.by_staff(person, action, self.accounts[account][0])
        return self.live(person) and (
            self.by_membership(person, action, account, part)
            or self.by_delegation(person, action, account, part, line)
        )

    def for_business(self, person: int, action: str, business: int | None, account: int) -> bool:
        """In the account that the business has in the program of this one."""
        wanted = (self.accounts[account][0], business)
        return self.live(person) and any(
            self.by_membership(person, action, place, None)
            for place, one in enumerate(self.accounts)
            if one[:2] == wanted
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
        """Opening the business's own page is granted by any part of it; nothing else is."""
        return self.on_account(person, action, account, ANYWHERE if action == OPEN else None)

    def may_part(self, person: int, action: str, part: int) -> bool:
        return self.on_account(person, action, self.parts[part][0], part)

    def account_of(self, line: Line) -> int | None:
        """The account that the line's business has in the line's program."""
        wanted = (line.program, line.business)
        found = (place for place, one in enumerate(self.accounts) if one[:2] == wanted)
        return next(found, None)

    def part_of(self, line: Line) -> int | None:
        """The program account it names; of one that the account has not, the whole account's."""
        wanted = (self.account_of(line), line.number)
        return next((place for place, one in enumerate(self.parts) if one == wanted), None)

    def may_line(self, person: int, action: str, place: int) -> bool:
        line = self.lines[place]
        if action.startswith("staff."):
            return self.by_staff(person, action, line.program)
        account = self.account_of(line)
        if account is None:
            return False
        return self.on_account(person, action, account, self.part_of(line), line)

    def may_ask(self, person: int, action: str, place: int) -> bool:
        row = self.asks[place]
        own = {"request.read", "request.withdraw"}
        if row.person == person and action in own and self.live(person):
            return True
        return self.on_account(person, action, row.account, row.part)

    def may_wish(self, person: int, action: str, place: int) -> bool:
        row = self.wishes[place]
        if action in PROVIDERS:
            return self.for_business(person, action, row.business, row.account)
        return self.on_account(person, action, row.account)

    def may_group(self, person: int, action: str, place: int) -> bool:
        return self.on_account(person, action, self.groups[place].account)

    def may_membership(self, person: int, action: str, place: int) -> bool:
        row = self.held[place]
        own = {"membership.read", "membership.answer", "membership.contact", "membership.leave"}
        if row.person == person and action in own and self.live(person):
            return True
        return self.on_account(person, action, row.account, row.part)

    def may_delegation(self, person: int, action: str, place: int) -> bool:
        row = self.acts[place]
        if action in PROVIDERS:
            return self.for_business(person, action, row.business, row.account)
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
