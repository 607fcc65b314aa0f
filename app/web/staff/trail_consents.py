"""How the trail's values about consents are read: by the words of the definitions."""

from __future__ import annotations

import json
from collections.abc import Iterator

from app.programs.library import definitions
from app.programs.schema.consents import Consent
from app.web.locale import language
from app.web.staff.trail_values import Told


def consent(_told: Told, _field: str, value: str) -> str:
    """A consent, by its label."""
    found = (one.label.say(language()) for one in _consents() if one.code == value)
    return next(found, value)


def partners(_told: Told, _field: str, value: str) -> str:
    """With whom it shares, by their names; a code where no definition has it any more."""
    codes = json.loads(value) if value.startswith("[") else [value]
    known = {
        code: partner.label.say(language())
        for one in _consents()
        for code, partner in one.partners.items()
    }
    return ", ".join(known.get(code, code) for code in codes)


def _consents() -> Iterator[Consent]:
    return (one for program in definitions() for one in program.consents.values())
