"""One program, whole: everything its definition file says."""

from __future__ import annotations

from collections.abc import Iterator

from app.programs.schema.base import (
    AnyDays,
    ByCode,
    Code,
    Contact,
    Many,
    Rule,
    Section,
    SourcePage,
    Strict,
    Text,
    Whole,
    YesNo,
    Zone,
)
from app.programs.schema.eligibility import Base, Eligibility, Line, eligibility_faults
from app.programs.schema.enrolment import Enrolment, enrolment_faults
from app.programs.schema.letters import Letters, letter_faults
from app.programs.schema.roles import Delegation, Role, Row, Transfer, Users, role_faults
from app.programs.schema.sources import Fault, unknown_sources
from app.programs.schema.terms import Terms


class Names(Strict):
    """`full` is the official name; `in_sentence` carries the article a sentence needs."""

    full: Text
    short: Text
    in_sentence: Text
    portal: Text
    """The name under which the field knows the program's counter."""


class ServiceStandard(Rule):
    """What the program promises, with its kind of day."""

    code: Code
    label: Text
    within: AnyDays
    counted_from: Text


class Standing(Rule):
    """A state of the account's own life in the program."""

    code: Code
    label: Text
    initial: YesNo
    benefits: YesNo
    """Whether the benefits of membership run."""


class Program(Strict):
    """The whole of one program's file."""

    code: Code
    version: Whole
    names: Names
    zone: Zone
    contact: Contact
    summary: Many[Text]
    who_can_apply: Many[Section]
    how_to_get_an_account: Many[Section]
    terms: Terms
    service_standards: ByCode[ServiceStandard]
    standings: ByCode[Standing]
    bases: ByCode[Base]
    lines: ByCode[Line]
    matrix: ByCode[Row]
    roles: ByCode[Role]
    users: Users
    transfer: Transfer
    delegation: Delegation | None = None
    enrolment: Enrolment
    eligibility: Eligibility
    letters: Letters
    sources: ByCode[SourcePage]

    def faults(self) -> Iterator[Fault]:
        """Values that are each well formed and do not fit together."""
        yield from unknown_sources(self, self.sources)
        yield from role_faults(self.matrix, self.roles, self.transfer, self.delegation)
        yield from eligibility_faults(self.eligibility, self.bases, self.lines)
        yield from enrolment_faults(self.enrolment, self.roles, self.bases, self.lines)
        yield from letter_faults(self.letters)
        if self.terms.accepted != "at_activation":
            yield ("terms", "accepted"), "expected at_activation"
        if sum(standing.initial for standing in self.standings.values()) != 1:
            yield ("standings",), "expected one standing with initial: yes"
