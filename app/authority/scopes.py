"""How each kind of row is tied to an account, a program or a person.

A subject registers its models here once; ``visible`` then answers for all of them. A model
without a scope is visible to nobody: forgetting one shows at once and leaks nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import and_, false, literal, or_

from app.authority import predicate
from app.authority.predicate import Clause, Expression, Seen
from app.base.db import Model
from app.programs.actions import Action

PROVIDERS = frozenset(
    {Action.CLIENTS_ALL, Action.CLIENTS_ASK, Action.CLIENTS_ASSIGN, Action.CLIENTS_VIEW}
)
"""What the business that acts does with its clients: asked in its own account, never in theirs."""


class Place(NamedTuple):
    """An account, or one program account of it, that a page is about."""

    account_id: int
    part_id: int | None = None


class Rows(NamedTuple):
    """The rows of a place, said with its numbers: which they are, and of which part each is."""

    these: Clause
    part: Expression | None = None
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What ties a row to people.

    ``account``: the column with its account · ``part``: the column with the program account it
    belongs to, where it belongs to one · ``program``: the column with its program · ``owner``:
    the column with the person it belongs to, who may do ``own_actions`` · ``staff``: added to
    the plain program clause, and in its place where a row has no program column · ``about``: of an
    account's rows, those that a client action is about, where it is not about all of them.

    ``anywhere``: actions granted on the row by any part of its account · ``seen``: of an account's
    rows, those that a delegation lets its delegate see · ``delegate``: the column with the party
    that acts: what ``PROVIDERS`` do is asked in that party's own account, instead of the client's.
    ``at``: the rows of a place, where its columns do not say it fast enough.
    """

    account: Expression | None = None
    part: Expression | None = None
    program: Expression | None = None
    owner: Expression | None = None
    own_actions: frozenset[str] = field(default_factory=frozenset)
    staff: Callable[[int, str], Clause] | None = None
    about: Callable[[str], Clause] | None = None
    anywhere: frozenset[str] = field(default_factory=frozenset)
    seen: Seen | None = None
    delegate: Expression | None = None
    at: Callable[[Place], Rows] | None = None

    def clause(self, person_id: int, action: str) -> Clause:
        """The rows on which the person may do the action."""
        ways = (
            self._staff_ways(person_id, action)
            if action.startswith("staff.")
            else self._client_ways(person_id, action)
        )
        return or_(*ways) if ways else false()

    def clause_at(self, person_id: int, action: str, place: Place) -> Clause:
        """The same rows, those of one place alone: PostgreSQL asks once what the place grants."""
        rows = self._rows(place)
        if rows is None:
            return false()
        if action.startswith("staff.") or self.account is None or self.of_provider(action):
            return and_(rows.these, self.clause(person_id, action))
        ways = self._own_ways(person_id, action)
        ways.insert(0, self._about(action, self._granted_at(person_id, action, place, rows)))
        return and_(rows.these, or_(*ways))

    def of_provider(self, action: str) -> bool:
        """Whether the action on these rows is one of the business that acts."""
        return self.delegate is not None and action in PROVIDERS

    def _staff_ways(self, person_id: int, action: str) -> list[Clause]:
        ways: list[Clause] = []
        if self.program is not None:
            ways.append(predicate.by_staff(person_id, action, self.program))
        if self.staff is not None:
            ways.append(self.staff(person_id, action))
        return ways

    def _client_ways(self, person_id: int, action: str) -> list[Clause]:
        ways = self._own_ways(person_id, action)
        if self.delegate is not None and self.program is not None and self.of_provider(action):
            ways.append(predicate.in_business_of(person_id, action, self.delegate, self.program))
        elif self.account is not None:
            granted = predicate.on_account(
                person_id,
                action,
                self.account,
                self.part,
                anywhere=action in self.anywhere,
                seen=self.seen,
            )
            ways.insert(0, self._about(action, granted))
        return ways

    def _own_ways(self, person_id: int, action: str) -> list[Clause]:
        if self.owner is None or action not in self.own_actions:
            return []
        return [and_(self.owner == person_id, predicate.live(person_id))]

    def _about(self, action: str, granted: Clause) -> Clause:
        return and_(self.about(action), granted) if self.about else granted

    def _rows(self, place: Place) -> Rows | None:
        if self.at is not None:
            return self.at(place)
        if self.account is None or (place.part_id is not None and self.part is None):
            return None
        these: Clause = self.account == place.account_id
        if self.part is not None and place.part_id is not None:
            these = and_(these, self.part == place.part_id)
        return Rows(these, self.part, self.seen)

    def _granted_at(self, person_id: int, action: str, place: Place, rows: Rows) -> Clause:
        """By a membership, by a membership of the row's part, or by a delegation."""
        part = None if place.part_id is None else literal(place.part_id)
        asked = (person_id, action, place.account_id, part)
        anywhere = action in self.anywhere
        ways = [predicate.by_membership(*asked, anywhere=anywhere)]
        own_part = rows.part if part is None and not anywhere else None
        if own_part is not None:
            ways.append(predicate.by_part(*asked[:3], own_part))
        if own_part is None and rows.seen is None:
            ways.append(predicate.by_delegation(*asked, anywhere=anywhere))
        else:
            ways.append(
                predicate.through(*asked, anywhere=anywhere, own_part=own_part, seen=rows.seen)
            )
        return or_(*ways)


_scopes: dict[type[Model], Scope] = {}


def register(model: type[Any], scope: Scope) -> None:
    """Tie a model to its scope. A second registration is a mistake."""
    if model in _scopes:
        raise ValueError(f"{model.__name__} has a scope already")
    _scopes[model] = scope


def scope_of(model: type[Any]) -> Scope:
    """The model's scope; one that lets nobody see anything when none was registered."""
    return _scopes.get(model, Scope())


def registered() -> dict[type[Model], Scope]:
    """Every scope, for the tests that prove none is missing."""
    return dict(_scopes)
