"""Staff screens: memberships, transfers of ownership, and who is on the staff."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import AppBuilder
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p
from wtforms import RadioField, SelectField, StringField

from app.audit.reasons import ENDINGS
from app.authority.access_names import ACCESS_NAMES
from app.authority.models import Membership, OwnershipTransfer, StaffAssignment
from app.authority.queries import staff_programs
from app.authority.service import staff
from app.authority.staff_names import STAFF_DUTIES, STAFF_NAMES
from app.authority.staff_rules import assignable
from app.base.db import session
from app.base.errors import Conflict, Invalid
from app.programs.models import Program
from app.web.access import current_person
from app.web.admin import Deed, SafeModelView, SafeSQLAInterface, Tab, Tag
from app.web.forms import GuichetForm, required
from app.web.staff.defined import Defined
from app.web.staff.screens import Screens, add_screens

BUSINESS_NAME = _l("Legal name")
STATUSES = {
    "offered": Tag("waiting", ACCESS_NAMES["offered"]),
    "waiting": Tag("waiting", ACCESS_NAMES["waiting"]),
    "active": Tag("done", ACCESS_NAMES["active"]),
    "suspended": Tag("hold", ACCESS_NAMES["suspended"]),
    "ended": Tag("ended", ACCESS_NAMES["ended"]),
}
TRANSFER_STATES = {
    "offered": Tag("waiting", _p("transfer", "Offered")),
    "accepted": Tag("done", _p("transfer", "Accepted")),
    "declined": Tag("refused", _p("transfer", "Declined")),
    "withdrawn": Tag("ended", _p("transfer", "Withdrawn")),
    "lapsed": Tag("ended", _p("transfer", "Lapsed")),
}
ROLES = Defined("roles")


class MembershipView(SafeModelView):
    """Who holds which role in which account."""

    datamodel = SafeSQLAInterface(Membership, "staff.memberships.read")
    route_base = "/staff/memberships"
    help_topic = "staff-people"
    list_title, one_title = _l("Memberships"), _p("one", "Membership")
    empty = _l("No one has a role in an account yet.")
    list_columns = ("person", "account.party.name", "role_code", "status", "added_at")
    show_columns = (
        *list_columns, "contact_title", "contact_phone", "contact_email", "offer_expires_at",
        "accepted_at", "starts_at", "ends_at", "ended_at", "end_reason", "program",
    )  # fmt: skip
    search_columns = (
        "person.party.search", "account.party.search", "role_code", "status", "added_at",
        "program", "account_id", "person_id",
    )  # fmt: skip
    linked_by = frozenset({"account_id", "person_id"})
    order_columns = ("person", "account.party.name", "role_code", "status", "added_at")
    sort_as = {
        "person": "person.party.name_folded",
        "account.party.name": "account.party.name_folded",
    }
    base_order = ("added_at", "desc")
    label_columns = {
        "person": _p("column", "Person"),
        "person.party.search": _p("column", "Person"),
        "account.party.name": BUSINESS_NAME,
        "account.party.search": BUSINESS_NAME,
        "role_code": _p("column", "Role"),
        "status": _p("column", "Access"),
        "added_at": _p("column", "Added on"),
        "contact_title": _l("Position"),
        "contact_phone": _l("Business telephone"),
        "contact_email": _l("Business email"),
        "offer_expires_at": _l("Offer open until"),
        "accepted_at": _p("column", "Accepted on"),
        "starts_at": _p("column", "From"),
        "ends_at": _p("column", "Until"),
        "ended_at": _p("column", "Ended on"),
        "end_reason": _p("column", "Why it ended"),
        "program": _p("column", "Program"),
        "account_id": _l("Account number"),
        "person_id": _l("Person number"),
    }
    telephones = frozenset({"contact_phone"})
    choices = {"status": STATUSES, "role_code": ROLES, "end_reason": ENDINGS}
    tabs = (
        Tab(_p("memberships", "All"), {}),
        Tab(_p("memberships", "Awaiting activation"), {"_flt_0_status": "waiting"}),
        Tab(_p("memberships", "Suspended"), {"_flt_0_status": "suspended"}),
    )

    def row_title(self, row: Any) -> str:
        """The person's name."""
        return str(row.person.full_name)


