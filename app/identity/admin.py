"""Staff screens: persons, their locks, their sessions. Nobody sees or sets a credential here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_appbuilder import AppBuilder
from flask_appbuilder.models.sqla.filters import FilterGreater
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p
from wtforms import StringField
from wtforms.validators import Length

from app.audit.reasons import SESSION_ENDINGS
from app.base.errors import Conflict, Invalid
from app.identity.models import Factor, SignInSession
from app.identity.service import sessions, staff
from app.parties.models import Person
from app.web.access import current_person
from app.web.admin import Deed, Related, SafeModelView, SafeSQLAInterface, Tab, Tag
from app.web.forms import GuichetForm, required
from app.web.staff.clock import moment
from app.web.staff.screens import Screens, add_screens

LANGUAGES = {"en": _l("English"), "fr": _l("French")}
PERSON_STATES = {
    "unverified": Tag("draft", _p("person", "Not verified")),
    "active": Tag("done", _p("person", "Active")),
    "disabled": Tag("refused", _p("person", "Disabled")),
}
SESSION_STAGES = {
    "credential": _p("session", "Password given"),
    "code": _p("session", "Code given"),
    "full": _p("session", "Signed in"),
}
END = "staff.sessions.end"
NAME, URN = _p("column", "Name"), _l("URN")


class Reason(GuichetForm):
    """Why staff intervene in somebody's sign-in: kept in the trail."""

    reason = StringField(
        _l("Reason"),
        [required(_l("Enter the reason.")), Length(max=200)],
        description=_l("How you checked who the person is, or what you were told."),
    )


def _on(deed: Callable[..., Any], person: Callable[[Any], int]) -> Callable[[Any, Any], None]:
    """Run a deed on a person, with its reason; a conflict is told at the form."""

    def run(row: Any, form: Any) -> None:
        try:
            deed(current_person().id, person(row), form.reason.data)
        except Conflict as conflict:
            raise Invalid({"": conflict.reason}) from conflict

    return run


WORDS = {
    "not_active": _l("This person’s access is closed already."),
    "not_disabled": _l("This person’s access is open already."),
    "last_administrator": _l("A program keeps an administrator. Give another one first."),
}


class PersonView(SafeModelView):
    """Everybody who signs in, as far as staff may know of them."""

    datamodel = SafeSQLAInterface(Person, "staff.persons.read")
    route_base = "/staff/persons"
    help_topic = "staff-people"
    list_title, one_title = _l("Persons"), _p("one", "Person")
    empty = _l("No one has signed up yet.")
    list_columns = ("party.name", "urn", "email", "state", "last_sign_in_at")
    show_columns = (*list_columns, "phone", "language", "urn_issued_at", "party.created_at")
    search_columns = ("party.search", "urn", "email_folded", "state", "language",
                      "last_sign_in_at")  # fmt: skip
    order_columns = ("party.name", "urn", "state", "last_sign_in_at")
    sort_as = {"party.name": "party.name_folded"}
    base_order = ("party.name", "asc")
    label_columns = {
        "party.name": NAME,
        "party.search": NAME,
        "party.created_at": _l("Signed up on"),
        "urn": URN,
        "urn_issued_at": _l("URN issued on"),
        "email": _l("Email address"),
        "email_folded": _l("Email address"),
        "phone": _l("Telephone"),
        "language": _p("column", "Language"),
        "state": _p("column", "Status"),
        "last_sign_in_at": _l("Last sign-in"),
    }
    choices = {"state": PERSON_STATES, "language": LANGUAGES}
    identifiers = frozenset({"urn"})
    telephones = frozenset({"phone"})
    tabs = (
        Tab(_p("persons", "All"), {}),
        Tab(_p("persons", "Disabled"), {"_flt_0_state": "disabled"}),
    )
    related = (
        Related(_l("Memberships"), "MembershipView", "person_id"),
        Related(_l("Registrations"), "RegistrationView", "person_id"),
        Related(_l("Sign-in locks"), "LockView", "person_id"),
        Related(_l("Sessions"), "SessionView", "person_id"),
        Related(_l("Notices"), "NoticeView", "person_id"),
        Related(_l("Staff assignments"), "AssignmentView", "person_id"),
        Related(_l("Trail of what this person did"), "EntryView", "actor_id"),
        Related(_l("Trail of what concerns this person"), "EntryView", "person_concerned.id"),
    )
    deeds = (
        Deed(
            "disable",
            _l("Disable the person"),
            _l("Every session ends at once and the person can no longer sign in."),
            _on(staff.disable_person, lambda row: row.id),
            "staff.persons.disable",
            form=Reason,
            when=lambda row: row.state == "active" and row.id != current_person().id,
            done=_l("The person can no longer sign in."),
            danger=True,
            many=_l("Disable the persons"),
            skipped=_l("Access is not open, or it is your own."),
        ),
        Deed(
            "enable",
            _l("Open access again"),
            _l("The person can sign in again; their roles are as before."),
            _on(staff.enable_person, lambda row: row.id),
            "staff.persons.disable",
            form=Reason,
            when=lambda row: row.state == "disabled",
            done=_l("The person can sign in again."),
            many=_l("Open access again"),
            skipped=_l("Access is not closed."),
        ),
    )
    words = WORDS

    def row_title(self, row: Any) -> str:
        """The person's name."""
        return str(row.full_name)


