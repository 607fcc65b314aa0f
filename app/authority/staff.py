"""The agency's own people: kinds of staff and what each kind may do.

In code, because they are the portal's and not a program's; ``sync`` copies them into
``staff_role_action`` so that the one predicate can read them. Which programs a person
works for is a row (``StaffAssignment``); which rows they see follows from it.
"""

from __future__ import annotations

from collections.abc import Mapping

READ = frozenset(
    {
        "staff.work.read",
        "staff.parties.read",
        "staff.registry.read",
        "staff.ledger.read",
        "staff.registrations.read",
        "staff.accounts.read",
        "staff.memberships.read",
        "staff.codes.read",
        "staff.letters.read",
        "staff.cases.read",
        "staff.persons.read",
        "staff.sessions.read",
        "staff.notices.read",
        "staff.programs.read",
        "staff.trail.read",
        "staff.announcements.read",
        "staff.assignments.read",
        "staff.views.read",
        "staff.results.read",
        "staff.status.read",
    }
)

OFFICER = READ - {"staff.sessions.read", "staff.assignments.read", "staff.status.read"} | {
    "staff.registry.import",
    "staff.registry.add",
    "staff.ledger.import",
    "staff.registrations.decide",
    "staff.registrations.create",
    "staff.registrations.unlock",
    "staff.letters.make",
    "staff.letters.move",
    "staff.cases.examine",
    "staff.cases.decide",
    "staff.announcements.write",
    "staff.views.share",
    "staff.export",
}

STAFF_ROLES: Mapping[str, frozenset[str]] = {
    # Decides registrations and sends letters; does not touch credentials.
    "program_officer": frozenset(OFFICER),
    # Helps people get in again; decides nothing about a business.
    "technical_support": frozenset(
        {
            "staff.work.read",
            "staff.persons.read",
            "staff.sessions.read",
            "staff.memberships.read",
            "staff.accounts.read",
            "staff.parties.read",
            "staff.registrations.read",
            "staff.letters.read",
            "staff.codes.read",
            "staff.notices.read",
            "staff.programs.read",
            "staff.announcements.read",
            "staff.views.read",
            "staff.results.read",
            "staff.status.read",
            "staff.views.share",
            "staff.persons.unlock",
            "staff.sessions.end",
        }
    ),
    "supervisor": frozenset(
        OFFICER | READ | {"staff.persons.unlock", "staff.sessions.end", "staff.persons.disable"}
    ),
    # Reads all, changes nothing: an export is a read, and the trail says it happened.
    "auditor": frozenset(READ | {"staff.export"}),
    "administrator": frozenset(
        READ
        | {
            "staff.assignments.write",
            "staff.users.write",
            "staff.persons.disable",
            "staff.persons.unlock",
            "staff.sessions.end",
            "staff.announcements.write",
            "staff.views.share",
            "staff.export",
        }
    ),
}

# Who may give which kind of staff: administrators alone, each kind up to their own, and nobody to
# themselves. Their own kind too, because a program that keeps an administrator needs a second one
# before the first can leave: `leaves_none` would hold the last in office for ever.
ASSIGNABLE_BY: Mapping[str, frozenset[str]] = {
    "administrator": frozenset(
        {"program_officer", "technical_support", "supervisor", "auditor", "administrator"}
    ),
}
