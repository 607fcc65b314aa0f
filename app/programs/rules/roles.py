"""Who may do what, and who gives, takes away or only proposes which role."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.programs.actions import Action
    from app.programs.schema.definition import Definition
    from app.programs.schema.roles import Role

USERS_ACTIVATE = "users.activate"


def actions_of(definition: Definition, role: str) -> frozenset[Action]:
    """Every action that the role's lines of the matrix stand for."""
    rows = (definition.matrix[row] for row in definition.roles[role].may)
    return frozenset(action for row in rows for action in row.actions)


def may(definition: Definition, role: str, action: str) -> bool:
    """Whether the matrix grants the action to the role."""
    return role in definition.roles and action in actions_of(definition, role)


def may_give(definition: Definition, giver: str, role: str) -> bool:
    """Whether a holder of `giver` may give `role` to somebody.

    "Les rôles suivants peuvent être confiés à d’autres employés à la discrétion du propriétaire
    du compte": the definition lists, for each role, those it gives.
    """
    return giver in definition.roles and role in definition.roles[giver].gives


def may_take(definition: Definition, taker: str, role: str) -> bool:
    """Whether a holder of `taker` may change, suspend or end somebody's `role`.

    Who may give a role may take it: otherwise a mistake would wait for somebody else.
    """
    return may_give(definition, taker, role)


def may_propose(definition: Definition, proposer: str, role: str) -> bool:
    """Whether a holder of `proposer` may name somebody for `role`, for others to decide."""
    return proposer in definition.roles and role in definition.roles[proposer].proposes


def may_change(definition: Definition, changer: str, old: str, new: str) -> bool:
    """Whether a holder of `changer` may replace somebody's role `old` by `new`."""
    return may_take(definition, changer, old) and may_give(definition, changer, new)


def roles_to_offer(definition: Definition, adder: str) -> tuple[Role, ...]:
    """The roles that a holder of `adder` may give or propose, from highest to lowest."""
    return tuple(
        role
        for code, role in definition.roles.items()
        if may_give(definition, adder, code) or may_propose(definition, adder, code)
    )


def waits_for_activation(definition: Definition, adder: str) -> bool:
    """Whether a person added by a holder of `adder` waits for somebody to open their access.

    A newly added user is activated by the owner before access works; whoever may activate users
    does so by adding them.
    """
    return definition.users.waits_for_activation and not may(definition, adder, USERS_ACTIVATE)


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
