"""What is said about roles."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.correspondence.template import declare

declare(
    "role_offered",
    "business role by until",
    _l("You are offered a role"),
    [
        _l("%(by)s offers you this role: %(role)s."),
        _l("Business: %(business)s"),
        _l("Accept or decline the offer by %(until)s."),
    ],
    _l("Answer the offer"),
)
declare(
    "role_accepted",
    "business role person",
    _l("A role was accepted"),
    [
        _l("%(person)s accepted this role: %(role)s. The access is active."),
        _l("Business: %(business)s"),
    ],
    _l("View the users"),
)
declare(
    "role_waiting",
    "business role person by",
    _l("A user waits for you to activate the access"),
    [
        _l("%(person)s, added by %(by)s, accepted this role: %(role)s."),
        _l("Business: %(business)s"),
        _l("Only the account owner can activate the access."),
    ],
    _l("View the users"),
)
declare(
    "role_declined",
    "business role person",
    _l("A role was declined"),
    [
        _l("%(person)s declined this role: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("View the users"),
)
declare(
    "role_offer_lapsed",
    "business role person",
    _l("An offer of a role has lapsed"),
    [
        _l("%(person)s did not answer in time. The offer of this role has lapsed: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("View the users"),
)
declare(
    "role_withdrawn",
    "business role",
    _l("An offer of a role is withdrawn"),
    [
        _l("You can no longer accept this role: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("View your businesses"),
)
declare(
    "role_refused",
    "business role",
    _l("Your access is not activated"),
    [
        _l("The access under this role was not activated: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("View your businesses"),
)
declare(
    "role_activated",
    "business role",
    _l("Your access is active"),
    [
        _l("You now have this role: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("Open the dashboard"),
)
declare(
    "role_suspended",
    "business role",
    _l("Your access is suspended"),
    [
        _l("Your access under this role is suspended: %(role)s."),
        _l("Business: %(business)s"),
        _l("The people who manage the users of the business can tell you why."),
    ],
    _l("View your businesses"),
)
declare(
    "role_reactivated",
    "business role",
    _l("Your access is active again"),
    [
        _l("Your access under this role is active again: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("Open the dashboard"),
)
declare(
    "role_removed",
    "business role",
    _l("Your access has ended"),
    [
        _l("You no longer have this role: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("View your businesses"),
)
declare(
    "role_changed",
    "business old_role role",
    _l("Your role has changed"),
    [
        _l("Your role was %(old_role)s. It is now %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("Open the dashboard"),
)
declare(
    "member_left",
    "business role person",
    _l("A user left the account"),
    [
        _l("%(person)s gave up this role: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("View the users"),
)
