"""How a business gets its account: the kinds of enrolment and the identifiers they ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from app.programs.schema.base import (
    BusinessSpan,
    ByCode,
    CalendarSpan,
    Code,
    Many,
    Pattern,
    Rule,
    Strict,
    Text,
)
from app.programs.schema.eligibility import Base, Line
from app.programs.schema.roles import Role
from app.programs.schema.sources import Fault

Check = Literal["none", "business_number"]


class IdentifierField(Strict):
    """One thing to type: its format, and the sentences that help with it."""

    code: Code
    label: Text
    hint: Text
    pattern: Pattern
    """Matched whole, after spaces and dashes are dropped and letters made capitals."""
    format_error: Text
    check: Check = "none"
    check_error: Text | None = None

    @model_validator(mode="after")
    def _check_is_explained(self) -> IdentifierField:
        if (self.check == "none") != (self.check_error is None):
            raise ValueError("expected check_error with a check, and only then")
        return self


class AskedOf(Strict):
    """Applicants of this base, and of these lines when any are named."""

    base: Code
    lines: Many[Code] = Field(default=())


class Identifier(Rule):
    """What names a business in the registry, and of whom it is asked."""

    code: Code
    asked_of: Many[AskedOf]
    fields: ByCode[IdentifierField]
    """The first field is the identifier itself; the others must agree with the registry."""


class MailedCode(Rule):
    """Client number and activation code in a registered letter."""

    role: Code
    """The role of whoever activates."""
    valid: CalendarSpan
    """From the making of the code, which is the day of posting."""
    expected_within: CalendarSpan
    """What the applicant is told."""
    late_after: BusinessSpan
    """When staff see the letter as late."""
    remind_after: Many[CalendarSpan]
    """From the making of the code: when an applicant who has not used it is reminded."""
    lapse_after: CalendarSpan
    """From the code's last day: how long a new letter may be asked for before the registration
    lapses."""
    draft_life: CalendarSpan
    """From the first answer: how long unfinished answers are kept."""
    attestation: Text
    identifiers: ByCode[Identifier]


class StaffCreated(Rule):
    """Staff make the account and name the prospective owner, who then activates by letter."""

    role: Code
    explanation: Text


class Enrolment(Strict):
    """The kinds of enrolment that the program offers."""

    mailed_code: MailedCode
    staff_created: StaffCreated | None = None


def enrolment_faults(
    enrolment: Enrolment,
    roles: dict[str, Role],
    owner: str,
    bases: dict[str, Base],
    lines: dict[str, Line],
) -> Iterator[Fault]:
    """Roles, bases and lines that do not exist; an account that would begin without its owner."""
    yield from _role_faults(enrolment, roles, owner)
    for code, identifier in enrolment.mailed_code.identifiers.items():
        for n, asked in enumerate(identifier.asked_of):
            path = ("enrolment", "mailed_code", "identifiers", code, "asked_of", n)
            if asked.base not in bases:
                yield (*path, "base"), f"expected one of the bases, not {asked.base}"
            for m, line in enumerate(asked.lines):
                if line not in lines:
                    yield (*path, "lines", m), f"expected one of the lines, not {line}"


def _role_faults(enrolment: Enrolment, roles: dict[str, Role], owner: str) -> Iterator[Fault]:
    kinds = (("mailed_code", enrolment.mailed_code), ("staff_created", enrolment.staff_created))
    for kind, rule in kinds:
        if rule is not None and rule.role not in roles:
            yield ("enrolment", kind, "role"), f"expected one of the roles, not {rule.role}"
        elif rule is not None and rule.role != owner:
            yield ("enrolment", kind, "role"), f"expected {owner}: whoever activates is the owner"
