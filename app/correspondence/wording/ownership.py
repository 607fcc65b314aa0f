"""What is said about the ownership of an account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.correspondence.template import declare

declare(
    "transfer_offered",
    "business by until",
    _l("You are offered the ownership of an account"),
    [
        _l("%(by)s offers you the ownership of the account of %(business)s."),
        _l(
            "To accept, you must have signing authority and be authorized to represent the"
            " business officially."
        ),
        _l("Accept or decline the offer by %(until)s."),
    ],
    _l("Answer the offer"),
)
declare(
    "transfer_begun",
    "business person until",
    _l("You offered the ownership of an account"),
    [
        _l("You offered the ownership of the account of %(business)s to %(person)s."),
        _l("You are still the account owner. The offer can be accepted until %(until)s."),
        _l("If it was not you, withdraw the offer at once, then contact us."),
    ],
    _l("View the offer"),
)
declare(
    "transfer_made",
    "business person",
    _l("The ownership of the account is transferred"),
    [
        _l("You transferred the ownership of the account of %(business)s to %(person)s."),
        _l("You are no longer its account owner."),
    ],
    _l("View your businesses"),
)
declare(
    "transfer_accepted",
    "business person",
    _l("The ownership of the account is transferred"),
    [
        _l("%(person)s accepted the ownership of the account of %(business)s."),
        _l("You are no longer its account owner."),
    ],
    _l("View your businesses"),
)
declare(
    "transfer_received",
    "business by",
    _l("You are now the account owner"),
    [
        _l("%(by)s transferred the ownership of the account of %(business)s to you."),
        _l("You may now submit changes to the account and transfer its ownership."),
    ],
    _l("Open the dashboard"),
)
declare(
    "transfer_withdrawn",
    "business by",
    _l("The offer of ownership is withdrawn"),
    [_l("%(by)s withdrew the offer of ownership of the account of %(business)s.")],
    _l("View your businesses"),
)
declare(
    "transfer_declined",
    "business person",
    _l("The offer of ownership is declined"),
    [
        _l("%(person)s declined the ownership of the account of %(business)s."),
        _l("You are still the account owner."),
    ],
    _l("View the users"),
)
declare(
    "transfer_lapsed",
    "business person",
    _l("The offer of ownership has lapsed"),
    [
        _l("%(person)s did not answer in time about the account of %(business)s."),
        _l("You are still the account owner."),
    ],
    _l("View the users"),
)
