"""The process's log: one JSON object a line on a real service, plain lines on a laptop.

A log is copied to places that the portal's rules do not reach, so nothing personal enters it: no
name, address, telephone number, code or token, nothing that was typed. Pages are told by their
endpoint, people by their internal id. An exception is told by its type and place; its text, which
may quote what was typed, is left out, and of a fault in the database only the rule that was broken
is named.
"""

from __future__ import annotations

import logging
import re
import smtplib
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from pythonjsonlogger.json import JsonFormatter
from sqlalchemy.exc import DBAPIError

from app.base.context import origin
from app.base.errors import Conflict, Invalid, Refused, TooMany
from config import ROOT, Settings

GIVEN: Final = ("endpoint", "status", "duration_ms", "task")
"""What a call may add with ``extra=``; whatever else a library adds is left out."""

_MOST_FRAMES: Final = 40
# What messages of libraries may quote: PostgreSQL's details, SQLAlchemy's parameters, addresses.
_QUOTED: Final = (
    (re.compile(r"\b(DETAIL|CONTEXT|HINT|QUERY): .*", re.DOTALL), r"\1 left out"),
    (re.compile(r"\[(SQL|parameters): .*", re.DOTALL), r"[\1 left out]"),
    (re.compile(r"\([^()]*\)=\([^()]*\)"), "(…)=(…)"),
    (re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+"), "…@…"),
)
_CODES_ALONE: Final = (Refused, Conflict, Invalid, TooMany)
"""Errors of ours whose text is made of codes that stand in this program."""


def configure(settings: Settings) -> None:
    """Tell the log's form and level to this process, and who tells of what nobody caught."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if settings.log_as_json else PlainLines())
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for chatty in ("procrastinate", "alembic.runtime.plugins"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.root.level))
    if settings.log_as_json:
        sys.excepthook = _uncaught
        threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, None)


def server_logging(settings: Settings) -> dict[str, Any] | None:
    """How granian logs: through the handler of this process when that writes JSON."""
    if not settings.log_as_json:
        return None
    through: dict[str, Any] = {"handlers": [], "level": settings.log_level, "propagate": True}
    names = ("_granian", "granian.access")
    return {"formatters": {}, "handlers": {}, "loggers": {name: dict(through) for name in names}}


class JsonLines(JsonFormatter):
    """A record as one JSON object, of these fields alone and in this order."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = dict(_fields(record))
        return self.serialize_log_record(line)


class PlainLines(logging.Formatter):
    """A record as a line to read, with the request's reference; faults with their whole text."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and a traceback where there is one."""
        parts = [record.levelname, f"{record.name}:", message_of(record)]
        if (where := origin().request_id) and where not in parts[-1]:
            parts.append(f"[{where}]")
        line = " ".join(parts)
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _fields(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    where = origin()
    yield "time", datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    yield "level", record.levelname
    yield "logger", record.name
    yield "message", message_of(record)
    known = {"request_id": where.request_id, "job": where.job, "endpoint": where.endpoint}
    given = {name: getattr(record, name) for name in GIVEN if hasattr(record, name)}
    known |= given | {"person": where.person_id}
    yield from ((name, value) for name, value in known.items() if value is not None)
    if record.exc_info and record.exc_info[1] is not None:
        yield "error", " from ".join(map(told, _chain(record.exc_info[1])))
        yield "stack", list(_stack(record.exc_info[1]))


def message_of(record: logging.LogRecord) -> str:
    """The message, exceptions among its values told without their text, and nothing quoted."""
    try:
        text = str(record.msg) % _harmless(record.args) if record.args else str(record.msg)
    except (TypeError, ValueError):
        text = str(record.msg)
    for quoted, instead in _QUOTED:
        text = quoted.sub(instead, text)
    return text


def _harmless(values: Any) -> Any:
    if isinstance(values, Mapping):
        return {name: _one(value) for name, value in values.items()}
    return tuple(_one(value) for value in values)


def _one(value: object) -> object:
    return told(value) if isinstance(value, BaseException) else value


def told(error: BaseException) -> str:
    """An exception in words that hold no data: its type, and what is a code in it."""
    return " ".join([type(error).__name__, *_codes(error)])


def _codes(error: BaseException) -> Iterator[str]:
    if isinstance(error, DBAPIError):
        if isinstance(error.orig, BaseException):
            yield from _codes(error.orig)
    elif isinstance(error, psycopg.Error):
        yield from _of_the_database(error)
    elif isinstance(error, _CODES_ALONE):
        yield f"({error})"
    elif isinstance(error, smtplib.SMTPRecipientsRefused):
        yield from (str(code) for code, _words in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        yield str(error.smtp_code)
    elif isinstance(error, OSError) and error.strerror:
        yield error.strerror


def _of_the_database(error: psycopg.Error) -> Iterator[str]:
    """SQLSTATE and the names of what is concerned; without one, why there is no connection."""
    diag = error.diag
    if error.sqlstate is None and isinstance(error, psycopg.OperationalError):
        yield str(error).partition("\n")[0]
    names = (error.sqlstate, diag.table_name, diag.column_name, diag.constraint_name)
    yield from (name for name in names if name)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception, then what it was raised from, as a traceback would show them."""
    seen: set[int] = set()
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        yield now
        now = now.__cause__ or (None if now.__suppress_context__ else now.__context__)


def _stack(error: BaseException) -> Iterator[str]:
    """Where it was raised, outermost first: files, lines and functions, no text."""
    for frame in traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]:
        path = Path(frame.filename)
        place = path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path(*path.parts[-3:])
        yield f"{place}:{frame.lineno} {frame.name}"


def _uncaught(kind: type[BaseException], error: BaseException | None, _where: object) -> None:
    """Python would print the exception's text."""
    if error is None or issubclass(kind, KeyboardInterrupt):
        return
    exc_info = (kind, error, error.__traceback__)
    logging.getLogger("guichet").critical("ended by what nobody caught", exc_info=exc_info)
