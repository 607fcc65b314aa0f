"""What clients may let the agency share: when, what, and with whom since when."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from app.ops.programs.show.layout import heading, wrapped
from app.ops.programs.words import COLON, either
from app.programs.schema.consents import Consent, Partner
from app.programs.schema.definition import Definition


def consents(program: Definition, language: str) -> Iterator[str]:
    """Every consent, in its order."""
    for consent in program.consents.values():
        yield from heading(f"{consent.label.say(language)} ({consent.code})")
        yield from wrapped(consent.lead.say(language))
        yield from wrapped(
            _when(program, consent, language), 0, _("may be given") + COLON[language]
        )
        yield ""
        yield (_("is shared") + COLON[language]).rstrip()
        for item in consent.shares.values():
            yield from wrapped(item.label.say(language), 2, "– ")
        yield (_("with") + COLON[language]).rstrip()
        for partner in consent.partners.values():
            yield from wrapped(_partner(partner, language), 2, "– ")


def _when(program: Definition, consent: Consent, language: str) -> str:
    case = program.cases[consent.case]
    states = either(case.states[code].label.say(language) for code in consent.given_in)
    words: str = _("while “%(case)s” is %(states)s", case=case.label.say(language), states=states)
    if not consent.or_standing:
        return words
    named = either(program.standings[code].label.say(language) for code in consent.or_standing)
    return str(_("%(first)s; or while the account is %(standings)s", first=words, standings=named))


def _partner(partner: Partner, language: str) -> str:
    facts = [f"{partner.label.say(language)} ({partner.code})"]
    if partner.begins is not None:
        facts.append(_("from %(date)s", date=partner.begins.isoformat()))
    if partner.ends is not None:
        facts.append(_("until the day before %(date)s", date=partner.ends.isoformat()))
    return ", ".join(facts)
