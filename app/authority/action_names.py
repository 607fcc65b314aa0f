"""What actions are called, those that no definition names included: staff's, and on one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_pgettext
from flask_babel.speaklater import LazyString

from app.programs.library import definitions

STAFF_ACTIONS: Final[Mapping[str, LazyString]] = {
    "staff.work.read": lazy_pgettext("action", "Open the work list"),
    "staff.parties.read": lazy_pgettext("action", "Read parties and businesses"),
    "staff.registry.read": lazy_pgettext("action", "Read the registry"),
    "staff.registry.import": lazy_pgettext("action", "Import the registry"),
    "staff.registry.add": lazy_pgettext("action", "Add or correct a registry entry"),
    "staff.ledger.read": lazy_pgettext("action", "Read the ledger"),
    "staff.ledger.import": lazy_pgettext("action", "Import a file of the ledger"),
    "staff.registrations.read": lazy_pgettext("action", "Read registrations"),
    "staff.registrations.decide": lazy_pgettext("action", "Decide on a registration"),
    "staff.registrations.unlock": lazy_pgettext("action", "Unlock a business"),
    "staff.registrations.create": lazy_pgettext("action", "Register an existing member"),
    "staff.accounts.read": lazy_pgettext("action", "Read accounts"),
    "staff.memberships.read": lazy_pgettext("action", "Read memberships"),
    "staff.codes.read": lazy_pgettext("action", "Read activation codes"),
    "staff.letters.read": lazy_pgettext("action", "Read letters"),
    "staff.cases.read": lazy_pgettext("action", "Read what was filed"),
    "staff.cases.examine": lazy_pgettext("action", "Examine what was submitted"),
    "staff.cases.decide": lazy_pgettext("action", "Decide on what was submitted"),
    "staff.letters.make": lazy_pgettext("action", "Make letters"),
    "staff.letters.move": lazy_pgettext("action", "Say what became of a letter"),
    "staff.persons.read": lazy_pgettext("action", "Read persons"),
    "staff.persons.unlock": lazy_pgettext("action", "Unlock a person"),
    "staff.persons.disable": lazy_pgettext("action", "Disable or enable a person"),
    "staff.sessions.read": lazy_pgettext("action", "Read sessions"),
    "staff.sessions.end": lazy_pgettext("action", "End a session"),
    "staff.notices.read": lazy_pgettext("action", "Read notices"),
    "staff.programs.read": lazy_pgettext("action", "Read program definitions"),
    "staff.trail.read": lazy_pgettext("action", "Read the audit trail"),
    "staff.announcements.read": lazy_pgettext("action", "Read announcements"),
    "staff.announcements.write": lazy_pgettext("action", "Write announcements"),
    "staff.assignments.read": lazy_pgettext("action", "Read staff assignments"),
    "staff.assignments.write": lazy_pgettext("action", "Give or end a staff assignment"),
    "staff.users.write": lazy_pgettext("action", "Change the roles of a colleague"),
    "staff.views.read": lazy_pgettext("action", "Read saved views"),
    "staff.views.share": lazy_pgettext("action", "Save a view for a team"),
    "staff.results.read": lazy_pgettext("action", "Read the results of actions on several rows"),
    "staff.status.read": lazy_pgettext("action", "Read the status of the portal"),
    "staff.export": lazy_pgettext("action", "Export a list"),
}

OWN_ACTIONS: Final[Mapping[str, LazyString]] = {
    "self.read": lazy_pgettext("action", "Read one’s own details"),
    "self.update": lazy_pgettext("action", "Change one’s own details"),
    "membership.read": lazy_pgettext("action", "Read one’s own role"),
    "membership.answer": lazy_pgettext("action", "Answer the offer of a role"),
    "membership.contact": lazy_pgettext("action", "Change one’s own business contact"),
    "membership.leave": lazy_pgettext("action", "Leave an account"),
    "transfer.read": lazy_pgettext("action", "Read the offer of an account"),
    "transfer.answer": lazy_pgettext("action", "Answer the offer of an account"),
    "registration.read": lazy_pgettext("action", "Read one’s own registration"),
    "registration.answer": lazy_pgettext("action", "Answer the registration questions"),
    "registration.activate": lazy_pgettext("action", "Activate an account"),
    "request.read": lazy_pgettext("action", "Read one’s own request for access"),
    "request.withdraw": lazy_pgettext("action", "Withdraw one’s own request for access"),
    "session": lazy_pgettext("action", "Use the portal"),
}


def action_name(code: str, language: str, program: str = "") -> str | None:
    """What an action is called in a language, which is the reader's; None for any other text.

    An action on an account has the name that the definitions give it: that of ``program``, by its
    code, before that of another one.
    """
    known = STAFF_ACTIONS.get(code) or OWN_ACTIONS.get(code)
    if known is not None:
        return str(known)
    for one in sorted(definitions(), key=lambda one: one.code != program):
        for row in one.matrix.values():
            for action, label in row.actions.items():
                if action == code:
                    return label.say(language)
    return None
