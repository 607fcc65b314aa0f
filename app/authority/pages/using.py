"""Each page of an account that was shown is noted as a use of it, once the answer has left."""

from __future__ import annotations

import logging
from functools import partial

from flask import Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from app.authority.pages import pages
from app.authority.service.using import note_use
from app.web.access import person_or_none

log = logging.getLogger(__name__)


@pages.after_app_request
def note(response: Response) -> Response:
    """Only what somebody saw: a refusal, a redirect or a form that was sent is no use."""
    account, person = g.get("account"), person_or_none()
    shown = response.status_code == 200 and response.mimetype == "text/html"
    if account is not None and person is not None and shown and request.method == "GET":
        part = g.get("part")
        where = (person.id, account.id, part.id if part is not None else None)
        response.call_on_close(partial(_note, *where))
    return response


def _note(person_id: int, account_id: int, part_id: int | None) -> None:
    try:
        note_use(person_id, account_id, part_id)
    except SQLAlchemyError:
        # The page was answered. That its use is not noted harms nobody, and the next one is.
        log.exception("the use of an account could not be noted")
