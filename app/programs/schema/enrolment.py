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
    Whole,
    YesNo,
)
from app.programs.schema.eligibility import Base, Line
from app.programs.schema.roles import Role
from app.programs.schema.sources import Fault, Path

Check = Literal["none", "business_number"]
FactKind = Literal["transaction", "payment", "statement"]
"""What the ledger holds lines of."""


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


class Way(Rule):
    """What every way to an account says: who begins it, and what names the business."""

    role: Code
    """The role of whoever begins the account."""
    late_after: BusinessSpan
    """When staff see a letter that they have not made as late."""
    draft_life: CalendarSpan
    """From the first answer: how long unfinished answers are kept."""
    attestation: Text
    identifiers: ByCode[Identifier]


class MailedCode(Way):
    """Client number and activation code in a registered letter."""

    valid: CalendarSpan
    """From the making of the code, which is the day of posting."""
    expected_within: CalendarSpan
    """What the applicant is told."""
    remind_after: Many[CalendarSpan]
    """From the making of the code: when an applicant who has not used it is reminded."""
    lapse_after: CalendarSpan
    """From the code's last day: how long a new letter may be asked for before the registration
    lapses."""


class Answered(Strict):
    """One thing to type about a line of the ledger, and what helps with it."""

    label: Text
    hint: Text
    format_error: Text


class Fact(Rule):
    """A question that somebody who keeps the business's records can answer.

    The person chooses which transaction, payment or statement; it is named by its number or its
    day, and proved by its amount.
    """

    code: Code
    kind: FactKind
    label: Text
    number: Answered | None = None
    dated: Answered | None = None
    amount: Answered
    zero: YesNo
    """Whether an amount of zero proves anything."""

    @model_validator(mode="after")
    def _named_by_one_thing(self) -> Fact:
        numbered = self.kind == "transaction"
        if numbered != (self.number is not None) or numbered == (self.dated is not None):
            raise ValueError(
                "expected number at a transaction; dated at a payment and at a statement"
            )
        return self


class ProgramAccountAsked(Strict):
    """The program account that is typed beside the business number, such as RM0001."""

    label: Text
    hint: Text
    pattern: Pattern
    """Matched whole, after spaces and dashes are dropped and letters made capitals. The registry
    has two letters and four digits; a pattern may narrow that."""
    format_error: Text


class SharedFacts(Way):
    """Name and address as recorded, then facts from the business's own records."""

    ask: Whole
    """How many of the facts are asked for; fewer where the ledger holds fewer kinds."""
    facts: ByCode[Fact]
    program_account: ProgramAccountAsked | None = None


Kind = Literal["shared_facts", "mailed_code"]


class StaffCreated(Rule):
    """Staff make the account and name the prospective owner, who then activates by letter."""

    role: Code
    explanation: Text


class Enrolment(Strict):
    """The kinds of enrolment that the program offers."""

    shared_facts: SharedFacts | None = None
    """First where there is one: the letter is then for whoever has no facts on record."""
    mailed_code: MailedCode | None = None
    staff_created: StaffCreated | None = None

    @model_validator(mode="after")
    def _has_a_way(self) -> Enrolment:
        if self.shared_facts is None and self.mailed_code is None:
            raise ValueError("expected shared_facts or mailed_code, or both")
        return self

    @property
    def first(self) -> Way:
        """The way that a registration begins on."""
        found = self.shared_facts or self.mailed_code
        assert found is not None  # noqa: S101 (held by the validator above)
        return found


_ALIKE = ("role", "late_after", "draft_life", "identifiers")
"""What a registration asks before it is known which way it takes."""


def enrolment_faults(
    enrolment: Enrolment,
    roles: dict[str, Role],
    owner: str | None,
    bases: dict[str, Base],
    lines: dict[str, Line],
) -> Iterator[Fault]:
    """What does not exist, or does not fit together.

    Roles, bases and lines; an account that would begin without its owner, or without whoever
    holds the required role; two ways that ask differently for the same.
    """
    yield from _role_faults(enrolment, roles, owner)
    for kind, way in _ways(enrolment):
        yield from _identifier_faults(("enrolment", kind), way, bases, lines)
    yield from _fit(enrolment)


def _identifier_faults(
    here: Path, way: Way, bases: dict[str, Base], lines: dict[str, Line]
) -> Iterator[Fault]:
    for code, identifier in way.identifiers.items():
        for n, asked in enumerate(identifier.asked_of):
            path = (*here, "identifiers", code, "asked_of", n)
            if asked.base not in bases:
                yield (*path, "base"), f"expected one of the bases, not {asked.base}"
            for m, line in enumerate(asked.lines):
                if line not in lines:
                    yield (*path, "lines", m), f"expected one of the lines, not {line}"


def _fit(enrolment: Enrolment) -> Iterator[Fault]:
    facts, mailed = enrolment.shared_facts, enrolment.mailed_code
    if facts is not None:
        yield from _fact_faults(facts)
    if mailed is None and enrolment.staff_created is not None:
        yield (
            ("enrolment", "staff_created"),
            "expected mailed_code beside it: the account is activated by letter",
        )
    for name in _ALIKE if facts is not None and mailed is not None else ():
        if getattr(facts, name) != getattr(mailed, name):
            yield ("enrolment", "mailed_code", name), "expected the same as in shared_facts"


def _ways(enrolment: Enrolment) -> Iterator[tuple[Kind, Way]]:
    if enrolment.shared_facts is not None:
        yield "shared_facts", enrolment.shared_facts
    if enrolment.mailed_code is not None:
        yield "mailed_code", enrolment.mailed_code


def _fact_faults(rule: SharedFacts) -> Iterator[Fault]:
    here = ("enrolment", "shared_facts")
    if rule.ask > len(rule.facts):
        yield (*here, "ask"), f"expected at most {len(rule.facts)}, as many as there are facts"
    seen = set[str]()
    for code, fact in rule.facts.items():
        if fact.kind in seen:
            yield (
                (*here, "facts", code, "kind"),
                f"expected each kind once: one {fact.kind} would answer two questions",
            )
        seen.add(fact.kind)


def _role_faults(
    enrolment: Enrolment, roles: dict[str, Role], owner: str | None
) -> Iterator[Fault]:
    kinds = (
        ("shared_facts", enrolment.shared_facts),
        ("mailed_code", enrolment.mailed_code),
        ("staff_created", enrolment.staff_created),
    )
    for kind, rule in kinds:
        if rule is not None and rule.role not in roles:
            yield ("enrolment", kind, "role"), f"expected one of the roles, not {rule.role}"
        elif rule is not None and owner is not None and rule.role != owner:
            yield ("enrolment", kind, "role"), f"expected {owner}: an account begins with it"
