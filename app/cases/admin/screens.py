"""Staff screens: applications, and the sections they are filled in by."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

from app.cases.admin.page import CasePage
from app.cases.admin.words import CASE_TYPES, SECTIONS, STATES, part_name, state_tag
from app.cases.models import CasePart, ClientCase
from app.cases.queries_staff import READ
from app.web.admin import Related, SafeModelView, SafeSQLAInterface, Tab
from app.web.staff.clock import moment
from app.web.staff.fragment import drawn
from app.web.staff.screens import Screens

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
        "moved_at", "due_at", "definition_version", "program", "account_id",
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


class CasePartView(SafeModelView):
    """Sections as they are filled in: one a line of business, one a division, or one alone."""

    datamodel = SafeSQLAInterface(CasePart, READ)
    route_base = "/staff/case-sections"
    help_topic = "staff-cases"
    list_title, one_title = _l("Sections of applications"), _p("one", "Section")
    empty = _l("No section has been filled in yet.")
    list_columns = ("case.account.party.name", "section", "key", "made_at", "removed_at")
    show_columns = (
        "case.account.party.name", "case.case_type", "section", "key", "maker", "made_at",
        "remover", "removed_at", "case.program",
    )  # fmt: skip
    search_columns = (
        "case.account.party.search", "section", "label", "made_at", "removed_at", "case.program",
        "case_id",
    )  # fmt: skip
    linked_by = frozenset({"case_id"})
    order_columns = ("case.account.party.name", "section", "made_at", "removed_at")
    sort_as = {"case.account.party.name": "case.account.party.name_folded"}
    base_order = ("made_at", "desc")
    label_columns = {
        "case.account.party.name": BUSINESS_NAME,
        "case.account.party.search": BUSINESS_NAME,
        "case.case_type": _p("one", "Application"),
        "case_id": _l("Application number"),
        "section": _p("one", "Section"),
        "key": _p("column", "For what"),
        "label": _p("column", "Name"),
        "made_at": _p("column", "Begun on"),
        "maker": _p("column", "Begun by"),
        "removed_at": _p("column", "Removed on"),
        "remover": _p("column", "Removed by"),
        "case.program": _p("column", "Program"),
    }
    choices = {"section": SECTIONS, "case.case_type": CASE_TYPES}
    related = (Related(_l("Documents"), "DocumentView", "part_id"),)

    def cell(self, row: Any, column: str) -> Any:
        """A line of business by its label, a name as the client gave it."""
        return part_name(row) if column == "key" else super().cell(row, column)

    def exported(self, row: Any, column: str) -> Any:
        """The same in a file."""
        return part_name(row) if column == "key" else super().exported(row, column)

    def row_title(self, row: Any) -> str:
        """The business whose section it is."""
        return str(row.case.account.party.name)

    def more_of(self, row: Any) -> Any:
        """The way to the application."""
        return drawn("cases/staff/of_case.html", case_id=row.case_id)


SCREENS: Screens = ((CaseView, "cases"), (CasePartView, "case-sections"))
