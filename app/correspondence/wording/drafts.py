"""What is said when a new version of a program asks a draft for more."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.correspondence.template import declare

declare(
    "application_asks_more",
    "business",
    _l("Your application needs more answers"),
    [
        _l(
            "The program has changed its questions since the application of %(business)s was"
            " filled in."
        ),
        _l("Your answers are kept. What was complete is not complete any more."),
        _l("Answer what is missing before you submit."),
    ],
    _l("View what is missing"),
)
