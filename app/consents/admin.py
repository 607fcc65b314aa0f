"""Staff screen: what clients let the Agency share, partner by partner."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import AppBuilder
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

from app.cases.queries_staff import READ
from app.consents.models import GivenConsent
from app.programs.schema.definition import Definition
from app.web.admin import SafeModelView, SafeSQLAInterface
from app.web.staff.defined import Defined
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
    list_columns = ("account.party.name", "partner", "consent", "given_at", "withdrawn_at")
    show_columns = (
        *list_columns, "giver", "withdrawer", "definition_version", "wording", "language",
        "program",
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

    def row_title(self, row: Any) -> str:
        """The partner that it is about."""
        return str(row.told)


SCREENS: Screens = ((GivenConsentView, "consents"),)


def register(builder: AppBuilder) -> None:
    """Put the screen into the staff menu."""
    add_screens(builder, SCREENS)
