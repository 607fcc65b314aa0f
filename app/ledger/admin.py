"""Staff screens: the lines of the ledger, and the files that brought them."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import AppBuilder
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

from app.ledger.models import LedgerImport, LedgerLine
from app.ledger.service.importing import IMPORT, READ
from app.ledger.words import KINDS, STATES
from app.web.admin import Door, Related, SafeModelView, SafeSQLAInterface, Tab
from app.web.formats import format_money
from app.web.staff.screens import Screens, add_screens

BUSINESS_NAME = _l("Legal name")


class LedgerView(SafeModelView):
    """Transactions, payments and statements of account, each with who submitted it."""

    datamodel = SafeSQLAInterface(LedgerLine, READ)
    route_base = "/staff/ledger"
    help_topic = "staff-ledger"
    list_title, one_title = _l("Ledger"), _p("one", "Ledger line")
    facts = _l("Imported. Debits are positive; credits and payments have a minus.")
    empty = _l("The ledger is empty. Import a file first.")
    list_columns = ("number", "entry.legal_name", "kind", "dated", "amount", "state")
    show_columns = (
        "number", "entry.legal_name", "entry.bn", "program_account", "kind", "dated",
        "description", "amount", "state", "due_on", "submitted_by", "program",
    )  # fmt: skip
    search_columns = (
        "entry.search", "number", "kind", "state", "dated", "due_on", "program_account",
        "submitted_by", "program", "registry_entry_id", "import_id",
    )  # fmt: skip
    linked_by = frozenset({"registry_entry_id", "import_id"})
    order_columns = ("entry.legal_name", "dated", "amount")
    sort_as = {"entry.legal_name": "entry.name_folded"}
    base_order = ("dated", "desc")
    label_columns = {
        "number": _p("column", "Number"),
        "entry.legal_name": BUSINESS_NAME,
        "entry.search": BUSINESS_NAME,
        "entry.bn": _l("Business number"),
        "program_account": _p("column", "Program account"),
        "kind": _p("column", "Kind"),
        "dated": _p("column", "Date"),
        "description": _p("column", "Description"),
        "amount": _p("column", "Amount"),
        "state": _p("column", "Status"),
        "due_on": _p("column", "Due date"),
        "submitted_by": _p("column", "Submitted by"),
        "program": _p("column", "Program"),
        "registry_entry_id": _l("Registry entry number"),
        "import_id": _l("Import number"),
    }
    choices = {"kind": KINDS, "state": STATES}
    identifiers = frozenset({"number", "entry.bn", "program_account", "submitted_by"})
    tabs = (
        Tab(_p("ledger lines", "All"), {}),
        Tab(_p("ledger lines", "In arrears"), {"_flt_0_state": "arrears"}),
    )
    doors = (Door(_l("Import a file"), "ledger.import_ledger", IMPORT),)

    def cell(self, row: Any, column: str) -> Any:
        """An amount in dollars; of a line that nobody else submitted, that it was the Agency."""
        if column == "amount":
            return format_money(row.amount)
        if column == "submitted_by" and row.submitted_by is None:
            return _l("The Agency")
        return super().cell(row, column)

    def cell_kind(self, row: Any, column: str) -> str:
        """Only a number is set as one."""
        if column == "submitted_by" and row.submitted_by is None:
            return "text"
        return super().cell_kind(row, column)

    def row_title(self, row: Any) -> str:
        """Its number: what it is of is said below."""
        return str(row.number)


class LedgerImportView(SafeModelView):
    """The files that the ledger was imported from."""

    datamodel = SafeSQLAInterface(LedgerImport, READ)
    route_base = "/staff/ledger-imports"
    help_topic = "staff-ledger"
    list_title, one_title = _l("Ledger imports"), _p("one", "Import of the ledger")
    empty = _l("No file has been imported yet.")
    list_columns = ("file_name", "row_count", "added", "changed", "imported_at", "program")
    show_columns = (*list_columns, "sha256")
    search_columns = ("file_name", "imported_at", "program")
    order_columns = ("file_name", "row_count", "added", "changed", "imported_at")
    base_order = ("imported_at", "desc")
    label_columns = {
        "file_name": _p("column", "File"),
        "row_count": _l("Lines in the file"),
        "added": _p("column", "Added"),
        "changed": _p("column", "Changed"),
        "imported_at": _l("Imported on"),
        "sha256": _l("Fingerprint (SHA-256)"),
        "program": _p("column", "Program"),
    }
    identifiers = frozenset({"sha256"})
    related = (Related(_l("Lines last changed by this file"), "LedgerView", "import_id"),)

    def row_title(self, row: Any) -> str:
        """The file's name."""
        return str(row.file_name)


SCREENS: Screens = ((LedgerView, "ledger"), (LedgerImportView, "ledger-imports"))


def register(builder: AppBuilder) -> None:
    """Put the screens into the staff menu."""
    add_screens(builder, SCREENS)
