"""How each kind of row is tied to an account, a program or a person.

A subject registers its models here once; ``visible`` then answers for all of them. A model
without a scope is visible to nobody: forgetting one shows at once and leaks nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, false, or_

from app.authority import predicate
from app.authority.predicate import Clause, Expression
from app.base.db import Model


@dataclass(frozen=True, slots=True)
class Scope:
    """What ties a row to people.

    ``account``: the column with its account · ``part``: the column with the program account it
    belongs to, where it belongs to one · ``program``: the column with its program · ``owner``:
    the column with the person it belongs to, who may do ``own_actions`` · ``staff``: added to
    the plain program clause, and in its place where a row has no program column · ``about``: of an
    account's rows, those that a client action is about, where it is not about all of them.
    """

    account: Expression | None = None
    part: Expression | None = None
    program: Expression | None = None
    owner: Expression | None = None
    own_actions: frozenset[str] = field(default_factory=frozenset)
    staff: Callable[[int, str], Clause] | None = None
    about: Callable[[str], Clause] | None = None

    def clause(self, person_id: int, action: str) -> Clause:
        """The rows on which the person may do the action."""
        ways = (
            self._staff_ways(person_id, action)
            if action.startswith("staff.")
            else self._client_ways(person_id, action)
        )
        return or_(*ways) if ways else false()

    def _staff_ways(self, person_id: int, action: str) -> list[Clause]:
        ways: list[Clause] = []
        if self.program is not None:
            ways.append(predicate.by_staff(person_id, action, self.program))
        if self.staff is not None:
            ways.append(self.staff(person_id, action))
        return ways

    def _client_ways(self, person_id: int, action: str) -> list[Clause]:
        ways: list[Clause] = []
        if self.account is not None:
            granted = predicate.on_account(person_id, action, self.account, self.part)
            ways.append(and_(self.about(action), granted) if self.about else granted)
        if self.owner is not None and action in self.own_actions:
            ways.append(and_(self.owner == person_id, predicate.live(person_id)))
        return ways


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
