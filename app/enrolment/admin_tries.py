"""The staff screen of tries: which businesses were given wrong, how often, and which are locked."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p
from wtforms import TextAreaField
from wtforms.validators import Length

from app.base.errors import Conflict, Invalid
from app.enrolment.models import BusinessTries
from app.enrolment.service import fact_tries
from app.web.access import current_person
from app.web.admin import SafeModelView, SafeSQLAInterface
from app.web.admin.deeds import Deed
from app.web.forms import GuichetForm, required


class UnlockForm(GuichetForm):
    """Why a business may be tried again: kept in the trail."""

    reason = TextAreaField(
        _l("Reason"),
        [required(_l("Enter the reason.")), Length(max=fact_tries.LONGEST_REASON)],
        description=_l("Who asked for it, and how you checked who they are."),
    )


WORDS: Final = {
    "not_locked": _l("This business is not locked any more."),
    "empty": _l("Fill in this field."),
    "too_long": _l("Shorten the text."),
}


def _unlock(row: BusinessTries, form: Any) -> None:
    try:
        fact_tries.unlock(current_person().id, row.id, form.reason.data)
    except Conflict as conflict:
        raise Invalid({"": conflict.reason}) from None


class BusinessTriesView(SafeModelView):
    """Failures of everybody who said that a business is theirs. What was typed is kept nowhere."""

    datamodel = SafeSQLAInterface(BusinessTries, fact_tries.READ)
    route_base = "/staff/tries"
    help_topic = "staff-decide"
    list_title, one_title = _l("Tries to enrol"), _p("one", "Tries to enrol a business")
    facts = _l("Numbers as typed, whether or not the registry has them. Nothing else is kept.")
    empty = _l("Nobody has tried to enrol a business yet.")
    list_columns = ("number", "failures", "last_at", "locked_at")
    show_columns = (
        "number", "failures", "last_at", "locked_at", "unlocked_at", "unlocker", "unlock_reason",
        "program",
    )  # fmt: skip
    search_columns = ("number", "failures", "last_at", "locked_at", "program")
    order_columns = ("number", "failures", "last_at", "locked_at")
    base_order = ("last_at", "desc")
    label_columns = {
        "number": _l("Number of the business"),
        "failures": _l("Failures"),
        "last_at": _p("column", "Last try"),
        "locked_at": _p("column", "Locked on"),
        "unlocked_at": _l("Unlocked on"),
        "unlocker": _l("Unlocked by"),
        "unlock_reason": _l("Reason"),
        "program": _p("column", "Program"),
    }
    identifiers = frozenset({"number"})
    deeds = (
        Deed(
            "unlock",
            _l("Unlock"),
            _l("The business can be enrolled again, and its failures count from nothing."),
            _unlock,
            fact_tries.UNLOCK,
            UnlockForm,
            when=lambda row: row.locked_at is not None,
            done=_l("The business can be enrolled again."),
            skipped=_l("It is not locked."),
        ),
    )
    words = WORDS
    row_words = {"late": _p("row", "Only staff can end it")}

    def row_state(self, row: Any) -> str | None:
        """Late: nobody but staff can end it."""
        return "late" if row.locked_at is not None else None

    def row_title(self, row: Any) -> str:
        """The number, as typed."""
        return str(row.number)
