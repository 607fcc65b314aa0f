"""What may be consented to today, what a change means, and which consents have effect."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.base.errors import Conflict, Invalid

if TYPE_CHECKING:
    from datetime import date

    from app.programs.schema.consents import Consent, Partner

Effect = Literal["effective", "not_begun", "ended", "withdrawn"]
"""Whether a consent lets anything be shared: only one that is effective does."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a choice of partners comes to, each in the definition's order."""

    given: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def is_none(self) -> bool:
        """Whether everything stays as it is."""
        return not self.given and not self.withdrawn


def open_today(consent: Consent, day: date) -> tuple[str, ...]:
    """The partners that may be chosen on this day of the program's calendar."""
    return tuple(code for code, one in consent.partners.items() if one.in_force(day))


def may_be_given(consent: Consent, state: str | None, standing: str) -> bool:
    """Whether the account's newest case is far enough: "Étape 5", once it is submitted (step 4).

    None is the state where no case was begun: a member from before has none, and its standing is
    enough.
    """
    return state in consent.given_in or standing in consent.or_standing


def effect_of(partner: Partner | None, day: date, *, withdrawn: bool) -> Effect:
    """What a consent to this partner comes to on this day.

    None stands for a partner that the definition no longer has: its arrangement is over. What was
    withdrawn stays so, whatever becomes of the partner.
    """
    if withdrawn:
        return "withdrawn"
    if partner is None or (partner.ends is not None and partner.ends <= day):
        return "ended"
    return "effective" if partner.in_force(day) else "not_begun"


def change(
    consent: Consent, standing: Collection[str], wanted: Collection[str], day: date
) -> Change:
    """What it means to want these partners, and no others, where consent stands for those.

    A consent that stands may be kept whatever became of its partner. Raises Invalid ``partners``:
    unknown, for one that neither stands nor may be chosen today.
    """
    order = [*consent.partners, *sorted(set(standing) - consent.partners.keys())]
    choosable = {*open_today(consent, day), *standing}
    if not choosable.issuperset(wanted):
        raise Invalid({"partners": "unknown"})
    return Change(
        given=tuple(code for code in order if code in wanted and code not in standing),
        withdrawn=tuple(code for code in order if code in standing and code not in wanted),
        kept=tuple(code for code in order if code in standing and code in wanted),
    )


def fingerprint(consent: Consent, standing: Mapping[str, int]) -> str:
    """A short word for what a page shows: the words agreed to, and the consents that stand.

    ``standing`` is partner → the number of its row: what was withdrawn and given anew is another.
    """
    told = f"{consent.wording} {sorted(standing.items())}"
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def require(found: Change, *, possible: bool, same: bool, declared: bool) -> None:
    """Let the change be made, or say why not. Withdrawing asks for nothing.

    ``possible`` is whether the account may give it now, ``same`` whether what the page showed is
    still what stands. Raises Conflict ``stale``, ``not_yet``; Invalid ``declared``: empty.
    """
    if not same:
        raise Conflict("stale")
    if not found.given:
        return
    if not possible:
        raise Conflict("not_yet")
    if not declared:
        raise Invalid({"declared": "empty"})
