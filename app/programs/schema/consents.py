"""What a client may allow the agency to share: with whom, since when, and in which words."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Final, Literal

from pydantic import Field, model_validator

from app.programs.actions import Action
from app.programs.schema.base import ByCode, Code, Day, Many, Rule, Text, Whole, Words
from app.programs.schema.cases import CaseType
from app.programs.schema.sources import Fault, Path, walk

if TYPE_CHECKING:
    from datetime import date

CONSENTED: Final = ("view", "give")
"""What may be done with a consent: each is an action, like `data_sharing.give`.

Whoever may give one may withdraw it.
"""


class SharedItem(Rule):
    """One of the things that are shared; the list is closed."""

    code: Code
    label: Text


class Partner(Rule):
    """An administration that what is shared would go to, and while it is a partner.

    Without `begins` it has been one for longer than any source says; `ends` is the first day on
    which it no longer is.
    """

    code: Code
    label: Text
    runs: Words | None = None
    """What its own program is called, in no language of ours."""
    begins: Day | None = None
    dated: Literal["in_force", "year", "signed", "announced", "reported"] = "in_force"
    """What the source says of the first day; `year` is that of which it gives no day."""
    ends: Day | None = None

    @model_validator(mode="after")
    def _days_in_order(self) -> Partner:
        if self.begins is None and self.dated != "in_force":
            raise ValueError("expected begins where dated says what that day is")
        if self.begins is not None and self.ends is not None and self.ends <= self.begins:
            raise ValueError("expected ends after begins")
        return self

    def in_force(self, day: date) -> bool:
        """Whether it is a partner on this day of the program's calendar."""
        begun = self.begins is None or self.begins <= day
        return begun and (self.ends is None or day < self.ends)


class Consent(Rule):
    """Something that may be shared with partners once the client consents, partner by partner."""

    code: Code
    label: Text
    short: Text
    wording: Whole
    """Raised when the words that are agreed to change, or what is shared."""
    lead: Text
    text: Many[Text]
    """What whoever gives it reads."""
    declaration: Text
    """What whoever gives it declares."""
    case: Code
    given_in: Many[Code]
    """The states of the account's newest case of this kind in which it may be given."""
    or_standing: Many[Code] = Field(default=())
    """Standings of the account in which it may be given whatever its case."""
    shares: ByCode[SharedItem]
    partners: ByCode[Partner]

    def sha256(self) -> str:
        """A fingerprint of what is agreed to under the number of its wording, in both languages."""
        told = self.model_dump_json(include={"text", "declaration", "shares", "wording"})
        return hashlib.sha256(told.encode()).hexdigest()


def consent_actions(consents: Mapping[str, Consent]) -> dict[str, str]:
    """The actions that consents bring → the code of each one's consent."""
    return {f"{code}.{deed}": code for code in consents for deed in CONSENTED}


def consent_faults(
    consents: Mapping[str, Consent],
    cases: Mapping[str, CaseType],
    standings: Collection[str],
    granted: Collection[str],
) -> Iterator[Fault]:
    """A code that is taken, a case or state that is not there, words with holes, no role."""
    taken = {action.partition(".")[0] for action in Action}
    taken |= {code for case in cases.values() for code in case.sections}
    for code, consent in consents.items():
        here: Path = ("consents", code)
        if code in taken:
            yield here, f"expected another code: {code} has actions of its own already"
        for deed in CONSENTED:
            if f"{code}.{deed}" not in granted:
                yield here, f"expected a row of the matrix, of some role, with {code}.{deed}"
        yield from _time_faults(consent, cases, standings, here)
        for path, model in walk(consent, here):
            if isinstance(model, Text) and model.placeholders():
                yield path, "expected a text without placeholders: nothing fills them here"


def _time_faults(
    consent: Consent, cases: Mapping[str, CaseType], standings: Collection[str], here: Path
) -> Iterator[Fault]:
    """What says when it may be given, and names nothing that there is."""
    for n, standing in enumerate(consent.or_standing):
        if standing not in standings:
            yield (*here, "or_standing", n), f"expected one of the standings, not {standing}"
    case = cases.get(consent.case)
    if case is None:
        yield (*here, "case"), f"expected one of the cases, not {consent.case}"
        return
    for n, state in enumerate(consent.given_in):
        if state not in case.states:
            yield (*here, "given_in", n), f"expected one of the states, not {state}"