class LockView(SafeModelView):
    """People whose codes failed: locked for a while, or until staff help."""

    datamodel = SafeSQLAInterface(Factor, "staff.persons.read")
    base_filters = [["in_all", FilterGreater, 0]]
    route_base = "/staff/locks"
    help_topic = "staff-people"
    list_title, one_title = _l("Sign-in locks"), _p("one", "Sign-in lock")
    facts = _l("People who entered wrong codes. A lock ends by itself, or when staff end it.")
    empty = _l("No one is locked.")
    list_columns = ("person", "locked_until", "disabled_at", "in_a_row", "in_all")
    show_columns = (*list_columns, "locks")
    search_columns = ("person.party.search", "locked_until", "disabled_at", "person_id")
    linked_by = frozenset({"person_id"})
    order_columns = ("person", "locked_until", "disabled_at", "in_a_row", "in_all")
    sort_as = {"person": "person.party.name_folded"}
    base_order = ("locked_until", "desc")
    moments = frozenset({"locked_until"})
    label_columns = {
        "person": _p("column", "Person"),
        "person.party.search": _p("column", "Person"),
        "locked_until": _p("column", "Locked until"),
        "disabled_at": _l("Codes disabled on"),
        "in_a_row": _l("Wrong in a row"),
        "in_all": _l("Wrong in all"),
        "locks": _l("Locks so far"),
        "person_id": _l("Person number"),
    }
    deeds = (
        Deed(
            "unlock",
            _l("Unlock"),
            _l("The person can sign in again at once, and the count of wrong codes starts anew."),
            _on(staff.unlock_person, lambda row: row.person_id),
            "staff.persons.unlock",
            form=Reason,
            when=lambda row: row.person_id != current_person().id and _is_blocked(row),
            done=_l("The person can sign in again."),
            many=_l("Unlock"),
            skipped=_l("Nothing is locked now, or the lock is your own."),
        ),
    )
    words = WORDS

    row_words = {"late": _p("row", "Only staff can end it"), "soon": _p("row", "Locked for a time")}

    def row_state(self, row: Any) -> str | None:
        """Late: nobody but staff can end it. Soon: it ends by itself."""
        if row.disabled_at is not None:
            return "late"
        return "soon" if _is_blocked(row) else None

    def row_title(self, row: Any) -> str:
        """The person's name."""
        return str(row.person.full_name)


def _is_blocked(row: Any) -> bool:
    locked = row.locked_until is not None and row.locked_until > moment()
    return locked or row.disabled_at is not None


class SessionView(SafeModelView):
    """Sign-in sessions: since when, from where, how they ended."""

    datamodel = SafeSQLAInterface(SignInSession, "staff.sessions.read")
    route_base = "/staff/sessions"
    help_topic = "staff-people"
    list_title, one_title = _l("Sessions"), _p("one", "Session")
    empty = _l("No one has signed in yet.")
    list_columns = ("person", "stage", "started_at", "last_seen_at", "ended_at")
    show_columns = (*list_columns, "address", "device", "factor", "code_verified_at", "end_reason")
    search_columns = ("person.party.search", "stage", "started_at", "ended_at", "person_id")
    linked_by = frozenset({"person_id"})
    order_columns = ("person", "started_at", "last_seen_at", "ended_at")
    sort_as = {"person": "person.party.name_folded"}
    base_order = ("started_at", "desc")
    label_columns = {
        "person": _p("column", "Person"),
        "person.party.search": _p("column", "Person"),
        "stage": _p("column", "Stage"),
        "started_at": _p("column", "Started on"),
        "last_seen_at": _l("Last seen"),
        "ended_at": _p("column", "Ended on"),
        "address": _l("Network address"),
        "device": _p("column", "Device"),
        "factor": _p("column", "Second factor"),
        "code_verified_at": _l("Code verified on"),
        "end_reason": _p("column", "Why it ended"),
        "person_id": _l("Person number"),
    }
    choices = {
        "stage": SESSION_STAGES,
        "factor": {"email_code": _l("Code by email")},
        "end_reason": SESSION_ENDINGS,
    }
    identifiers = frozenset({"address"})
    moments = frozenset({"started_at", "last_seen_at", "ended_at"})
    deeds = (
        Deed(
            "end",
            _l("End the session"),
            _l("The browser is signed out at its next step."),
            lambda row, _form: sessions.end_session(current_person().id, row.id, action=END),
            END,
            when=lambda row: row.ended_at is None,
            done=_l("The session has ended."),
            danger=True,
            many=_l("End the sessions"),
            skipped=_l("This session has ended already."),
        ),
    )

    def row_title(self, row: Any) -> str:
        """Whose session it is."""
        return str(row.person.full_name)


SCREENS: Screens = (
    (PersonView, "persons"),
    (LockView, "locks"),
    (SessionView, "sessions"),
)


def register(builder: AppBuilder) -> None:
    """Put the screens into the staff menu."""
    add_screens(builder, SCREENS)
