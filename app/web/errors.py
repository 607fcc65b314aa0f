"""One page for each way a request can fail: what happened, what to do, a reference to quote.

The pages say nothing internal. They hold when the database is down (nobody is looked up) and
when the address has no language (the browser's is used).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from app.base.context import Origin, origin
from app.base.db import may_be_saved
from app.base.errors import Conflict, Invalid, NotFound, Refused, StepUpNeeded, TooMany
from app.documents.errors import StoreError
from app.web.context import at
from app.web.request_id import reference

log = logging.getLogger("guichet.errors")

_NOT_NOW: Final = frozenset({"25006"})  # read-only: what an operator does when a disk is full
_PAGES: Final = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})


def install(app: Flask) -> None:
    """Give every exception that may leave a view its page."""
    app.log_exception = _logged_already  # type: ignore[method-assign]
    app.register_error_handler(SecurityError, _unknown_host)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(InternalServerError, _our_fault)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolTimeout, _database_away)
    app.register_error_handler(StoreError, _store_away)
    app.register_error_handler(StepUpNeeded, _step_up)
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Conflict, lambda _error: _answer(409))
    app.register_error_handler(Invalid, lambda _error: _answer(400))
    app.register_error_handler(TooMany, _too_many)


def set_refused(app: Flask, tell: Callable[[Refused | TooMany], None]) -> None:
    """Say who writes refusals down. A refusal that a deed has told already is told once."""
    app.extensions["guichet.refused"] = tell


def set_hidden(app: Flask, look: Callable[[object, Origin], None]) -> None:
    """Say who looks, once the answer has left, whether what was not found is hidden."""
    app.extensions["guichet.hidden"] = look


def set_keeper(app: Flask, keep: Callable[[], str]) -> None:
    """Say who keeps a form that was sent before a code was asked for, and where it shows again."""
    app.extensions["guichet.keep_form"] = keep


def _logged_already(exc_info: Any) -> None:
    """Flask would log each fault a second time, without the reference."""


def _http(error: HTTPException) -> BaseResponse | HTTPException:
    code = error.code or 500
    if code < 400:
        return error  # a redirect of the router
    if code == 403:  # the framework's own: a screen that the reader's role does not have
        return _refused(Refused(str(request.endpoint), "no_such_permission"))
    # Only a form with a file sends parts.
    answer = _answer(code, with_file=request.mimetype == "multipart/form-data")
    if code == 405:
        allowed: Any = getattr(error, "valid_methods", None)
        answer.headers["Allow"] = ", ".join(sorted(allowed or ()))
    return answer


def _refused(error: Refused) -> Response:
    _tell(error)
    return _answer(403)


def _tell(error: Refused | TooMany) -> None:
    tell = current_app.extensions.get("guichet.refused")
    if tell is not None:
        tell(error)


def _not_found(error: NotFound) -> Response:
    answer = _answer(404)
    look = current_app.extensions.get("guichet.hidden")
    if look is not None and error.asked is not None:
        # After the answer: its time would else tell a hidden row from one that does not exist.
        answer.call_on_close(partial(_look, look, error.asked, origin()))
    return answer


def _look(look: Callable[[object, Origin], None], asked: object, where: Origin) -> None:
    try:
        look(asked, where)
    except SQLAlchemyError:
        log.exception("%s: what was not found could not be looked for", where.request_id)


def _unknown_host(_error: SecurityError) -> Response:
    """Somebody asked under a host name that is not ours: no page, it would quote the name."""
    return Response("400 Bad Request\n", status=400, content_type="text/plain")


def _form_too_old(_error: CSRFError) -> Response:
    return _answer(400, page="form_too_old")


def _our_fault(error: InternalServerError) -> Response:
    cause = error.original_exception or error
    log.error("%s: our fault at %s", reference(), request.endpoint, exc_info=cause)
    return _answer(500, **_kept())


def _database(error: DBAPIError) -> Response:
    """Away, full, ending, read-only: the portal's state, for minutes. The rest is our fault."""
    state = str(getattr(error.orig, "sqlstate", None) or "")
    away = isinstance(error, OperationalError | InterfaceError) or state in _NOT_NOW
    if away or error.connection_invalidated:
        return _database_away(error)
    return _our_fault(InternalServerError(original_exception=error))


def _database_away(error: SQLAlchemyError) -> Response:
    log.error("%s: no database at %s", reference(), request.endpoint, exc_info=error)
    return _answer(503, **_kept())


def _store_away(error: StoreError) -> Response:
    """Documents cannot be kept or read for now; what was lost for good is for the log to tell."""
    log.error("%s: no document store at %s", reference(), request.endpoint, exc_info=error)
    return _answer(503, **_kept())


def _kept() -> dict[str, Any]:
    """What a page of our fault may say of saving: of a page that was only read, nothing.

    Above it may stand the note of the form before, which was saved.
    """
    return {"may_be_saved": may_be_saved(), "only_read": request.method in {"GET", "HEAD"}}


def _too_many(error: TooMany) -> Response:
    _tell(error)
    answer = _answer(429, retry_at=error.retry_at)
    wait = error.retry_at - datetime.now(UTC)  # advice for machines; the database decides
    answer.headers["Retry-After"] = str(max(1, round(wait.total_seconds())))
    return answer


def step_up_for(address: str) -> BaseResponse:
    """Ask for a fresh code, then come back to ``address``."""
    return redirect(f"{request.root_path}/step-up?{urlencode({'next': address})}", code=303)


def _step_up(_error: StepUpNeeded) -> BaseResponse:
    keep = current_app.extensions.get("guichet.keep_form")
    if request.method == "POST" and keep is not None:
        return step_up_for(f"{request.root_path}{keep()}")
    return step_up_for(f"{request.root_path}{request.path}")


def _answer(code: int, page: str | None = None, **facts: Any) -> Response:
    """The page of ``code``; a code without a page of its own gets that of its hundred."""
    name = page or str(code if code in _PAGES else code // 100 * 100)
    if code >= 500:
        _show_nobody()
    try:
        body = _draw(name, facts)
    except SQLAlchemyError:
        _show_nobody()
        body = _draw(name, facts)
    return Response(body, status=code)


def _show_nobody() -> None:
    """Draw the page as for a visitor: looking somebody up is what may have failed."""
    g.viewer = g.person = None
    g.pop("_login_user", None)  # else Flask-Login's own context asks the database for its columns


def _draw(name: str, facts: dict[str, Any]) -> str:
    for drawn in ("page_forms", "nameplate"):
        g.pop(drawn, None)  # what the failed page had begun
    return render_template(
        f"errors/{name}.html", reference=reference(), home=at("/") or "/", **facts
    )
