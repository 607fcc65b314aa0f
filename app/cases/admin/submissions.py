"""What the staff may do with a submission: take its copy, and see what differs from another."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.base.db import session
from app.base.errors import NotFound
from app.base.identifiers import parse_submission_number
from app.cases import queries_staff as queries
from app.cases.models import Submission
from app.cases.pages.differences import between
from app.cases.pages.files import copy_handed_out
from app.parties.models import Account
from app.web.access import current_person
from app.web.admin import SafeModelView
from app.web.admin.routes import route
from app.web.context import Nameplate
from app.web.staff.fragment import drawn


def name_business(account: Account) -> None:
    """Put the business on the nameplate: the page is about what it filed."""
    number = account.business.number if account.business else None
    g.nameplate = Nameplate(account.party.name, number=number, role=str(account.program))


class SubmissionPages(SafeModelView):
    """A submission’s pages beside the generated one."""

    compared_title = _l("Two submissions compared")

    def more_of(self, row: Any) -> Any:
        """Its copy on paper, what differs from the one before, and the way to the application."""
        before = next(iter(self._others(row, before=True)), None)
        return drawn("cases/staff/submission.html", row=row, before=before)

    @route("/copy/<pk>", permission="show")
    def copy(self, pk: str) -> Response:
        """The copy as a file, in the language of whoever submitted."""
        found: Submission = self._found(pk)
        if found.copy is None:
            flash(_("The copy is being prepared. Try again in a moment."), "info")
            return redirect(url_for(f"{self.endpoint}.show", pk=pk), code=303)
        return copy_handed_out(found.number, found.copy)

    @route("/compare/<pk>", permission="show")
    def compare(self, pk: str) -> str:
        """What differs between a submission and the one before it, or the one that is named."""
        row: Submission = self._found(pk)
        others = self._others(row)
        other = self._named(others) or next(iter(self._others(row, before=True)), row)
        older, newer = sorted((row, other), key=lambda one: one.ordinal)
        name_business(row.case.account)
        page = self.render_template(
            "cases/staff/compared.html",
            view=self,
            row=row,
            old=older,
            new=newer,
            others=[one for one in others if one.id != other.id],
            changes=between(older, newer, row.case.program),
        )
        return str(page)

    def _others(self, row: Submission, *, before: bool = False) -> list[Submission]:
        """The other submissions of the case, the last one first; those before it alone."""
        made = queries.submissions_of(session, current_person().id, row.case)
        return [
            one for one in made if one.id != row.id and (not before or one.ordinal < row.ordinal)
        ]

    @staticmethod
    def _named(others: list[Submission]) -> Submission | None:
        """The one that the address names; None where it names none. Raises NotFound."""
        wanted = request.args.get("other")
        if wanted is None:
            return None
        number = parse_submission_number(wanted)
        for one in others:
            if one.number == number:
                return one
        raise NotFound(f"Submission {wanted}")
