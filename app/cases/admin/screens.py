"""Staff screen: applications, the list from which an officer works."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import AppBuilder
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

from app.cases.admin.page import CasePage
from app.cases.admin.words import CASE_TYPES, STATES, state_tag
from app.cases.models import ClientCase
from app.cases.queries_staff import READ
from app.web.admin import Related, SafeSQLAInterface, Tab
from app.web.staff.clock import moment
from app.web.staff.screens import Screens, add_screens

BUSINESS_NAME = _l("Legal name")


class CaseView(CasePage):
    """Applications, from the account's first day to their decision."""

    datamodel = SafeSQLAInterface(ClientCase, READ)
    route_base = "/staff/cases"
    list_title, one_title = _l("Applications"), _p("one", "Application")
    empty = _l("No application has been begun yet.")
    list_columns = ("account.party.name", "case_type", "where", "moved_at", "due_at")
    show_columns = (
        *list_columns, "account.business.number", "with_staff", "opened_at", "opener",
        "closed_at", "definition_version", "program",
    )  # fmt: skip
    search_columns = (
        "account.party.search", "account.business.bn", "case_type", "state", "with_staff",
        "moved_at", "due_at", "unreadable_since", "definition_version", "program", "account_id",
    )  # fmt: skip
    linked_by = frozenset({"account_id"})
    order_columns = ("account.party.name", "moved_at", "due_at")
    sort_as = {"account.party.name": "account.party.name_folded"}
    base_order = ("moved_at", "desc")
    label_columns = {
        "account.party.name": BUSINESS_NAME,
        "account.party.search": BUSINESS_NAME,
        "account.business.number": _l("Business number"),
        "account.business.bn": _l("Business number"),
        "account_id": _l("Account number"),
        "case_type": _p("column", "Kind"),
        "where": _p("column", "Status"),
        "state": _p("column", "Status"),
        "moved_at": _p("column", "Last step on"),
        "due_at": _p("column", "Due on"),
        "with_staff": _l("Waits for the Agency"),
        "unreadable_since": _l("Document that cannot be opened"),
        "opened_at": _p("column", "Begun on"),
        "closed_at": _l("Closed on"),
        "definition_version": _l("Version of the definition"),
        "opener": _p("column", "Begun by"),
        "program": _p("column", "Program"),
    }
    choices = {"case_type": CASE_TYPES, "state": STATES}
    identifiers = frozenset({"account.business.number"})
    tabs = (
        Tab(_p("applications", "All"), {}),
        Tab(
            _p("applications", "Waiting for the Agency"),
            {"_flt_0_with_staff": "1", "_oc_CaseView": "due_at", "_od_CaseView": "asc"},
        ),
    )
    related = (
        Related(_l("Sections of applications"), "CasePartView", "case_id"),
        Related(_l("Submissions"), "SubmissionView", "case_id"),
        Related(_l("Audit trail"), "EntryView", "account_id"),
    )

    def cell(self, row: Any, column: str) -> Any:
        """Where a case is, in the words of its own version."""
        return state_tag(row) if column == "where" else super().cell(row, column)

    def row_state(self, row: Any) -> str | None:
        """Late once its service standard is over; soon while it waits for the staff."""
        if row.due_at is not None and row.due_at < moment():
            return "late"
        return "soon" if row.with_staff else None

    def row_title(self, row: Any) -> str:
        """The business that files it."""
        return str(row.account.party.name)


SCREENS: Screens = ((CaseView, "cases"),)


def register(builder: AppBuilder) -> None:
    """Put the screen into the staff menu, before those of what belongs to a case."""
    add_screens(builder, SCREENS)
