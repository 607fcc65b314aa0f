"""What is said about signing in."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from app.correspondence.template import declare

_NOT_YOU: Final = _l("If it was not you, change your password at once, then contact us.")

declare(
    "urn_issued",
    "urn",
    _l("Your user reference number (URN)"),
    [
        _l("Your user reference number (URN) is %(urn)s."),
        _l(
            "Keep it in a safe place. A business that adds you as a user asks for this number,"
            " your family name and your email address."
        ),
        _l("Sign in at least once every two years, or the number expires."),
    ],
    _l("Go to the portal"),
)
declare(
    "account_locked",
    "locked_until",
    _l("Your account is locked for a while"),
    [
        _l("Too many wrong codes were entered. You can sign in again after %(locked_until)s."),
        _l("If it was not you, someone may know your password. Change it, then contact us."),
    ],
    _l("Change the password"),
)
declare(
    "factor_disabled",
    "",
    _l("Your account no longer accepts one-time codes"),
    [
        _l("Too many wrong codes were entered over time, so codes no longer open your account."),
        _l("Contact us. We check who you are, then open your account again."),
    ],
    _l("Contact us"),
)
declare(
    "password_changed",
    "at",
    _l("Your password was changed"),
    [
        _l("Your password was changed on %(at)s. Your other sessions have ended."),
        _NOT_YOU,
    ],
    _l("Change the password"),
)
declare(
    "access_disabled",
    "",
    _l("Your access to the portal is closed"),
    [_l("Staff closed your access to the portal."), _l("Contact us if you have questions.")],
    _l("Contact us"),
)
declare(
    "access_enabled",
    "",
    _l("Your access to the portal is open again"),
    [_l("Staff opened your access to the portal again. You can sign in.")],
    _l("Sign in"),
)
