"""What is said on the way to an account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.correspondence.template import declare

declare(
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
declare(
    "registration_with_officer",
    "business",
    _l("An officer checks your registration"),
    [
        _l("An officer checks the registration of %(business)s before it goes on."),
        _l("You receive a notice as soon as it is decided."),
    ],
    _l("View the registration"),
)
declare(
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
declare(
    "registration_proved",
    "business",
    _l("Your registration is approved"),
    [
        _l("An officer approved the registration of %(business)s."),
        _l("Accept the terms of use to open the account."),
    ],
    _l("Accept the terms of use"),
)
declare(
    "registration_refused",
    "business",
    _l("Your registration is refused"),
    [
        _l("An officer refused the registration of %(business)s."),
        _l("The portal shows the reason and what you can do."),
    ],
    _l("View the registration"),
)
declare(
    "registration_lapsed",
    "business",
    _l("Your registration has lapsed"),
    [
        _l("The registration of %(business)s was not activated in time and has lapsed."),
        _l("You may register the business again."),
    ],
    _l("View the registration"),
)
declare(
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
declare(
    "letter_posted",
    "business posted expires",
    _l("Your letter is in the mail"),
    [
        _l("The letter for %(business)s was mailed on %(posted)s by registered mail."),
        _l("The activation code it contains expires on %(expires)s."),
    ],
    _l("View the registration"),
)
declare(
    "letter_returned",
    "business",
    _l("Your letter came back to us"),
    [
        _l("The letter for %(business)s was not delivered and came back to us."),
        _l("Check the mailing address of the business, then request a new code."),
    ],
    _l("View the registration"),
)
declare(
    "new_letter",
    "business",
    _l("We are preparing a new letter"),
    [
        _l("A new letter with a new activation code is being prepared for %(business)s."),
        _l("The code in the earlier letter no longer works."),
    ],
    _l("View the registration"),
)
declare(
    "code_expires_soon",
    "business expires",
    _l("Your activation code expires on %(expires)s"),
    [
        _l("The activation code for %(business)s expires on %(expires)s."),
        _l("Activate the account before then, or request a new code."),
    ],
    _l("Activate the account"),
)
declare(
    "account_activated",
    "business",
    _l("The company account is activated"),
    [
        _l("The account of %(business)s is activated and you are its account owner."),
        _l("You can now add users and fill in the profiles of the business."),
    ],
    _l("Open the dashboard"),
)
