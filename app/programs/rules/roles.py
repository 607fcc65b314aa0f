"""What a role may do, and which roles its holders give or only propose."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from app.programs.actions import Action

if TYPE_CHECKING:
    from app.programs.schema.definition import Definition
    from app.programs.schema.roles import Role, Transfer


ON_USERS: Final = frozenset(
    {Action.USERS_ADD, Action.USERS_MODIFY, Action.USERS_ACTIVATE, Action.REQUESTS_ANSWER}
)
"""Deeds on somebody's role: having the action is not enough, the role must be one's to give."""


class Reach(StrEnum):
    """How far a line of the matrix carries a role."""

    NONE = "none"
    PROPOSED = "proposed"
    """Only the people whom its holder proposed, until somebody else decides."""
    GIVEN = "given"
    """Only the roles that it gives, of those that are given at all."""
    ALL = "all"


def actions_of(definition: Definition, role: str) -> frozenset[str]:
    """Every action that the role's lines of the matrix stand for."""
    rows = (definition.matrix[row] for row in definition.roles[role].may)
    return frozenset(action for row in rows for action in row.actions)


def may_give(definition: Definition, giver: str, role: str) -> bool:
    """Whether a holder of `giver` may give `role` to somebody, and take it away again.

    "Les rôles suivants peuvent être confiés à d’autres employés à la discrétion du propriétaire
    du compte": the definition lists, for each role, those it gives.
    """
    return giver in definition.roles and role in definition.roles[giver].gives


def may_propose(definition: Definition, proposer: str, role: str) -> bool:
    """Whether a holder of `proposer` may name somebody for `role`, for others to decide."""
    return proposer in definition.roles and role in definition.roles[proposer].proposes


def reach(definition: Definition, role: Role, row: str) -> Reach:
    """How far the line ``row`` of the matrix carries the role: what its cell must say.

    "By those who may give that role; user administrators only propose" (issue 2 §4): a line on
    users means less for a role that gives fewer roles.
    """
    if row not in role.may:
        return Reach.NONE
    if not ON_USERS & set(definition.matrix[row].actions):
        return Reach.ALL
    given = set(definition.roles) - {code for code in definition.roles if moved(definition, code)}
    if given <= set(role.gives):
        return Reach.ALL
    return Reach.GIVEN if role.gives else Reach.PROPOSED


def moved(definition: Definition, role: str) -> bool:
    """Whether the role only changes hands: nobody gives it, and nobody takes it away."""
    return definition.transfer is not None and role == definition.transfer.role


def rank(definition: Definition, role: str) -> int:
    """The role's place in the definition: 1 is the highest."""
    return list(definition.roles).index(role) + 1


def old_holder_choices(definition: Definition, transfer: Transfer) -> tuple[Role | None, ...]:
    """What the old holder of a transferred role may become; None is leaving the account.

    The first is what the definition offers first.
    """
    offered = definition.roles[transfer.old_holder_becomes]
    return (offered, None) if transfer.old_holder_may_leave else (offered,)
