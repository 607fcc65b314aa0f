"""Staff screens of what stands in a case: its sections, its documents, what was submitted."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_appbuilder import AppBuilder
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

from app.base.db import session
from app.base.errors import Conflict
from app.cases.admin.submissions import SubmissionPages
from app.cases.admin.words import CASE_TYPES, QUESTIONS, SCAN_TAGS, SECTIONS, part_name
from app.cases.models import CasePart, Document, Submission
from app.cases.pages.files import drawn, handed_out
from app.cases.queries_staff import READ, was_submitted
from app.cases.rules.files import opens_for_staff
from app.documents.kinds import Kind
from app.documents.scanning import ScanState
from app.web.admin import Related, SafeModelView, SafeSQLAInterface, Tab
from app.web.admin.routes import route
from app.web.formats import format_size
from app.web.staff.fragment import drawn as drawn_page
from app.web.staff.screens import Screens, add_screens

BUSINESS_NAME = _l("Legal name")
KINDS = {str(kind): str(kind).upper() for kind in Kind}


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
        """Which section it is."""
        return str(SECTIONS.get(row.section, row.section))

    def more_of(self, row: Any) -> Any:
        """The way to the application."""
        return drawn_page("cases/staff/of_case.html", case_id=row.case_id)


class DocumentView(SafeModelView):
    """Documents by which questions are answered, those that were removed since among them."""

    datamodel = SafeSQLAInterface(Document, READ)
    route_base = "/staff/documents"
    help_topic = "staff-cases"
    list_title, one_title = _l("Documents"), _p("one", "Document")
    empty = _l("No document has been sent yet.")
    list_columns = ("part.case.account.party.name", "name", "scan", "size", "sent_at")
    show_columns = (
        "part.case.account.party.name", "question", "part.section", "name", "kind", "size",
        "pages", "scan", "scanned_at", "sender", "sent_at", "removed_at", "purged_at", "sha256",
        "part.case.program",
    )  # fmt: skip
    search_columns = (
        "part.case.account.party.search", "name", "kind", "scan", "sent_at", "part.section",
        "part.case.program", "part_id",
    )  # fmt: skip
    linked_by = frozenset({"part_id"})
    order_columns = ("part.case.account.party.name", "size", "sent_at")
    sort_as = {"part.case.account.party.name": "part.case.account.party.name_folded"}
    base_order = ("sent_at", "desc")
    label_columns = {
        "part.case.account.party.name": BUSINESS_NAME,
        "part.case.account.party.search": BUSINESS_NAME,
        "part.section": _p("one", "Section"),
        "part_id": _l("Section number"),
        "part.case.program": _p("column", "Program"),
        "question": _p("one", "Question"),
        "name": _p("column", "File"),
        "kind": _p("column", "Kind"),
        "size": _p("column", "Size"),
        "pages": _p("column", "Pages"),
        "scan": _p("column", "Scan"),
        "scanned_at": _p("column", "Scanned on"),
        "sender": _p("column", "Sent by"),
        "sent_at": _p("column", "Sent on"),
        "removed_at": _p("column", "Removed on"),
        "purged_at": _p("column", "Deleted on"),
        "sha256": _l("Fingerprint (SHA-256)"),
    }
    choices = {
        "scan": SCAN_TAGS,
        "kind": KINDS,
        "part.section": SECTIONS,
    }
    identifiers = frozenset({"sha256"})
    tabs = (
        Tab(_p("documents", "All"), {}),
        Tab(_p("documents", "With a virus"), {"_flt_0_scan": str(ScanState.INFECTED)}),
    )

    def cell(self, row: Any, column: str) -> Any:
        """A size as people say it, a question as it is asked."""
        if column == "size":
            return format_size(row.size)
        return (
            QUESTIONS.get(row.question, row.question)
            if column == "question"
            else (super().cell(row, column))
        )

    def row_title(self, row: Any) -> str:
        """What was asked for."""
        return str(QUESTIONS.get(row.question, row.question))

    def more_of(self, row: Any) -> Any:
        """What it looks like, the way to open it, and its application."""
        submitted = was_submitted(session, row)
        opens = _opens(row, submitted=submitted)
        return drawn_page("cases/staff/document.html", row=row, opens=opens, submitted=submitted)

    @route("/file/<pk>", permission="show")
    def file(self, pk: str) -> Response:
        """The document as it came, to be saved.

        Raises Conflict while nobody may open it, and while no submission holds it.
        """
        return handed_out(self._opened(pk))

    @route("/preview/<pk>", permission="show")
    def preview(self, pk: str) -> Response:
        """What it looks like, drawn anew from its dots. Raises as ``file``."""
        return drawn(self._opened(pk))

    def _opened(self, pk: str) -> Document:
        found: Document = self._found(pk)
        if not _opens(found, submitted=was_submitted(session, found)):
            raise Conflict("not_opened")
        return found


def _opens(document: Document, *, submitted: bool) -> bool:
    gone = document.purged_at is not None
    return opens_for_staff(document.scan, submitted=submitted, purged=gone)


class SubmissionView(SubmissionPages):
    """What was submitted, each time under a number of its own."""

    datamodel = SafeSQLAInterface(Submission, READ)
    route_base = "/staff/submissions"
    help_topic = "staff-cases"
    list_title, one_title = _l("Submissions"), _p("one", "Submission")
    facts = _l("Kept as it was submitted. Nobody can change it.")
    empty = _l("Nothing has been submitted yet.")
    list_columns = ("case.account.party.name", "number", "ordinal", "person", "submitted_at")
    show_columns = (
        *list_columns, "case.case_type", "definition_version", "language", "declaration",
        "sha256", "case.program",
    )  # fmt: skip
    search_columns = (
        "case.account.party.search", "number", "submitted_at", "case.case_type",
        "case.program", "case_id",
    )  # fmt: skip
    linked_by = frozenset({"case_id"})
    order_columns = ("case.account.party.name", "number", "submitted_at")
    sort_as = {"case.account.party.name": "case.account.party.name_folded"}
    base_order = ("submitted_at", "desc")
    label_columns = {
        "case.account.party.name": BUSINESS_NAME,
        "case.account.party.search": BUSINESS_NAME,
        "case.case_type": _p("one", "Application"),
        "case_id": _l("Application number"),
        "number": _p("submission", "Number"),
        "ordinal": _p("column", "Which one"),
        "person": _p("column", "Submitted by"),
        "submitted_at": _p("column", "Submitted on"),
        "definition_version": _l("Version of the definition"),
        "language": _p("column", "Language"),
        "declaration": _l("What was declared"),
        "sha256": _l("Fingerprint (SHA-256)"),
        "case.program": _p("column", "Program"),
    }
    choices = {
        "case.case_type": CASE_TYPES,
        "language": {"en": _l("English"), "fr": _l("French")},
    }
    identifiers = frozenset({"number", "sha256"})

    def row_title(self, row: Any) -> str:
        """Its number."""
        return str(row.number)


SCREENS: Screens = (
    (SubmissionView, "submissions"),
    (DocumentView, "documents"),
    (CasePartView, "case-sections"),
)


def register(builder: AppBuilder) -> None:
    """Put the screens into the staff menu."""
    add_screens(builder, SCREENS)
