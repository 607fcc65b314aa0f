"""Roles: what each may do, and who gives, takes away or only proposes each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from app.programs.actions import Action
from app.programs.schema.base import (
    CalendarSpan,
    Code,
    Many,
    Rule,
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


Reaches = Literal["account", "program_account"]
"""How far what is held reaches: the whole account, or one program account of it."""


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
    reach: Reaches = "account"
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
    matrix: dict[str, Row], roles: dict[str, Role], transfer: Transfer | None
) -> Iterator[Fault]:
    """References between roles and rows that lead nowhere, and rules that contradict."""
    moved = transfer.role if transfer is not None else None
    for code, role in roles.items():
        here = ("roles", code)
        yield from row_faults(role.may, matrix, (*here, "may"))
        yield from _giving_faults(role, roles, moved, here)
        yield from _required_faults(role, here)
        if transfer is not None and code == moved and not role.required:
            yield (*here, "required"), "expected yes: no account may be without this role"
        if transfer is not None and code != moved and role.required:
            yield (*here, "required"), f"expected no: an account begins with {moved} alone"
    yield from _beginning_faults(roles, transfer)


def _required_faults(role: Role, here: Path) -> Iterator[Fault]:
    """Who holds the role that no account is without answers for the whole of it."""
    if role.required and role.reach != "account":
        yield (*here, "reach"), "expected account: a role that is required answers for all of it"


def _beginning_faults(roles: dict[str, Role], transfer: Transfer | None) -> Iterator[Fault]:
    """The one role that accounts begin with, and how its first holder is ever replaced."""
    required = [role for role in roles.values() if role.required]
    if not required:
        yield ("roles",), "expected one role with required: yes, that of the account’s owner"
    if transfer is not None:
        return
    for role in required[1:]:
        path = ("roles", role.code, "required")
        yield path, f"expected no: an account begins with {required[0].code} alone"
    for role in required:
        if role.exclusive:
            path = ("roles", role.code, "exclusive")
            yield path, "expected no, or a transfer: its first holder could never be replaced"
        elif role.code not in role.gives:
            path = ("roles", role.code, "gives")
            yield path, f"expected {role.code} among them: nobody else could make a second one"


def _giving_faults(
    role: Role, roles: dict[str, Role], moved: str | None, here: Path
) -> Iterator[Fault]:
    """Roles that do not exist, are not given to anybody, or are higher than who gives them."""
    codes = list(roles)
    for key, named in (("gives", role.gives), ("proposes", role.proposes)):
        for n, other in enumerate(named):
            if other not in roles:
                yield (*here, key, n), f"expected one of the roles, not {other}"
            elif other == moved:
                yield (*here, key, n), f"expected another role: {other} is only transferred"
            elif key == "gives" and codes.index(other) < codes.index(role.code):
                yield (*here, key, n), f"expected a role no higher than {role.code}, not {other}"
            elif role.reach != "account" and roles[other].reach == "account":
                yield (*here, key, n), f"expected a role that reaches no further, not {other}"
    for other in sorted(set(role.gives) & set(role.proposes)):
        yield (*here, "proposes"), f"expected {other} under gives or here, not in both"


def transfer_faults(roles: dict[str, Role], transfer: Transfer | None) -> Iterator[Fault]:
    """A transfer of or to a role that does not exist, or that several people hold."""
    if transfer is None:
        return
    named = (("role", transfer.role), ("old_holder_becomes", transfer.old_holder_becomes))
    for key, code in named:
        if code not in roles:
            yield ("transfer", key), f"expected one of the roles, not {code}"
    if transfer.role in roles and not roles[transfer.role].exclusive:
        yield ("transfer", "role"), "expected an exclusive role: another one is given, not moved"
    if transfer.role == transfer.old_holder_becomes:
        yield ("transfer", "old_holder_becomes"), "expected another role than the transferred one"


def unusable_faults(
    matrix: dict[str, Row], roles: dict[str, Role], absent: dict[str, frozenset[Action]]
) -> Iterator[Fault]:
    """Roles that may do what the definition has no rules for: key that is missing → its deeds."""
    for code, role in roles.items():
        for n, row in enumerate(role.may):
            actions = matrix[row].actions if row in matrix else {}
            for key, deeds in absent.items():
                for action in sorted(deeds & actions.keys()):
                    yield ("roles", code, "may", n), f"expected no {action} here, or {key}"


def row_faults(named: tuple[str, ...], matrix: dict[str, Row], path: Path) -> Iterator[Fault]:
    """Names of rows that the matrix does not have."""
    for n, row in enumerate(named):
        if row not in matrix:
            yield (*path, n), f"expected a row of the matrix, not {row}"
