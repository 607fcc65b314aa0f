"""Roles: what each may do, and who gives, takes away or only proposes each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated

from pydantic import BeforeValidator, Field

from app.programs.actions import Action
from app.programs.schema.base import (
    ByCode,
    CalendarSpan,
    Code,
    Many,
    Rule,
    Strict,
    Text,
    YesNo,
)
from app.programs.schema.sources import Fault, Path


def _actions(value: object) -> object:
    if not isinstance(value, dict) or not value:
        raise ValueError("expected at least one action, with its label below it")
    return value


Actions = Annotated[dict[str, Text], BeforeValidator(_actions)]
"""Deeds that the portal knows, or those of a section or a consent, each with its label."""


class Row(Rule):
    """A line of the page “What each role may do”, and the portal's actions it stands for."""

    code: Code
    label: Text
    actions: Actions


class Role(Rule):
    """A role that a person may hold in an account. Roles are written from highest to lowest."""

    code: Code
    label: Text
    description: Text
    exclusive: YesNo
    """At most one person an account."""
    required: YesNo
    """Never nobody in an open account."""
    may: Many[Code]
    """Rows of the matrix."""
    gives: Many[Code] = Field(default=())
    """Roles that a holder may give, change, suspend and take away."""
    proposes: Many[Code] = Field(default=())
    """Roles that a holder may only propose: somebody who gives them decides."""


class Users(Rule):
    """How people come to an account that is already active."""

    accepted_by_added_person: YesNo
    waits_for_activation: YesNo
    """A person added by someone who may not activate users waits for someone who may."""


class Transfer(Rule):
    """How the account's owner is replaced."""

    role: Code
    """The role that is transferred."""
    immediate: YesNo
    """Whether the swap happens when the owner names the new one, without an acceptance."""
    accept_within: CalendarSpan
    old_holder_becomes: Code
    """What the old owner is offered first."""
    old_holder_may_leave: YesNo
    attestation: Text
    """What the new owner declares when accepting."""


class Level(Rule):
    """How far a delegation reaches."""

    code: Code
    label: Text
    may: Many[Code]


class Delegation(Strict):
    """Whether another business may act for the account, and at which levels."""

    levels: ByCode[Level]


def matrix_faults(matrix: dict[str, Row], of_sections: Collection[str]) -> Iterator[Fault]:
    """An action nobody knows; one that stands in two rows: a role could have it and not have it."""
    seen: dict[str, str] = {}
    known = [*Action, *sorted(of_sections)]
    for code, row in matrix.items():
        for action in row.actions:
            path = ("matrix", code, "actions", action)
            if action not in known:
                listed = ", ".join(known)
                yield path, f"expected an action the portal knows instead of {action}: {listed}"
            if action in seen:
                yield path, f"expected each action in one row; it is also in {seen[action]}"
            seen[action] = code


def role_faults(
    matrix: dict[str, Row], roles: dict[str, Role], transfer: Transfer
) -> Iterator[Fault]:
    """References between roles and rows that lead nowhere, and rules that contradict."""
    for code, role in roles.items():
        here = ("roles", code)
        yield from _row_faults(role.may, matrix, (*here, "may"))
        yield from _giving_faults(role, roles, transfer, here)
        if code == transfer.role and not role.required:
            yield (*here, "required"), "expected yes: no account may be without this role"
        if code != transfer.role and role.required:
            yield (*here, "required"), f"expected no: an account begins with {transfer.role} alone"
    if not any(role.required for role in roles.values()):
        yield ("roles",), "expected one role with required: yes, that of the account’s owner"


def _giving_faults(
    role: Role, roles: dict[str, Role], transfer: Transfer, here: Path
) -> Iterator[Fault]:
    """Roles that do not exist, are not given to anybody, or are higher than who gives them."""
    codes = list(roles)
    for key, named in (("gives", role.gives), ("proposes", role.proposes)):
        for n, other in enumerate(named):
            if other not in roles:
                yield (*here, key, n), f"expected one of the roles, not {other}"
            elif other == transfer.role:
                yield (*here, key, n), f"expected another role: {other} is only transferred"
            elif key == "gives" and codes.index(other) < codes.index(role.code):
                yield (*here, key, n), f"expected a role no higher than {role.code}, not {other}"
    for other in sorted(set(role.gives) & set(role.proposes)):
        yield (*here, "proposes"), f"expected {other} under gives or here, not in both"


def transfer_faults(roles: dict[str, Role], transfer: Transfer) -> Iterator[Fault]:
    """A transfer of or to a role that does not exist, or that several people hold."""
    named = (("role", transfer.role), ("old_holder_becomes", transfer.old_holder_becomes))
    for key, code in named:
        if code not in roles:
            yield ("transfer", key), f"expected one of the roles, not {code}"
    if transfer.role in roles and not roles[transfer.role].exclusive:
        yield ("transfer", "role"), "expected an exclusive role: another one is given, not moved"
    if transfer.role == transfer.old_holder_becomes:
        yield ("transfer", "old_holder_becomes"), "expected another role than the transferred one"


def delegation_faults(matrix: dict[str, Row], delegation: Delegation | None) -> Iterator[Fault]:
    """Levels that grant a row which does not exist."""
    for code, level in delegation.levels.items() if delegation else ():
        yield from _row_faults(level.may, matrix, ("delegation", "levels", code, "may"))


def _row_faults(named: tuple[str, ...], matrix: dict[str, Row], path: Path) -> Iterator[Fault]:
    for n, row in enumerate(named):
        if row not in matrix:
            yield (*path, n), f"expected a row of the matrix, not {row}"
