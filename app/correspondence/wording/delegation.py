"""What is said about third parties: to the client who lets them act, and to the provider."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.correspondence.template import declare

_CLIENTS = _l("View the clients")
_THIRD_PARTIES = _l("View the third parties")
_BUSINESS = _l("Business: %(business)s")
_LEVEL = _l("Level: %(title)s")

declare(
    "third_party_asked",
    "business provider",
    _l("A third party asks to act for your business"),
    [
        _l("%(provider)s asks to act for your business in the portal."),
        _BUSINESS,
        _l("Until you approve the request, this third party can do nothing."),
    ],
    _l("Answer the request"),
)
declare(
    "third_party_approved",
    "business provider title by",
    _l("A third party may act for your business"),
    [
        _l("%(by)s approved the request of %(provider)s."),
        _LEVEL,
        _BUSINESS,
        _l("You can change or end this at any time."),
    ],
    _THIRD_PARTIES,
)
declare(
    "client_approved",
    "business client title",
    _l("A client has approved your request"),
    [
        _l("%(client)s lets your business act for it."),
        _LEVEL,
        _l("Choose who of your business works for this client."),
        _BUSINESS,
    ],
    _CLIENTS,
)
declare(
    "client_refused",
    "business client reason",
    _l("A client has refused your request"),
    [
        _l("%(client)s does not let your business act for it."),
        _l("Reason: %(reason)s"),
        _BUSINESS,
    ],
    _CLIENTS,
)
declare(
    "third_party_changed",
    "business provider title by",
    _l("What a third party may do has changed"),
    [
        _l("%(by)s changed what %(provider)s may do for your business."),
        _LEVEL,
        _BUSINESS,
    ],
    _THIRD_PARTIES,
)
declare(
    "client_changed",
    "business client title",
    _l("What you may do for a client has changed"),
    [
        _l("%(client)s changed what your business may do for it."),
        _LEVEL,
        _BUSINESS,
    ],
    _CLIENTS,
)
declare(
    "third_party_ended",
    "business provider by reason",
    _l("A third party no longer acts for your business"),
    [
        _l("%(by)s ended the access of %(provider)s. It can no longer see or do anything."),
        _l("Reason: %(reason)s"),
        _BUSINESS,
    ],
    _THIRD_PARTIES,
)
declare(
    "client_ended",
    "business client reason",
    _l("Your business no longer acts for a client"),
    [
        _l("Your business no longer acts for %(client)s."),
        _l("Reason: %(reason)s"),
        _BUSINESS,
    ],
    _CLIENTS,
)
declare(
    "third_party_ends",
    "business provider until",
    _l("The access of a third party ends soon"),
    [
        _l("%(provider)s can act for your business until the end of %(until)s."),
        _l("To let it continue, change the end date."),
        _BUSINESS,
    ],
    _THIRD_PARTIES,
)
declare(
    "client_ends",
    "business client until",
    _l("Your access for a client ends soon"),
    [
        _l("Your business can act for %(client)s until the end of %(until)s."),
        _l("Only the client can change the end date."),
        _BUSINESS,
    ],
    _CLIENTS,
)
declare(
    "third_party_over",
    "business provider",
    _l("The access of a third party has ended"),
    [
        _l("The end date has passed: %(provider)s no longer acts for your business."),
        _BUSINESS,
    ],
    _THIRD_PARTIES,
)
declare(
    "client_over",
    "business client",
    _l("Your access for a client has ended"),
    [
        _l("The end date has passed: your business no longer acts for %(client)s."),
        _BUSINESS,
    ],
    _CLIENTS,
)
declare(
    "client_assigned",
    "business client title",
    _l("You can act for a client"),
    [
        _l("%(client)s is among your businesses from now on."),
        _l("What you are there: %(title)s"),
        _BUSINESS,
    ],
    _l("View your businesses"),
)
