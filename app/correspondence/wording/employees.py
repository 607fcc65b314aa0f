"""What is said about access that people ask for, and that ends."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.correspondence.template import declare

declare(
    "access_asked",
    "business person",
    _l("Someone asks for access"),
    [
        _l("%(person)s asks for access to this business."),
        _l("Business: %(business)s"),
        _l("Approve the request only if you know that this person works for the business."),
    ],
    _l("View the request"),
)
declare(
    "access_approved",
    "business role",
    _l("Your request for access is approved"),
    [
        _l("You now have this role: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("Open the dashboard"),
)
declare(
    "access_refused",
    "business reason",
    _l("Your request for access is refused"),
    [
        _l("The business gave this reason: %(reason)s"),
        _l("Business: %(business)s"),
    ],
    _l("View your businesses"),
)
declare(
    "access_changed",
    "business role",
    _l("Your access has changed"),
    [
        _l("Your role, the program accounts or the end date have changed. Your role: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("Open the dashboard"),
)
declare(
    "access_ended",
    "business role reason",
    _l("Your access has ended"),
    [
        _l("You no longer have this role: %(role)s."),
        _l("The business gave this reason: %(reason)s"),
        _l("Business: %(business)s"),
    ],
    _l("View your businesses"),
)
declare(
    "access_ends",
    "business role until",
    _l("Your access ends soon"),
    [
        _l("Your access under this role ends on %(until)s: %(role)s."),
        _l("Business: %(business)s"),
        _l("If you still need it, tell the people who manage the users of the business."),
    ],
    _l("Open the dashboard"),
)
declare(
    "member_ends",
    "business person role until",
    _l("An employee’s access ends soon"),
    [
        _l("The access of %(person)s under this role ends on %(until)s: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("View the employee"),
)
declare(
    "employee_gone",
    "business person provider",
    _l("Someone no longer acts for you"),
    [
        _l("%(person)s no longer acts for you at this third party: %(provider)s."),
        _l("Business: %(business)s"),
    ],
    _l("Open the dashboard"),
)
declare(
    "all_ended",
    "business reason",
    _l("All your access has ended"),
    [
        _l("You no longer work in this account, and no longer act for its clients."),
        _l("The business gave this reason: %(reason)s"),
        _l("Business: %(business)s"),
    ],
    _l("View your businesses"),
)
