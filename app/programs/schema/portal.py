"""What the portal itself says and allows, whatever the program."""

from __future__ import annotations

from collections.abc import Iterator

from app.programs.schema.base import (
    ByCode,
    Contact,
    Many,
    Section,
    SourcePage,
    Strict,
    Text,
    Whole,
    Zone,
)
from app.programs.schema.limits import Limits
from app.programs.schema.sources import Fault, unknown_sources
from app.programs.schema.terms import Terms


class Agency(Strict):
    """Who runs the portal. `name` is written as it stands inside a sentence."""

    name: Text
    contact: Contact


class PortalTerms(Strict):
    """`mfa` is accepted once, before the first code; `portal` at every sign-in."""

    mfa: Terms
    portal: Terms


class PortalTexts(Strict):
    """Texts that staff may reword without a new version."""

    privacy: Many[Section]
    holidays: Text


class Portal(Strict):
    """The whole of portal.yaml."""

    version: Whole
    name: Text
    summary: Text
    agency: Agency
    zone: Zone
    terms: PortalTerms
    limits: Limits
    texts: PortalTexts
    sources: ByCode[SourcePage]

    def faults(self) -> Iterator[Fault]:
        """Values that are each well formed and do not fit together."""
        yield from unknown_sources(self, self.sources)
        yield from _terms_faults(self.terms)
        yield from _limit_faults(self.limits)


def _terms_faults(terms: PortalTerms) -> Iterator[Fault]:
    if terms.mfa.accepted != "once":
        yield ("terms", "mfa", "accepted"), "expected once"
    if terms.portal.accepted != "at_every_sign_in":
        yield ("terms", "portal", "accepted"), "expected at_every_sign_in"


def _limit_faults(limits: Limits) -> Iterator[Fault]:
    pairs = (
        ("one_time_code", "tries", limits.one_time_code.tries <= limits.one_time_code.in_a_row),
        ("one_time_code", "in_a_row", limits.one_time_code.in_a_row <= limits.one_time_code.in_all),
        ("resend", "per_hour", limits.resend.per_hour <= limits.resend.per_day),
        ("lock", "first", limits.lock.first <= limits.lock.longest),
        ("password", "min", limits.password.min <= limits.password.max),
        ("session", "warning", limits.session.warning < limits.session.idle),
        ("session", "idle", limits.session.idle <= limits.session.absolute),
    )
    for group, key, fits in pairs:
        if not fits:
            yield ("limits", group, key), "expected a value no greater than the one it leads to"
    if limits.letter_code.length % limits.letter_code.groups:
        yield ("limits", "letter_code", "groups"), "expected a number that divides the length"
