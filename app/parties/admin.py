"""Staff screens: parties, businesses, the registry and its imports, accounts."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import AppBuilder
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

from app.enrolment.service import registry
from app.parties.models import Account, Business, Party, RegistryEntry, RegistryImport
from app.web.admin import Door, Related, SafeModelView, SafeSQLAInterface, Tab, Tag
from app.web.staff.defined import Defined
from app.web.staff.screens import Screens, add_screens

LANGUAGES = {"en": _l("English"), "fr": _l("French")}
BASES = {"CA": _l("Canada"), "US": _l("United States")}
PARTY_KINDS = {
    "person": _p("party", "Person"),
    "business": _p("party", "Business"),
    "trust": _p("party", "Trust"),
    "group": _p("party", "Group"),
}
ACCOUNT_STATES = {
    "authorised": Tag("done", _p("account", "Authorized")),
    "closed": Tag("ended", _p("account", "Closed")),
}
ORIGINS = {"import": _p("registry", "Import"), "officer": _p("registry", "By an officer")}
BUSINESS_NAME = _l("Legal name")
BN = _l("Business number")
CARRIER_CODE = _l("Carrier code")


class PartyView(SafeModelView):
    """Whatever can hold an account: people, businesses, groups."""

    datamodel = SafeSQLAInterface(Party, "staff.parties.read")
    route_base = "/staff/parties"
    help_topic = "staff-registry"
    list_title, one_title = _l("Parties"), _p("one", "Party")
    empty = _l("No party has an account in your programs yet.")
    list_columns = ("name", "kind", "created_at")
    show_columns = list_columns
    search_columns = ("search", "kind", "created_at")
    order_columns = ("name", "kind", "created_at")
    sort_as = {"name": "name_folded"}
    base_order = ("name", "asc")
    label_columns = {
        "name": _p("column", "Name"),
        "search": _p("column", "Name"),
        "kind": _p("column", "Kind"),
        "created_at": _p("column", "Known since"),
    }
    choices = {"kind": PARTY_KINDS}
    related = (
        Related(_l("Accounts"), "AccountView", "party_id"),
        Related(_l("Registrations"), "RegistrationView", "party_id"),
    )

    def row_title(self, row: Any) -> str:
        """The party's name."""
        return str(row.name)


class BusinessView(SafeModelView):
    """Businesses, by business number or carrier code."""

    datamodel = SafeSQLAInterface(Business, "staff.parties.read")
    route_base = "/staff/businesses"
    help_topic = "staff-registry"
    list_title, one_title = _l("Businesses"), _p("one", "Business")
    empty = _l("No business has an account in your programs yet.")
    list_columns = ("party.name", "bn", "carrier_code", "base")
    show_columns = (*list_columns, "party.created_at")
    search_columns = ("party.search", "bn", "carrier_code", "base")
    order_columns = ("party.name", "bn", "carrier_code", "base")
    sort_as = {"party.name": "party.name_folded"}
    base_order = ("party.name", "asc")
    label_columns = {
        "party.name": BUSINESS_NAME,
        "party.search": BUSINESS_NAME,
        "party.created_at": _p("column", "Known since"),
        "bn": BN,
        "carrier_code": CARRIER_CODE,
        "base": _p("column", "Based in"),
    }
    choices = {"base": BASES}
    identifiers = frozenset({"bn", "carrier_code"})
    related = (
        Related(_l("Accounts"), "AccountView", "party_id"),
        Related(_l("Registrations"), "RegistrationView", "party_id"),
    )

    def row_title(self, row: Any) -> str:
        """The legal name."""
        return str(row.party.name)


class RegistryView(SafeModelView):
    """What outside authorities say of businesses; letters go to these addresses only."""

    datamodel = SafeSQLAInterface(RegistryEntry, "staff.registry.read")
    route_base = "/staff/registry"
    help_topic = "staff-registry"
    list_title, one_title = _l("Registry"), _p("one", "Registry entry")
    facts = _l("Imported and dated. Letters go to these addresses only.")
    empty = _l("The registry is empty. Import a file first.")
    list_columns = ("legal_name", "bn", "carrier_code", "city", "region", "as_of")
    show_columns = (
        "legal_name", "bn", "carrier_code", "base", "language", "street", "city", "region",
        "postal_code", "lines", "program_accounts", "origin", "paper_reference", "as_of", "program",
    )  # fmt: skip
    search_columns = ("search", "bn", "carrier_code", "base", "language", "origin", "import_id")
    linked_by = frozenset({"import_id"})
    order_columns = ("legal_name", "bn", "carrier_code", "city", "region", "as_of")
    sort_as = {"legal_name": "name_folded"}
    base_order = ("legal_name", "asc")
    label_columns = {
        "legal_name": BUSINESS_NAME,
        "search": BUSINESS_NAME,
        "bn": BN,
        "carrier_code": CARRIER_CODE,
        "base": _p("column", "Based in"),
        "language": _l("Language of letters"),
        "street": _l("Street"),
        "city": _l("City"),
        "region": _l("Province or state"),
        "postal_code": _l("Postal or ZIP code"),
        "lines": _l("Lines of business"),
        "program_accounts": _l("Program accounts"),
        "origin": _p("column", "Added by"),
        "paper_reference": _l("Paper reference"),
        "as_of": _p("column", "As of"),
        "import_id": _l("Import number"),
        "program": _p("column", "Program"),
    }
    choices = {"base": BASES, "language": LANGUAGES, "origin": ORIGINS}
    identifiers = frozenset({"bn", "carrier_code"})
    lines = Defined("lines")
    related = (
        Related(_l("Registrations"), "RegistrationView", "registry_entry_id"),
        Related(_l("Ledger"), "LedgerView", "registry_entry_id"),
    )
    doors = (
        Door(_l("Import a file"), "enrolment.import_registry", registry.IMPORT),
        Door(_l("Add a business"), "enrolment.add_to_registry", registry.ADD),
    )

    def cell(self, row: Any, column: str) -> Any:
        """Lines of business by their labels."""
        if column == "lines":
            return ", ".join(str(self.lines.get(code, code)) for code in row.lines)
        return super().cell(row, column)

    def row_title(self, row: Any) -> str:
        """The legal name."""
        return str(row.legal_name)