class TransferView(SafeModelView):
    """Offers of ownership, and what became of them."""

    datamodel = SafeSQLAInterface(OwnershipTransfer, "staff.memberships.read")
    route_base = "/staff/transfers"
    help_topic = "staff-people"
    list_title, one_title = _l("Transfers of ownership"), _p("one", "Transfer of ownership")
    empty = _l("No ownership has been offered yet.")
    list_columns = ("account.party.name", "from_person", "to_person", "state", "offered_at")
    show_columns = (
        *list_columns, "expires_at", "answered_at", "attested_at", "old_owner_role",
    )  # fmt: skip
    search_columns = ("account.party.search", "state", "offered_at", "account_id")
    linked_by = frozenset({"account_id"})
    order_columns = ("account.party.name", "state", "offered_at")
    sort_as = {"account.party.name": "account.party.name_folded"}
    base_order = ("offered_at", "desc")
    label_columns = {
        "account.party.name": BUSINESS_NAME,
        "account.party.search": BUSINESS_NAME,
        "from_person": _p("transfer", "From"),
        "to_person": _p("transfer", "To"),
        "state": _p("column", "Status"),
        "offered_at": _p("column", "Offered on"),
        "expires_at": _l("Open until"),
        "answered_at": _p("column", "Answered on"),
        "attested_at": _l("Signing authority attested"),
        "old_owner_role": _l("Role of the old owner"),
        "account_id": _l("Account number"),
    }
    choices = {"state": TRANSFER_STATES, "old_owner_role": ROLES}

    def row_title(self, row: Any) -> str:
        """The business whose ownership it is about."""
        return str(row.account.party.name)


class GiveAssignment(GuichetForm):
    """Whom to put on the staff, where, and as what."""

    program = SelectField(_p("column", "Program"), [required(_l("Select a program."))], coerce=int)
    urn = StringField(
        _l("User reference number (URN)"), [required(_l("Enter the user reference number."))]
    )
    family_name = StringField(_l("Family name"), [required(_l("Enter the family name."))])
    kind = RadioField(_p("column", "Kind of staff"), [required(_l("Select a kind of staff."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actor = current_person().id
        mine = staff_programs(session, actor, staff.WRITE)
        programs = session.query(Program).filter(Program.id.in_(mine)).all()
        self.program.choices = [(one.id, str(one)) for one in programs]
        held = {kind for key in mine for kind in staff.kinds_held(session, actor, key)}
        self.kind.choices = [
            (kind, gettext("%(kind)s: %(duty)s", kind=STAFF_NAMES[kind], duty=STAFF_DUTIES[kind]))
            for kind in assignable(held)
        ]


class AssignmentView(SafeModelView):
    """Who works for which program, as which kind of staff."""

    datamodel = SafeSQLAInterface(StaffAssignment, "staff.assignments.read")
    route_base = "/staff/assignments"
    help_topic = "staff-people"
    list_title, one_title = _l("Staff assignments"), _p("one", "Staff assignment")
    empty = _l("No one is on the staff yet.")
    list_columns = ("person", "staff_role", "program", "starts_at", "ends_at")
    show_columns = list_columns
    search_columns = (
        "person.party.search", "staff_role", "program", "starts_at", "person_id",
    )  # fmt: skip
    linked_by = frozenset({"person_id"})
    order_columns = ("person", "staff_role", "starts_at", "ends_at")
    sort_as = {"person": "person.party.name_folded"}
    base_order = ("starts_at", "desc")
    label_columns = {
        "person": _p("column", "Person"),
        "person.party.search": _p("column", "Person"),
        "staff_role": _p("column", "Kind of staff"),
        "program": _p("column", "Program"),
        "starts_at": _p("column", "From"),
        "ends_at": _p("column", "Until"),
        "person_id": _l("Person number"),
    }
    choices = {"staff_role": STAFF_NAMES}
    add_form, add_title = GiveAssignment, _l("Give a staff assignment")
    add_action = staff.WRITE
    deeds = (
        Deed(
            "end",
            _l("End the assignment"),
            _l("The person no longer sees anything of this program, from now on."),
            lambda row, _form: _end(row),
            staff.WRITE,
            when=lambda row: row.ends_at is None,
            done=_l("The assignment has ended."),
            danger=True,
            many=_l("End the assignments"),
            skipped=_l("This assignment has ended already."),
        ),
    )
    words = {
        "unknown_person": _l(
            "No one in the portal has this name and reference number. Check both."
        ),
        "inactive": _l("This person’s access is closed. It must be opened first."),
        "already": _l("This person has this assignment already."),
        "last_administrator": _l("A program keeps an administrator. Give another one first."),
        "already_ended": _l("Someone else has ended this assignment."),
    }

    def deed_add(self, form: GuichetForm) -> None:
        """Put the person on the staff."""
        staff.give_assignment(
            current_person().id,
            program_id=form.program.data,
            urn=form.urn.data,
            family_name=form.family_name.data,
            kind=form.kind.data,
        )

    def row_title(self, row: Any) -> str:
        """The person's name."""
        return str(row.person.full_name)


def _end(row: StaffAssignment) -> None:
    try:
        staff.end_assignment(current_person().id, row.id)
    except Conflict as conflict:
        raise Invalid({"": conflict.reason}) from conflict


SCREENS: Screens = (
    (MembershipView, "memberships"),
    (TransferView, "transfers"),
    (AssignmentView, "assignments"),
)


def register(builder: AppBuilder) -> None:
    """Put the screens into the staff menu."""
    add_screens(builder, SCREENS)
