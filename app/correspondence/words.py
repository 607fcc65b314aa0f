"""A notice in words: made when it is read or sent, in the language of who reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session, scoped_session

from app.correspondence.models import Notice
from app.correspondence.templates import Kind, Template, find_template
from app.programs.models import ProgramRole
from app.web import formats
from app.web.locale import language

Db = Session | scoped_session[Session]

_TWO_PERIODS: Final = re.compile(r"\.\.(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Words:
    """A notice as people read it."""

    subject: str
    body: tuple[str, ...]
    verb: str


def words_of(db: Db, notice: Notice) -> Words:
    """Write a notice in the language of the running request or mail."""
    template = find_template(notice.template)
    facts = {name: _said(db, notice, template, name) for name in template.facts}
    return Words(
        subject=_filled(template.subject, facts),
        body=tuple(_filled(sentence, facts) for sentence in template.body),
        verb=str(template.verb),
    )


def _filled(sentence: Any, facts: Mapping[str, str]) -> str:
    """The sentence with its facts; one period where a name such as “Roy Inc.” ends it."""
    return _TWO_PERIODS.sub(".", str(sentence) % facts)


def _said(db: Db, notice: Notice, template: Template, name: str) -> str:
    value = notice.facts[name]
    match template.facts[name]:
        case Kind.SAID:
            return str(value[language()])
        case Kind.DAY:
            return formats.format_day(date.fromisoformat(value))
        case Kind.MOMENT:
            return formats.format_moment(datetime.fromisoformat(value))
        case Kind.ROLE:
            role = db.get(ProgramRole, (notice.program_id, value))
            return role.label(language()) if role is not None else value
        case Kind.TEXT:
            return str(value)
