"""How a value of the trail is read: one small function for each way of writing one.

Each takes where the value stands, its field and the value, and gives the words; the value itself
when it has none any more, since the trail outlives its vocabularies.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app
from flask_babel import gettext

from app.audit.models import Entry
from app.audit.reasons import reason_words
from app.authority.action_names import action_name
from app.base.db import session
from app.base.phones import show_phone
from app.enrolment.staff_words import one_line
from app.programs.library import definitions
from app.programs.models import Program
from app.programs.rules.eligibility import NONE
from app.programs.schema.eligibility import Question
from app.web import formats
from app.web.admin import SafeModelView
from app.web.admin.arranging import name_of
from app.web.locale import language
from app.web.staff.trail_names import NAMED, Names


@dataclass(frozen=True, slots=True)
class Told:
    """Where a value stands: its entry, and the names of the rows that the entry points at."""

    entry: Entry
    names: Names

    @property
    def screen(self) -> SafeModelView | None:
        """The list that the entry is about."""
        before, after = self.entry.changes.get("screen") or (None, None)
        return _list_of(after or before or "")


Reader = Callable[[Told, str, str], str]


def among(*vocabularies: Mapping[str, Any]) -> Reader:
    """A reader of one code, by the first vocabulary that has it."""

    def read(_told: Told, _field: str, value: str) -> str:
        return next((str(words[value]) for words in vocabularies if value in words), value)

    return read


def all_among(words: Mapping[str, Any]) -> Reader:
    """A reader of a list of codes."""
    return lambda _told, _field, value: ", ".join(str(words.get(v, v)) for v in _items(value))


def name(told: Told, field: str, value: str) -> str:
    """A row's number, by the row's name."""
    return told.names.of(NAMED[field], value) or value


def yes_or_no(_told: Told, _field: str, value: str) -> str:
    """What was true or false."""
    words = {"true": gettext("Yes"), "false": gettext("No")}
    return str(words.get(value, value))


def count(_told: Told, _field: str, value: str) -> str:
    """A number of things."""
    return formats.format_number(int(value)) if value.isascii() and value.isdigit() else value


def moment(_told: Told, _field: str, value: str) -> str:
    """A day, or an instant in Eastern time."""
    try:
        if len(value) == len("2026-08-31"):
            return formats.format_date_iso(date.fromisoformat(value))
        return formats.format_datetime(datetime.fromisoformat(value))
    except ValueError:
        return value


def phone(_told: Told, _field: str, value: str) -> str:
    """A telephone number as people here write it."""
    return show_phone(value)


def address(_told: Told, _field: str, value: str) -> str:
    """A mailing address on one line."""
    found = _parsed(value)
    return one_line(found) if isinstance(found, dict) else value


def state(told: Told, field: str, value: str) -> str:
    """By the word of the screens that show such rows. An activation tells of a registration too."""
    kind = told.entry.target_kind
    for subject in (kind, "registration") if kind == "account" else (kind,):
        for view in _screens():
            words = view.choices.get(field, {}) if _table(view) == subject else {}
            if value in words:
                return str(words[value])
    return value


def reason(told: Told, _field: str, value: str) -> str:
    """A code by its words, the definition's sentence in the reader's language."""
    for question in _questions():
        for consequence in question.consequences:
            if consequence.reason.en == value:
                return consequence.reason.say(language())
    return reason_words(told.entry.event, value)


def action(told: Told, _field: str, value: str) -> str:
    """An action as its program calls it, or the screen that was refused before any was asked."""
    key = told.entry.program_id
    program = session.get(Program, key) if key is not None else None
    named = action_name(value, language(), program.code if program is not None else "")
    shut = (view for view in _screens() if type(view).__name__ == value.partition(".")[0])
    return named or next((str(view.list_title) for view in shut), value)


def deed(told: Told, _field: str, value: str) -> str:
    """A deed on several rows, by its button."""
    deeds = told.screen.deeds if told.screen else ()
    return next((str(deed.label) for deed in deeds if deed.name == value), value)


def list_name(_told: Told, _field: str, value: str) -> str:
    """A list, by its title."""
    view = _list_of(value)
    return value if view is None else str(view.list_title)


def columns(told: Told, _field: str, value: str) -> str:
    """Columns by their heads."""
    labels = told.screen.label_columns if told.screen else {}
    return ", ".join(str(labels.get(one, one)) for one in _items(value))


def filters(told: Told, _field: str, value: str) -> str:
    """What a list was narrowed by: each column with what was chosen or typed."""
    found, view = _parsed(value), told.screen
    if not isinstance(found, dict) or view is None:
        return value
    said = []
    for parameter, asked in found.items():
        column = parameter.split("_", 3)[-1]  # _flt_0_state
        label = view.label_columns.get(column, column)
        words = view.choices.get(column, {}).get(asked, asked)
        said.append(gettext("%(label)s: %(value)s", label=label, value=words))
    return "; ".join(said)


def question(_told: Told, _field: str, value: str) -> str:
    """A question of the registration, as it is asked."""
    return next((one.text.say(language()) for one in _questions() if one.code == value), value)


def answers(told: Told, field: str, value: str) -> str:
    """Questions, each with its answer in the words that were chosen from."""
    found = _parsed(value)
    if not isinstance(found, dict):
        return value
    return "; ".join(
        f"{question(told, field, code)} {_answer(code, given)}" for code, given in found.items()
    )


def _answer(code: str, given: Any) -> str:
    if given is None:
        return "–"
    words: dict[str, str] = {"yes": gettext("Yes"), "no": gettext("No")}
    for one in definitions():
        asked = one.eligibility.questions.get(code)
        if asked is not None:
            kinds = {"bases": one.bases, "lines": one.lines, None: asked.choices or {}}
            listed: Mapping[str, Any] = kinds[asked.choices_from]  # type: ignore[assignment]
            words |= {key: choice.label.say(language()) for key, choice in listed.items()}
            if asked.none_of_these is not None:
                words[NONE] = asked.none_of_these.say(language())
    several = given if isinstance(given, list) else [given]
    return ", ".join(words.get(str(one), str(one)) for one in several)


def _questions() -> Iterator[Question]:
    for one in definitions():
        yield from one.eligibility.questions.values()


def _screens() -> Iterator[SafeModelView]:
    views = current_app.extensions["appbuilder"].baseviews
    return (view for view in views if isinstance(view, SafeModelView))


def _table(view: SafeModelView) -> str:
    return str(view.datamodel.obj.__tablename__)


def _list_of(named: str) -> SafeModelView | None:
    """A screen by what the trail calls it: its address, or the table that it shows."""
    by_address = (view for view in _screens() if name_of(view) == named)
    by_table = (view for view in _screens() if _table(view) == named)
    return next(by_address, None) or next(by_table, None)


def _items(value: str) -> list[str]:
    found = _parsed(value)
    return [str(one) for one in found] if isinstance(found, list) else [value]


def _parsed(value: str) -> Any:
    """What `app.audit.service` wrote as JSON; None for anything else."""
    try:
        return json.loads(value)
    except ValueError:
        return None
