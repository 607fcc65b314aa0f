"""Every notice that the portal can send: its words in both languages and the facts it needs.

A notice row holds the template's name and its facts; the words are made when somebody reads or
receives them, in that person's language. A call with other facts than the declared ones raises,
so that no notice can ever show a hole. Facts are never secrets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from flask_babel import lazy_gettext as _l


class Kind(Enum):
    """How a fact is written: as it is, as a day, as an instant, or as a role's official name."""

    TEXT = "text"
    DAY = "day"
    MOMENT = "moment"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Template:
    """One notice. ``verb`` names the button that leads to the notice's path, when it has one."""

    name: str
    facts: Mapping[str, Kind]
    subject: Any
    body: tuple[Any, ...]
    verb: Any


_KINDS: Final[Mapping[str, Kind]] = {
    "at": Kind.MOMENT,
    "until": Kind.DAY,
    "locked_until": Kind.MOMENT,
    "posted": Kind.DAY,
    "expires": Kind.DAY,
    "role": Kind.ROLE,
    "old_role": Kind.ROLE,
}
"""Facts that are not plain text; every other fact is."""

_templates: dict[str, Template] = {}


def _add(name: str, facts: str, subject: Any, body: Iterable[Any], verb: Any) -> None:
    kinds = {fact: _KINDS.get(fact, Kind.TEXT) for fact in facts.split()}
    _templates[name] = Template(name, kinds, subject, tuple(body), verb)


def find_template(name: str) -> Template:
    """The template of that name. Raises LookupError for a name that nobody declared."""
    try:
        return _templates[name]
    except KeyError:
        raise LookupError(f"no notice is called {name}") from None


def all_templates() -> Iterable[Template]:
    """Every template, for the tests that read them all in both languages."""
    return _templates.values()


# ── signing in ──────────────────────────────────────────────────────────────────────────

_NOT_YOU: Final = _l("If it was not you, change your password at once, then contact us.")

