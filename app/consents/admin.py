"""Staff screen: what clients let the Agency share, partner by partner."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import AppBuilder
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

from app.base.days import local_day
from app.cases.queries_staff import READ
from app.consents.models import GivenConsent
from app.consents.rules import Effect, effect_of
from app.consents.words import EFFECTS
from app.programs.schema.definition import Definition
from app.web.admin import SafeModelView, SafeSQLAInterface, Tag
from app.web.staff.clock import moment
from app.web.staff.defined import Defined
from app.web.staff.posts import definition_here
from app.web.staff.screens import Screens, add_screens


class _Partners(Defined):
    """Partner of any consent → what it is called."""

    def _items(self, one: Definition) -> dict[str, Any]:
        return {
            code: partner
            for consent in one.consents.values()
            for code, partner in consent.partners.items()
        }


class GivenConsentView(SafeModelView):
    """Consents that were given, those that were withdrawn since among them."""

    datamodel = SafeSQLAInterface(GivenConsent, READ)
    route_base = "/staff/consents"
    help_topic = "staff-cases"
    list_title, one_title = _l("Consents"), _p("one", "Consent")
    facts = _l("One line for each partner. What was withdrawn has no effect from that day on.")
    empty = _l("Nobody has consented to anything yet.")
    list_columns = ("account.party.name", "partner", "stands", "given_at", "withdrawn_at")
    show_columns = (
        *list_columns, "consent", "giver", "withdrawer", "definition_version", "wording",
        "language", "program",
    )  # fmt: skip
    search_columns = (
        "account.party.search", "partner", "consent", "given_at", "withdrawn_at", "program",
        "account_id",
    )  # fmt: skip
    linked_by = frozenset({"account_id"})
    order_columns = ("account.party.name", "given_at", "withdrawn_at")
    sort_as = {"account.party.name": "account.party.name_folded"}
    base_order = ("given_at", "desc")
    label_columns = {
        "account.party.name": _l("Legal name"),
        "account.party.search": _l("Legal name"),
        "account_id": _l("Account number"),
        "partner": _p("column", "Partner"),
        "consent": _p("one", "Consent"),
        "stands": _p("column", "Status"),
        "given_at": _p("column", "Given on"),
        "giver": _p("column", "Given by"),
        "withdrawn_at": _p("column", "Withdrawn on"),
        "withdrawer": _p("column", "Withdrawn by"),
        "definition_version": _l("Version of the definition"),
        "wording": _l("Number of the words"),
        "language": _p("column", "Language"),
        "program": _p("column", "Program"),
    }
    choices = {
        "partner": _Partners("consents"),
        "consent": Defined("consents"),
        "language": {"en": _l("English"), "fr": _l("French")},
    }

    def cell(self, row: Any, column: str) -> Any:
        """Whether it has effect today, by the partner's dates in the version now in force."""
        return Tag(*EFFECTS[_effect(row)]) if column == "stands" else super().cell(row, column)

    def exported(self, row: Any, column: str) -> Any:
        """The same in a file."""
        if column == "stands":
            return str(EFFECTS[_effect(row)][1])
        return super().exported(row, column)

    def row_title(self, row: Any) -> str:
        """The partner that it is about."""
        return str(row.told)


def _effect(row: GivenConsent) -> Effect:
    withdrawn = row.withdrawn_at is not None
    program = definition_here(row.program_id)
    consent = program.consents.get(row.consent) if program else None
    if program is None or consent is None:
        return "withdrawn" if withdrawn else "ended"
    day = local_day(moment(), program.zone)
    return effect_of(consent.partners.get(row.partner), day, withdrawn=withdrawn)


SCREENS: Screens = ((GivenConsentView, "consents"),)


def register(builder: AppBuilder) -> None:
    """Put the screen into the staff menu."""
    add_screens(builder, SCREENS)
