"""One program, whole: everything its definition file says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from app.programs.actions import Action
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
from app.programs.schema.case_faults import case_faults
from app.programs.schema.cases import CaseType, section_actions
from app.programs.schema.consents import Consent, consent_actions, consent_faults
from app.programs.schema.delegation import AccessRequests, Delegation, delegation_faults
from app.programs.schema.eligibility import (
    Base,
    Eligibility,
    Line,
    eligibility_faults,
    line_faults,
)
from app.programs.schema.enrolment import Enrolment, enrolment_faults
from app.programs.schema.letters import Letters, letter_faults
from app.programs.schema.roles import (
    Role,
    Row,
    Transfer,
    Users,
    matrix_faults,
    role_faults,
    transfer_faults,
    unusable_faults,
)
from app.programs.schema.scenarios import Scenario, scenario_faults
from app.programs.schema.sources import Fault, unknown_sources, walk
from app.programs.schema.staff import StaffView
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


NEEDED_BY: dict[str, frozenset[Action]] = {
    "users": frozenset({Action.USERS_ADD}),
    "transfer": frozenset({Action.OWNERSHIP_TRANSFER}),
    "access_requests": frozenset({Action.REQUESTS_ANSWER}),
    "delegation": frozenset(
        {
            Action.CLIENTS_ALL,
            Action.CLIENTS_ASK,
            Action.CLIENTS_ASSIGN,
            Action.CLIENTS_VIEW,
            Action.DELEGATIONS_ANSWER,
            Action.DELEGATIONS_VIEW,
        }
    ),
}
"""Keys that a definition may lack → deeds that mean nothing then."""


PROGRAM_VALUES = frozenset({"expected", "valid", "transfer"})
"""What `how_to_get_an_account` may leave a hole for, so that no rule's number stands twice.

`expected` is how long the letter may take, `valid` the life of the code and `transfer` the
time to accept the ownership of an account.
"""


MAILED_VALUES = frozenset({"expected", "valid"})
"""Those that only a program which mails codes has."""


class Standing(Rule):
    """A state of the account's own life in the program."""

    code: Code
    label: Text
    initial: YesNo
    benefits: YesNo
    """Whether the benefits of membership run."""


class Definition(Strict):
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
    users: Users | None = None
    """Absent where nobody is added: people come by enrolment or by asking."""
    transfer: Transfer | None = None
    """Absent where nothing changes hands: the required role is then given by its holders."""
    access_requests: AccessRequests | None = None
    delegation: Delegation | None = None
    enrolment: Enrolment
    eligibility: Eligibility
    letters: Letters
    cases: ByCode[CaseType] = Field(default_factory=dict)
    consents: ByCode[Consent] = Field(default_factory=dict)
    staff_views: ByCode[StaffView] = Field(default_factory=dict)
    scenarios: ByCode[Scenario] = Field(default_factory=dict)
    """What the definition is tried out with; they decide nothing."""
    sources: ByCode[SourcePage]

    def brought(self) -> dict[str, str]:
        """The actions that its own sections and consents bring → the code of each one's."""
        return section_actions(self.cases) | consent_actions(self.consents)

    def faults(self) -> Iterator[Fault]:
        """Values that are each well formed and do not fit together."""
        yield from unknown_sources(self, self.sources)
        yield from matrix_faults(self.matrix, self.brought())
        yield from role_faults(self.matrix, self.roles, self.transfer)
        yield from transfer_faults(self.roles, self.transfer)
        yield from delegation_faults(self.matrix, self.delegation)
        yield from unusable_faults(self.matrix, self.roles, self._absent())
        yield from line_faults(self.bases, self.lines)
        yield from eligibility_faults(self.eligibility, self.bases, self.lines)
        yield from enrolment_faults(
            self.enrolment, self.roles, self._begins(), self.bases, self.lines
        )
        yield from letter_faults(
            self.letters,
            codes=self.enrolment.mailed_code is not None,
            notices=self.enrolment.shared_facts is not None,
        )
        yield from case_faults(self.cases, self._lists(), self._granted())
        yield from consent_faults(self.consents, self.cases, self.standings, self._granted())
        yield from scenario_faults(self)
        for n, section in enumerate(self.how_to_get_an_account):
            yield from _unfilled(section, ("how_to_get_an_account", n), self._values())
        if self.terms.accepted != "at_activation":
            yield ("terms", "accepted"), "expected at_activation"
        if sum(standing.initial for standing in self.standings.values()) != 1:
            yield ("standings",), "expected one standing with initial: yes"

    @property
    def required_role(self) -> Role:
        """The role that every account begins with, and that no open account is without."""
        return next(role for role in self.roles.values() if role.required)

    def _begins(self) -> str | None:
        """The code of that role, as far as this definition names one."""
        if self.transfer is not None:
            return self.transfer.role
        return next((code for code, role in self.roles.items() if role.required), None)

    def _absent(self) -> dict[str, frozenset[Action]]:
        """The keys that this definition lacks, with the deeds that need them."""
        return {key: deeds for key, deeds in NEEDED_BY.items() if getattr(self, key) is None}

    def _lists(self) -> dict[str, dict[str, Any]]:
        return {
            "bases": self.bases,
            "lines": self.lines,
            "standings": self.standings,
            "service_standards": self.service_standards,
        }

    def _values(self) -> frozenset[str]:
        """What `how_to_get_an_account` may leave a hole for: no letter, no length of a letter."""
        unknown = MAILED_VALUES if self.enrolment.mailed_code is None else frozenset()
        return PROGRAM_VALUES - unknown - ({"transfer"} if self.transfer is None else set())

    def _granted(self) -> frozenset[str]:
        """The actions of every row that some role has."""
        rows = {row for role in self.roles.values() for row in role.may} & self.matrix.keys()
        return frozenset(action for row in rows for action in self.matrix[row].actions)


def _unfilled(
    section: Section, path: tuple[str | int, ...], values: frozenset[str]
) -> Iterator[Fault]:
    for where, model in walk(section, path):
        odd = model.placeholders() - values if isinstance(model, Text) else frozenset()
        if odd:
            known = ", ".join(sorted(values))
            yield where, f"expected placeholders among {known}, not {', '.join(sorted(odd))}"