_add(
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
_add(
    "account_locked",
    "locked_until",
    _l("Your account is locked for a while"),
    [
        _l("Too many wrong codes were entered. You can sign in again after %(locked_until)s."),
        _l("If it was not you, someone may know your password. Change it, then contact us."),
    ],
    _l("Change the password"),
)
_add(
    "factor_disabled",
    "",
    _l("Your account no longer accepts one-time codes"),
    [
        _l("Too many wrong codes were entered over time, so codes no longer open your account."),
        _l("Contact us. We check who you are, then open your account again."),
    ],
    _l("Contact us"),
)
_add(
    "password_changed",
    "at",
    _l("Your password was changed"),
    [
        _l("Your password was changed on %(at)s. Your other sessions have ended."),
        _NOT_YOU,
    ],
    _l("Change the password"),
)
_add(
    "access_disabled",
    "",
    _l("Your access to the portal is closed"),
    [_l("Staff closed your access to the portal."), _l("Contact us if you have questions.")],
    _l("Contact us"),
)
_add(
    "access_enabled",
    "",
    _l("Your access to the portal is open again"),
    [_l("Staff opened your access to the portal again. You can sign in.")],
    _l("Sign in"),
)

# ── getting an account ──────────────────────────────────────────────────────────────────

_add(
    "registration_received",
    "business",
    _l("We received your registration"),
    [
        _l("We received the registration of %(business)s."),
        _l(
            "A letter with the client number and the activation code goes by registered mail to"
            " the address in our registry."
        ),
    ],
    _l("View the registration"),
)
_add(
    "registration_with_officer",
    "business",
    _l("An officer checks your registration"),
    [
        _l("An officer checks the registration of %(business)s before the letter is sent."),
        _l("You receive a notice as soon as it is decided."),
    ],
    _l("View the registration"),
)
_add(
    "registration_approved",
    "business",
    _l("Your registration is approved"),
    [
        _l("An officer approved the registration of %(business)s."),
        _l(
            "A letter with the client number and the activation code goes by registered mail to"
            " the address in our registry."
        ),
    ],
    _l("View the registration"),
)
_add(
    "registration_refused",
    "business",
    _l("Your registration is refused"),
    [
        _l("An officer refused the registration of %(business)s."),
        _l("The portal shows the reason and what you can do."),
    ],
    _l("View the registration"),
)
_add(
    "registration_lapsed",
    "business",
    _l("Your registration has lapsed"),
    [
        _l("The registration of %(business)s was not activated in time and has lapsed."),
        _l("You may register the business again."),
    ],
    _l("View the registration"),
)
_add(
    "activation_offered",
    "business",
    _l("You are named to activate an account"),
    [
        _l("Staff named you as the prospective account owner of %(business)s."),
        _l(
            "Once you have the client number and the activation code from the letter, sign in and"
            " activate the account."
        ),
    ],
    _l("View the registration"),
)
_add(
    "letter_posted",
    "business posted expires",
    _l("Your letter is in the mail"),
    [
        _l("The letter for %(business)s was mailed on %(posted)s by registered mail."),
        _l("The activation code it contains expires on %(expires)s."),
    ],
    _l("View the registration"),
)
_add(
    "letter_returned",
    "business",
    _l("Your letter came back to us"),
    [
        _l("The letter for %(business)s was not delivered and came back to us."),
        _l("Check the mailing address of the business, then request a new code."),
    ],
    _l("View the registration"),
)
_add(
    "new_letter",
    "business",
    _l("We are preparing a new letter"),
    [
        _l("A new letter with a new activation code is being prepared for %(business)s."),
        _l("The code in the earlier letter no longer works."),
    ],
    _l("View the registration"),
)
_add(
    "code_expires_soon",
    "business expires",
    _l("Your activation code expires on %(expires)s"),
    [
        _l("The activation code for %(business)s expires on %(expires)s."),
        _l("Activate the account before then, or request a new code."),
    ],
    _l("Activate the account"),
)
_add(
    "account_activated",
    "business",
    _l("The company account is activated"),
    [
        _l("The account of %(business)s is activated and you are its account owner."),
        _l("You can now add users and fill in the profiles of the business."),
    ],
    _l("Open the dashboard"),
)

# ── roles ───────────────────────────────────────────────────────────────────────────────

_add(
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
_add(
    "role_accepted",
    "business role person",
    _l("A role was accepted"),
    [
        _l("%(person)s accepted this role: %(role)s. The access is active."),
        _l("Business: %(business)s"),
    ],
    _l("View the users"),
)
_add(
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
_add(
    "role_declined",
    "business role person",
    _l("A role was declined"),
    [
        _l("%(person)s declined this role: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("View the users"),
)
_add(
    "role_offer_lapsed",
    "business role person",
    _l("An offer of a role has lapsed"),
    [
        _l("%(person)s did not answer in time. The offer of this role has lapsed: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("View the users"),
)
_add(
    "role_withdrawn",
    "business role",
    _l("An offer of a role is withdrawn"),
    [
        _l("You can no longer accept this role: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("View your businesses"),
)
_add(
    "role_refused",
    "business role",
    _l("Your access is not activated"),
    [
        _l("The access under this role was not activated: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("View your businesses"),
)
_add(
    "role_activated",
    "business role",
    _l("Your access is active"),
    [
        _l("You now have this role: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("Open the dashboard"),
)
_add(
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
_add(
    "role_reactivated",
    "business role",
    _l("Your access is active again"),
    [
        _l("Your access under this role is active again: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("Open the dashboard"),
)
_add(
    "role_removed",
    "business role",
    _l("Your access has ended"),
    [
        _l("You no longer have this role: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("View your businesses"),
)
_add(
    "role_changed",
    "business old_role role",
    _l("Your role has changed"),
    [
        _l("Your role was %(old_role)s. It is now %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("Open the dashboard"),
)
_add(
    "member_left",
    "business role person",
    _l("A user left the account"),
    [
        _l("%(person)s gave up this role: %(role)s."),
        _l("Business: %(business)s"),
    ],
    _l("View the users"),
)

# ── ownership ───────────────────────────────────────────────────────────────────────────

_add(
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
_add(
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
_add(
    "transfer_made",
    "business person",
    _l("The ownership of the account is transferred"),
    [
        _l("You transferred the ownership of the account of %(business)s to %(person)s."),
        _l("You are no longer its account owner."),
    ],
    _l("View your businesses"),
)
_add(
    "transfer_accepted",
    "business person",
    _l("The ownership of the account is transferred"),
    [
        _l("%(person)s accepted the ownership of the account of %(business)s."),
        _l("You are no longer its account owner."),
    ],
    _l("View your businesses"),
)
_add(
    "transfer_received",
    "business by",
    _l("You are now the account owner"),
    [
        _l("%(by)s transferred the ownership of the account of %(business)s to you."),
        _l("You may now submit changes to the account and transfer its ownership."),
    ],
    _l("Open the dashboard"),
)
_add(
    "transfer_withdrawn",
    "business by",
    _l("The offer of ownership is withdrawn"),
    [_l("%(by)s withdrew the offer of ownership of the account of %(business)s.")],
    _l("View your businesses"),
)
_add(
    "transfer_declined",
    "business person",
    _l("The offer of ownership is declined"),
    [
        _l("%(person)s declined the ownership of the account of %(business)s."),
        _l("You are still the account owner."),
    ],
    _l("View the users"),
)
_add(
    "transfer_lapsed",
    "business person",
    _l("The offer of ownership has lapsed"),
    [
        _l("%(person)s did not answer in time about the account of %(business)s."),
        _l("You are still the account owner."),
    ],
    _l("View the users"),
)
