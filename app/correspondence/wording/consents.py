"""What is said about consents: with whom something may be shared, and with whom no longer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.correspondence.template import declare

declare(
    "consent_given",
    "business title partners by",
    _l("Consent given: %(title)s"),
    [
        _l("%(by)s gave this consent for %(business)s. It stands for: %(partners)s."),
        _l("The consent can be withdrawn at any time. If nobody should have given it, withdraw it"
           " and contact us."),
    ],
    _l("View the consent"),
)  # fmt: skip
declare(
    "consent_withdrawn",
    "business title partners by",
    _l("Consent withdrawn: %(title)s"),
    [
        _l("%(by)s withdrew this consent for %(business)s. It no longer stands for: %(partners)s."),
        _l("Nothing more is shared with them."),
    ],
    _l("View the consent"),
)
