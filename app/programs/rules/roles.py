"""What a role may do, and which roles its holders give or only propose."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.programs.actions import Action
    from app.programs.schema.definition import Definition
    from app.programs.schema.roles import Role


def actions_of(definition: Definition, role: str) -> frozenset[Action]:
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


def rank(definition: Definition, role: str) -> int:
    """The role's place in the definition: 1 is the highest."""
    return list(definition.roles).index(role) + 1


def old_holder_choices(definition: Definition) -> tuple[Role | None, ...]:
    """What the old holder of a transferred role may become; None is leaving the account.

    The first is what the definition offers first.
    """
    transfer = definition.transfer
    offered = definition.roles[transfer.old_holder_becomes]
    return (offered, None) if transfer.old_holder_may_leave else (offered,)