class RegistryImportView(SafeModelView):
    """The files that the registry was imported from."""

    datamodel = SafeSQLAInterface(RegistryImport, "staff.registry.read")
    route_base = "/staff/registry-imports"
    help_topic = "staff-registry"
    list_title, one_title = _l("Registry imports"), _p("one", "Import")
    empty = _l("No file has been imported yet.")
    list_columns = ("file_name", "row_count", "added", "changed", "imported_at", "program")
    show_columns = (*list_columns, "sha256")
    search_columns = ("file_name", "imported_at")
    order_columns = ("file_name", "row_count", "added", "changed", "imported_at")
    base_order = ("imported_at", "desc")
    label_columns = {
        "file_name": _p("column", "File"),
        "row_count": _l("Businesses in file"),
        "added": _p("column", "Added"),
        "changed": _p("column", "Changed"),
        "imported_at": _l("Imported on"),
        "sha256": _l("Fingerprint (SHA-256)"),
        "program": _p("column", "Program"),
    }
    identifiers = frozenset({"sha256"})
    related = (Related(_l("Registry"), "RegistryView", "import_id"),)

    def row_title(self, row: Any) -> str:
        """The file's name."""
        return str(row.file_name)


class AccountView(SafeModelView):
    """Accounts of parties in programs, each with its membership status."""

    datamodel = SafeSQLAInterface(Account, "staff.accounts.read")
    route_base = "/staff/accounts"
    help_topic = "staff-people"
    list_title, one_title = _l("Accounts"), _p("one", "Account")
    empty = _l("No account has been activated yet.")
    list_columns = ("party.name", "business.number", "standing_code", "state", "authorised_at")
    show_columns = (*list_columns, "closed_at", "program")
    search_columns = ("party.search", "business.bn", "standing_code", "state", "authorised_at",
                      "program", "party_id")  # fmt: skip
    linked_by = frozenset({"party_id"})
    order_columns = ("party.name", "standing_code", "state", "authorised_at")
    sort_as = {"party.name": "party.name_folded"}
    base_order = ("party.name", "asc")
    label_columns = {
        "party.name": BUSINESS_NAME,
        "party.search": BUSINESS_NAME,
        "party_id": _l("Party number"),
        "business.number": BN,
        "business.bn": BN,
        "standing_code": _l("Membership status"),
        "state": _p("column", "Account"),
        "authorised_at": _l("Active since"),
        "closed_at": _l("Closed on"),
        "program": _p("column", "Program"),
    }
    choices = {"state": ACCOUNT_STATES, "standing_code": Defined("standings")}
    identifiers = frozenset({"business.number"})
    tabs = (
        Tab(_p("accounts", "All"), {}),
        Tab(_p("accounts", "Closed"), {"_flt_0_state": "closed"}),
    )
    related = (
        Related(_l("Applications"), "CaseView", "account_id"),
        Related(_l("Consents"), "GivenConsentView", "account_id"),
        Related(_l("Memberships"), "MembershipView", "account_id"),
        Related(_l("Transfers of ownership"), "TransferView", "account_id"),
        Related(_l("Notices"), "NoticeView", "account_id"),
        Related(_l("Audit trail"), "EntryView", "account_id"),
    )

    def row_title(self, row: Any) -> str:
        """The name of the account's party."""
        return str(row.party.name)


SCREENS: Screens = (
    (BusinessView, "businesses"),
    (AccountView, "accounts"),
    (RegistryView, "registry"),
    (RegistryImportView, "registry-imports"),
    (PartyView, "parties"),
)


def register(builder: AppBuilder) -> None:
    """Put the screens into the staff menu."""
    add_screens(builder, SCREENS)
