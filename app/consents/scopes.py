"""Whom consents are visible to. Imported once, at start.

The actions of one consent are about its own rows, and no other's.
"""

from __future__ import annotations

from typing import Any

from app.authority.predicate import Clause
from app.authority.scopes import Scope, register
from app.consents.models import GivenConsent


def _about(action: str) -> Clause:
    """`data_sharing.view` is about what was given under the consent `data_sharing`."""
    consent: Any = GivenConsent.consent
    clause: Clause = consent == action.partition(".")[0]
    return clause


register(
    GivenConsent,
    Scope(account=GivenConsent.account_id, program=GivenConsent.program_id, about=_about),
)
