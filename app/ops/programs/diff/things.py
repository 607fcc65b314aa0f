"""That a thing is new or gone, said of each sort of thing with its own gender in French."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

NEW: Final[Mapping[str, LazyString]] = {
    "roles": _l("The role %(thing)s is new."),
    "matrix": _l("The line %(thing)s is new."),
    "actions": _l("The line %(place)s now also means: %(thing)s."),
    "levels": _l("The level of delegation %(thing)s is new."),
    "acting": _l("The role of those who act for a client %(thing)s is new."),
    "standings": _l("The standing %(thing)s is new."),
    "service_standards": _l("The service standard %(thing)s is new."),
    "bases": _l("The country of establishment %(thing)s is new."),
    "lines": _l("The line of business %(thing)s is new."),
    "cases": _l("Clients may now file: %(thing)s."),
    "sections": _l("The section %(thing)s is new."),
    "groups": _l("%(place)s: the heading %(thing)s is new."),
    "topics": _l("%(place)s: the topic %(thing)s is new."),
    "questions": _l("%(place)s: the question %(thing)s is new."),
    "columns": _l("%(place)s: the column %(thing)s is new."),
    "choices": _l("%(place)s: %(thing)s may now be chosen."),
    "states": _l("The state %(thing)s is new."),
    "moves": _l("The move %(thing)s is new."),
    "identifiers": _l("The identifier %(thing)s is new."),
    "fields": _l("%(place)s: the field %(thing)s is new."),
    "consents": _l("Clients may now let the agency share: %(thing)s."),
    "partners": _l("%(place)s: the administration %(thing)s is new."),
    "shares": _l("%(place)s: what is shared now includes %(thing)s."),
    "staff_views": _l("The list of the staff %(thing)s is new."),
    "sources": _l("The source %(thing)s is new."),
}
GONE: Final[Mapping[str, LazyString]] = {
    "roles": _l("The role %(thing)s is gone."),
    "matrix": _l("The line %(thing)s is gone."),
    "actions": _l("The line %(place)s no longer means: %(thing)s."),
    "levels": _l("The level of delegation %(thing)s is gone."),
    "acting": _l("The role of those who act for a client %(thing)s is gone."),
    "standings": _l("The standing %(thing)s is gone."),
    "service_standards": _l("The service standard %(thing)s is gone."),
    "bases": _l("The country of establishment %(thing)s is gone."),
    "lines": _l("The line of business %(thing)s is gone."),
    "cases": _l("Clients may no longer file: %(thing)s."),
    "sections": _l("The section %(thing)s is gone."),
    "groups": _l("%(place)s: the heading %(thing)s is gone."),
    "topics": _l("%(place)s: the topic %(thing)s is gone."),
    "questions": _l("%(place)s: the question %(thing)s is gone."),
    "columns": _l("%(place)s: the column %(thing)s is gone."),
    "choices": _l("%(place)s: %(thing)s can no longer be chosen."),
    "states": _l("The state %(thing)s is gone."),
    "moves": _l("The move %(thing)s is gone."),
    "identifiers": _l("The identifier %(thing)s is gone."),
    "fields": _l("%(place)s: the field %(thing)s is gone."),
    "consents": _l("Clients may no longer let the agency share: %(thing)s."),
    "partners": _l("%(place)s: the administration %(thing)s is gone."),
    "shares": _l("%(place)s: what is shared no longer includes %(thing)s."),
    "staff_views": _l("The list of the staff %(thing)s is gone."),
    "sources": _l("The source %(thing)s is gone."),
}
WHOLE: Final[Mapping[str, tuple[LazyString, LazyString]]] = {
    "users": (
        _l("Nobody is added to accounts any more."),
        _l("People may now be added to accounts."),
    ),
    "transfer": (
        _l("Accounts no longer change hands."),
        _l("Accounts may now change hands."),
    ),
    "access_requests": (
        _l("People no longer ask a business for access."),
        _l("People may now ask a business for access."),
    ),
    "delegation": (
        _l("Businesses no longer act for each other."),
        _l("Businesses may now act for each other."),
    ),
}
"""A part that a definition may lack → what is said when it is gone, and when it is there."""
MORE: Final[Mapping[str, LazyString]] = {
    "may": _l("%(place)s may now: %(thing)s."),
    "gives": _l("%(place)s may now give the role %(thing)s."),
    "proposes": _l("%(place)s may now propose the role %(thing)s."),
    "guards": _l("%(place)s: now only when %(thing)s."),
    "comes_from": _l("%(place)s may now be made from the state %(thing)s."),
    "given_in": _l("%(place)s may now be given in the state %(thing)s."),
    "or_standing": _l("%(place)s may now be given with the standing %(thing)s."),
}
LESS: Final[Mapping[str, LazyString]] = {
    "may": _l("%(place)s may no longer: %(thing)s."),
    "gives": _l("%(place)s may no longer give the role %(thing)s."),
    "proposes": _l("%(place)s may no longer propose the role %(thing)s."),
    "guards": _l("%(place)s: no longer only when %(thing)s."),
    "comes_from": _l("%(place)s may no longer be made from the state %(thing)s."),
    "given_in": _l("%(place)s may no longer be given in the state %(thing)s."),
    "or_standing": _l("%(place)s may no longer be given with the standing %(thing)s."),
}
